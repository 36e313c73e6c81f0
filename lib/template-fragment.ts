import { CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Checks } from './private/checks/checks';
import { OBJECT, STRING } from './private/checks/kind';
import { CarriedTemplate } from './private/fragments/carried-template';
import { readTemplate, sectionFault } from './private/fragments/template-file';
import { nearest } from './private/nearest';
import type { Template } from './serverless/template';

/**
 * The CloudFormation template that a fragment carries, as a file or as an object.
 *
 * @example
 * new TemplateFragment(this, 'Resources', { file: 'resources.yml' });
 */
export interface TemplateFragmentProps {
  /**
   * A template in JSON, or in YAML with the short forms of intrinsic functions (`!Ref`): relative to the working directory of the app, or
   * absolute.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
   * @default - `template`
   */
  readonly file?: string;

  /**
   * The template itself, with its sections under the names that CloudFormation has for them: `Resources`, `Outputs` and so on.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
   * @default - `file`
   */
  readonly template?: { [section: string]: unknown };
}

const TEMPLATE = { ...OBJECT, example: "{ Resources: { Uploads: { Type: 'AWS::S3::Bucket' } } }" };

/**
 * Carries a CloudFormation template into the stack as it is: the same logical ids, and every value as it is written.
 *
 * Each resource is a `CfnResource` below the fragment, under its logical id, and may refer to any other resource of the stack. Tags of the
 * stack are not added to it. A resource that a construct of the stack makes under the same logical id is merged instead: what the fragment
 * says is laid over what the construct makes, map by map, and list item by list item. `addOverride` on that construct wins over both.
 * Outputs are merged in the same way.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 * @example
 * const resources = new TemplateFragment(this, 'Resources', {
 *   template: {
 *     Resources: { Uploads: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' } },
 *     Outputs: { UploadsName: { Value: { Ref: 'Uploads' } } },
 *   },
 * });
 * worker.node.addDependency(resources.resource('Uploads'));
 */
export class TemplateFragment extends Construct {
  private readonly carried: CarriedTemplate;

  public constructor(scope: Construct, id: string, props: TemplateFragmentProps) {
    super(scope, id);
    this.carried = new CarriedTemplate(this, checkedTemplate(new Checks(this), props));
  }

  /**
   * A resource of the fragment, for dependencies and overrides.
   *
   * @param logicalId its name in the template
   */
  public resource(logicalId: string): CfnResource {
    const { resources } = this.carried;
    const found = resources.get(logicalId);
    if (found) return found;
    const meant = nearest(String(logicalId), [...resources.keys()]);
    return new Checks(this).refuse('logicalId', logicalId, {
      reason: 'is not a resource of the fragment',
      remedy: meant === undefined ? 'use a name of its section `Resources`' : `did you mean ${meant}?`,
    });
  }
}

function checkedTemplate(checks: Checks, props: TemplateFragmentProps): Template {
  checks.required('props', props, { ...OBJECT, example: "{ file: 'resources.json' }" });
  checks.names('TemplateFragmentProps', props);
  const { file, template } = props;
  checks.kind('file', file, { ...STRING, example: "'resources.json'" });
  checks.kind('template', template, TEMPLATE);
  if ((file === undefined) === (template === undefined)) {
    checks.refuse(file === undefined ? 'file' : 'template', file === undefined ? file : template, {
      reason: file === undefined ? 'and `template` are both missing' : 'is given beside `file`', remedy: 'give one of them',
    });
  }
  if (file !== undefined) return readTemplate(checks, 'file', file);
  checks.that('template', template, sectionFault);
  return template as unknown as Template;
}
