import { App, AppProps, CfnResource, CfnStack, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { readAssembly } from '../../../lib/local/assembly/read-assembly';
import { Stack as AssemblyStack } from '../../../lib/local/assembly/stack';
import { GatewayError } from '../../../lib/local/gateway-error';
import { folderOf } from '../../_helpers/assembly-folder';

const topic = (scope: Stack, id: string): CfnResource => new CfnResource(scope, id, { type: 'AWS::SNS::Topic' });

/** Name, region and the first resource of each stack, by name. */
function overview(stacks: readonly AssemblyStack[]): unknown[] {
  return stacks.map(({ name, environment, template }) => [
    name.replace(/\w{8}(?=$|\/)/g, '<hash>'),
    environment.regionKnown ? environment.region : undefined,
    Object.keys(template.resources)[0],
  ]).sort();
}

test.each<[string, AppProps['context']]>([
  ['without asset metadata', {}],
  ['with asset metadata', { 'aws:cdk:enable-asset-metadata': true }],
])('reads the resources of every stack, those of stages and nested stacks included (%s)', (_, context) => {
  // GIVEN
  const app = new App({ context });
  topic(new Stack(app, 'First', { env: { region: 'eu-west-1', account: '111111111111' } }), 'One');
  const second = new Stack(new Stage(app, 'Prod'), 'Second');
  topic(second, 'Two');
  const inner = new NestedStack(second, 'Inner');
  topic(inner, 'Three');
  topic(new NestedStack(inner, 'Deep'), 'Four');

  // WHEN
  const { stacks } = readAssembly(app.synth().directory, {});

  // THEN
  expect(overview(stacks)).toEqual([
    ['First', 'eu-west-1', 'One'],
    ['Prod/Second', undefined, 'Two'],
    ['Prod/Second/InnerNestedStackInnerNestedStackResource<hash>', undefined, 'Three'],
    ['Prod/Second/InnerNestedStackInnerNestedStackResource<hash>/DeepNestedStackDeepNestedStackResource<hash>', undefined, 'Four'],
  ]);
});

test('reads each of several nested stacks, beside other assets', () => {
  // GIVEN
  const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1', account: '111111111111' } });
  new Asset(stack, 'Asset', { path: __filename });
  for (const id of ['A', 'B']) topic(new NestedStack(stack, id), `In${id}`);
  topic(stack, 'Own');

  // WHEN
  const { stacks } = readAssembly((stack.node.root as App).synth().directory, {});

  // THEN
  expect(overview(stacks)).toEqual([
    ['Stack', 'eu-west-1', expect.anything()],
    ['Stack/ANestedStackANestedStackResource<hash>', 'eu-west-1', 'InA'],
    ['Stack/BNestedStackBNestedStackResource<hash>', 'eu-west-1', 'InB'],
  ]);
});

test('leaves out a nested stack whose template is elsewhere, and other resources with such a URL', () => {
  // GIVEN
  const stack = new Stack(new App(), 'Stack');
  const nested = new NestedStack(stack, 'Inner');
  topic(nested, 'Topic');
  const elsewhere = `https://example.com/${'0'.repeat(64)}.json`;
  const resource = new CfnResource(stack, 'Elsewhere', { type: 'AWS::CloudFormation::Stack', properties: { TemplateURL: elsewhere } });
  new CfnResource(stack, 'NoUrl', { type: 'AWS::CloudFormation::Stack' });
  new CfnResource(stack, 'Other', {
    type: 'AWS::ServiceCatalog::CloudFormationProduct', properties: { TemplateURL: (nested.nestedStackResource as CfnStack).templateUrl },
  });

  // WHEN
  const { stacks: [outer, ...inner] } = readAssembly((stack.node.root as App).synth().directory, {});

  // THEN
  expect(outer.template.resources[stack.resolve(resource.logicalId) as string]).toMatchObject({ Properties: { TemplateURL: elsewhere } });
  expect(overview(inner)).toEqual([['Stack/InnerNestedStackInnerNestedStackResource<hash>', undefined, 'Topic']]);
});

test('lists missing context', () => {
  // GIVEN
  const folder = folderOf({ 'manifest.json': { missing: [{ key: 'vpc-provider:x', provider: 'vpc-provider', props: {} }] } });

  // WHEN
  const { missing } = readAssembly(folder, {});

  // THEN
  expect(missing).toEqual([{ key: 'vpc-provider:x', provider: 'vpc-provider' }]);
});

describe('fails for', () => {
  const manifest = (artifact: object): object => ({ artifacts: { A: artifact } });
  const stack = (templateFile?: string): object => manifest({ type: 'aws:cloudformation:stack', properties: { templateFile } });

  test('a folder that is not an assembly', () => {
    const folder = folderOf({});

    expect(() => readAssembly(folder, {})).toThrow(
      new GatewayError('ASSEMBLY_NOT_FOUND', `${folder} is not a cloud assembly: it has no manifest.json; run \`cdk synth\` first`),
    );
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a manifest that is cut off', { 'manifest.json': '{ "artifacts": {' }, /^\S+\/manifest\.json is not valid JSON \(.+\); run `cdk synth` again$/],
    ['a manifest that is a list', { 'manifest.json': [] },
      /^\S+\/manifest\.json does not hold a JSON object; run `cdk synth` again$/],
    ['a stack without template', { 'manifest.json': stack() },
      /^\S+\/manifest\.json names no template for the stack A; run `cdk synth` again$/],
    ['a template that has gone', { 'manifest.json': stack('T.json') }, /^\S+\/T\.json is missing; run `cdk synth` again$/],
    ['a template that is cut off', { 'manifest.json': stack('T.json'), 'T.json': '' },
      /^\S+\/T\.json is not valid JSON \(.+\); run `cdk synth` again$/],
    ['a template that is a folder', { 'manifest.json': stack('.') }, /^\S+ cannot be read \(EISDIR.*\); run `cdk synth` again$/],
    ['an assembly in itself', { 'manifest.json': manifest({ type: 'cdk:cloud-assembly', properties: { directoryName: '.' } }) },
      /^\S+\/manifest\.json names itself as a nested assembly; run `cdk synth` again$/],
  ])('%s', (_, files, message) => {
    const folder = folderOf(files);

    expect(() => readAssembly(folder, {})).toThrow(expect.objectContaining({
      name: 'GatewayError', code: 'ASSEMBLY_BROKEN', message: expect.stringMatching(message),
    }));
  });

  test('a template that is its own nested stack', () => {
    const folder = folderOf({
      'manifest.json': {
        artifacts: {
          A: { type: 'aws:cloudformation:stack', properties: { templateFile: 'T.json' } },
          B: { type: 'cdk:asset-manifest', properties: { file: 'B.json' } },
        },
      },
      'B.json': { files: { t: { source: { path: 'T.json' }, destinations: { d: { objectKey: 't.json' } } } } },
      'T.json': { Resources: { N: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://x/t.json' } } } },
    });

    expect(() => readAssembly(folder, {})).toThrow(/T\.json is a nested stack of itself; run `cdk synth` again$/);
  });
});
