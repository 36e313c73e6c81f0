import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import {
  Aspects, CfnOutput, CfnParameter, CfnResource, Lazy, RemovalPolicies, RemovalPolicy, Stack, Tags,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { TemplateFragment, TemplateFragmentProps } from '../lib';
import { inlineFunction, quickApp, quickStack } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

interface Member {
  readonly [name: string]: unknown;
  readonly Properties?: Record<string, unknown>;
}
type Sections = Record<string, Record<string, Member>>;

function carry(template: Sections, id = 'Carried'): TemplateFragment {
  return new TemplateFragment(stack, id, { template });
}

/** Without what the synthesizer adds. */
function synthesized(): Sections {
  const { Parameters: { BootstrapVersion: _, ...parameters } = {}, Rules: { CheckBootstrapVersion: __, ...rules } = {}, ...sections } = (
    Template.fromStack(stack).toJSON() as Sections
  );
  return {
    ...sections,
    ...(Object.keys(parameters).length > 0 && { Parameters: parameters }),
    ...(Object.keys(rules).length > 0 && { Rules: rules }),
  };
}

const BUCKET = { Type: 'AWS::S3::Bucket' };

/** Everything that a template may have. */
const WHOLE = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'All of it',
  Transform: 'AWS::LanguageExtensions',
  Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: [] } },
  Parameters: { Size: { Type: 'Number', Default: 3 } },
  Mappings: { Regions: { 'eu-west-1': { Name: 'Dublin' } } },
  Conditions: { IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, '3'] } },
  Rules: { Few: { Assertions: [{ Assert: { 'Fn::Contains': [['1', '3'], { Ref: 'Size' }] } }] } },
  Resources: {
    Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: { 'Name': 'dev-chat', 'Policy': '', 'Tags': [], 'Empty': {}, 'Nothing': null, 'a.b': { 'c.d': [] } } },
    Role: { Type: 'Custom::Role', Version: 1, Properties: { ServiceToken: { 'Fn::GetAtt': ['Elsewhere', 'Arn'] }, Count: '3' }, DependsOn: 'Rest' },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Condition: 'IsLarge',
      DependsOn: ['Role', 'Elsewhere', 'Role'],
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Delete',
      CreationPolicy: { ResourceSignal: { Count: '3', Timeout: 'PT15M' }, lowerCase: 1 },
      UpdatePolicy: { AutoScalingRollingUpdate: { MinInstancesInService: '1', WaitOnResourceSignals: 'true' } },
      Metadata: { 'AWS::CloudFormation::Init': { config: { files: { '/etc/a.conf': { content: null } } } } },
      Properties: { MinSize: '1' },
    },
  },
  Outputs: { Id: { Value: { Ref: 'Rest' }, Export: { Name: 'sls-chat-dev-Id' }, Condition: 'IsLarge', Description: '' } },
};

describe('carries', () => {
  test('every section and every attribute as it is written', () => {
    // WHEN
    new TemplateFragment(stack, 'Carried', { template: WHOLE });

    // THEN
    expect(synthesized()).toEqual(WHOLE);
  });

  test('the same under the path metadata of the CDK CLI', () => {
    // GIVEN
    stack = quickStack({ 'aws:cdk:enable-path-metadata': true });

    // WHEN
    new TemplateFragment(stack, 'Carried', { template: WHOLE });

    // THEN
    expect(synthesized()).toEqual(WHOLE);
  });

  test('no tags of the stack, while aspects see each resource', () => {
    // GIVEN
    const fragment = carry({ Resources: { A: BUCKET, B: BUCKET } });
    const seen: string[] = [];

    // WHEN
    Tags.of(stack).add('team', 'a');
    Aspects.of(stack).add({ visit: (node) => { if (CfnResource.isCfnResource(node)) seen.push(node.cfnResourceType); } });

    // THEN
    expect(synthesized()).toEqual({ Resources: { A: BUCKET, B: BUCKET } });
    expect(seen).toEqual([BUCKET.Type, BUCKET.Type]);
    expect(fragment.node.findChild('A')).toBe(fragment.resource('A'));
  });

  test('what is changed on a resource of it', () => {
    // GIVEN
    const fragment = carry({ Resources: { A: { ...BUCKET, DependsOn: 'B', DeletionPolicy: 'Retain', Metadata: { a: 1 } }, B: BUCKET, C: BUCKET } });

    // WHEN
    fragment.resource('A').addPropertyOverride('BucketName', 'a');
    fragment.resource('A').addMetadata('b', 2);
    fragment.resource('A').addDependency(fragment.resource('C'));
    RemovalPolicies.of(fragment).apply(RemovalPolicy.DESTROY, { priority: 1 });
    fragment.resource('B').node.addDependency(fragment.resource('C'));

    // THEN
    const { A, B } = synthesized().Resources;
    expect(A).toEqual({
      ...BUCKET,
      Properties: { BucketName: 'a' },
      DependsOn: ['B', 'C'],
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Metadata: { a: 1, b: 2 },
    });
    expect(B.DependsOn).toEqual(['C']);
  });

  test('a dependency of a construct on one of its resources', () => {
    // GIVEN
    const fragment = carry({ Resources: { A: BUCKET, B: BUCKET } });

    // WHEN
    const fn = inlineFunction(stack, 'Worker');
    fn.node.addDependency(fragment.resource('A'));

    // THEN
    const [{ DependsOn }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    expect(DependsOn).toEqual(expect.arrayContaining(['A']));
    expect(DependsOn).not.toContain('B');
  });

  test('a large template in a moment: each resource is joined once', () => {
    // GIVEN
    const ids = Array.from({ length: 400 }, (_, index) => `Topic${index}`);
    const resources = Object.fromEntries(ids.map((id) => [id, { Type: 'AWS::SNS::Topic', Properties: { DisplayName: id } }]));

    // WHEN
    carry({ Resources: resources });

    // THEN
    expect(synthesized()).toEqual({ Resources: resources });
  });
});

describe('reads a file', () => {
  let folder: string;

  beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fragment-')); });
  afterEach(() => { fs.rmSync(folder, { recursive: true }); });

  function fileOf(name: string, text: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  test('of JSON, with values as they are', () => {
    // WHEN
    new TemplateFragment(stack, 'Carried', { file: fileOf('resources.json', `\uFEFF${JSON.stringify(WHOLE)}`) });

    // THEN
    expect(synthesized()).toEqual(WHOLE);
  });

  test('of YAML, relative to the working directory, with short forms, anchors and merge keys', () => {
    // GIVEN
    const file = fileOf('resources.yml', `
      Conditions:
        IsDev: !And [!Condition Other, !Not [!Equals [!Ref 'AWS::Region', a]]]
      Resources:
        Role:
          Type: AWS::IAM::Role
          Properties: &properties
            AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: !If [IsDev, [], !Ref AWS::NoValue]}
            ManagedPolicyArns: [!Sub ["\${A}", {A: !GetAtt Policy.Outputs.Arn}], !Sub "x-\${AWS::Region}"]
            Transformed: !Transform {Name: a, Parameters: {b: !Select [0, !GetAZs '']}}
        Other:
          Type: AWS::IAM::Role
          Properties: {<<: *properties, RoleName: !GetAtt [Policy, Arn]}
    `);

    // WHEN
    new TemplateFragment(stack, 'Carried', { file: path.relative(process.cwd(), file) });

    // THEN
    const properties = {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { 'Fn::If': ['IsDev', [], { Ref: 'AWS::NoValue' }] } },
      ManagedPolicyArns: [
        { 'Fn::Sub': ['${A}', { A: { 'Fn::GetAtt': ['Policy', 'Outputs.Arn'] } }] },
        { 'Fn::Sub': 'x-${AWS::Region}' },
      ],
      Transformed: { 'Fn::Transform': { Name: 'a', Parameters: { b: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] } } } },
    };
    expect(synthesized()).toEqual({
      Conditions: { IsDev: { 'Fn::And': [{ Condition: 'Other' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'a'] }] }] } },
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: properties },
        Other: { Type: 'AWS::IAM::Role', Properties: { ...properties, RoleName: { 'Fn::GetAtt': ['Policy', 'Arn'] } } },
      },
    });
  });

  test.each([
    ['a missing file', undefined, `cannot be read: the file does not exist; name a template, from ${process.cwd()} on`],
    ['a broken file', '{ "Resources": \n { "A": ] }', 'cannot be read in line 2, column 9: not valid YAML: '
      + 'Flow map in block collection must be sufficiently indented and end with a }; correct it'],
    ['no map', '[]', 'holds no map of sections; begin with `Resources`'],
  ])('but not %s', (_, text, fault) => {
    // GIVEN
    const file = text === undefined ? path.join(folder, 'nowhere.yml') : fileOf('resources.yml', text);

    // WHEN
    const create = (): unknown => new TemplateFragment(stack, 'Carried', { file });

    // THEN
    expect(create).toThrow(new Error(`Stack/Carried: file: ${JSON.stringify(file)} ${fault}`));
  });
});

describe('merges into what a construct makes under the same logical id', () => {
  const RESOURCES = {
    Worker: {
      Type: 'AWS::Lambda::Function',
      DeletionPolicy: 'Retain',
      DependsOn: 'Elsewhere',
      Metadata: { a: 1 },
      Properties: { 'Timeout': 7, 'Environment': { Variables: { 'B.c': 'b' } }, 'x.y': { z: 1 }, 'Layers': ['first'], 'Role': { Ref: 'Other' } },
    },
  };

  function worker(): lambda.Function {
    const fn = inlineFunction(stack, 'Fn', { environment: { A: 'a' } });
    const resource = fn.node.defaultChild as lambda.CfnFunction;
    resource.layers = ['zero', 'one'];
    resource.overrideLogicalId(Lazy.uncachedString({ produce: () => 'Worker' }));
    return fn;
  }

  const MERGED = {
    Type: 'AWS::Lambda::Function',
    DeletionPolicy: 'Retain',
    DependsOn: ['Elsewhere', 'FnServiceRoleB9001A96'],
    Metadata: { a: 1 },
    Properties: {
      'Code': { ZipFile: 'exports.handler = async () => ({ statusCode: 200 });' },
      'Environment': { Variables: { 'A': 'a', 'B.c': 'b' } },
      'Handler': 'index.handler',
      'Layers': ['first', 'one'],
      'Role': { Ref: 'Other' },
      'Runtime': 'nodejs24.x',
      'Timeout': 7,
      'x.y': { z: 1 },
    },
  };

  test.each([['construct', true], ['fragment', false]])('the %s first', (_, isConstructFirst) => {
    // WHEN
    if (isConstructFirst) worker();
    carry({ Resources: RESOURCES });
    if (!isConstructFirst) worker();

    // THEN
    expect(synthesized().Resources.Worker).toEqual(MERGED);
  });

  test('overrides of the construct win, then what is set on the fragment', () => {
    // GIVEN
    const fragment = carry({ Resources: RESOURCES });
    const resource = worker().node.defaultChild as CfnResource;

    // WHEN
    fragment.resource('Worker').addPropertyOverride('MemorySize', 512);
    fragment.resource('Worker').addPropertyOverride('Timeout', 8);
    fragment.resource('Worker').applyRemovalPolicy(RemovalPolicy.DESTROY);
    resource.addPropertyOverride('Timeout', 9);
    resource.addPropertyOverride('Environment.Variables.B\\.c', 'mine');

    // THEN
    const { Properties, DeletionPolicy } = synthesized().Resources.Worker;
    expect(Properties).toMatchObject({ Timeout: 9, MemorySize: 512, Environment: { Variables: { 'A': 'a', 'B.c': 'mine' } } });
    expect(DeletionPolicy).toBe('Delete');
  });

  test('after aspects that change it, and a dependency on it is one on the construct', () => {
    // GIVEN
    const fragment = carry({ Resources: RESOURCES });
    const other = new s3.CfnBucket(stack, 'Uploads');
    other.node.addDependency(fragment.resource('Worker'));
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    Aspects.of(stack).add({ visit: (node) => { if (node instanceof lambda.CfnFunction) node.overrideLogicalId('Worker'); } });

    // THEN
    expect(synthesized().Resources.Worker.Properties?.Timeout).toBe(7);
    expect(synthesized().Resources.Uploads.DependsOn).toEqual(['Worker']);
    expect(stack.resolve(fn.functionArn)).toEqual({ 'Fn::GetAtt': ['Worker', 'Arn'] });
  });

  test('references to another stack stay in merged lists', () => {
    // GIVEN
    const app = quickApp();
    const producer = new s3.CfnBucket(new Stack(app, 'Producer'), 'Bucket');
    stack = new Stack(app, 'Stack');
    const role = new CfnResource(stack, 'Role', { type: 'Custom::A', properties: { List: [{ a: 1 }, { b: [producer.ref] }] } });
    role.overrideLogicalId('A');

    // WHEN
    carry({ Resources: { A: { Type: 'Custom::A', Properties: { List: [{ c: 2 }] } } } });

    // THEN
    expect(synthesized().Resources.A.Properties).toEqual({
      List: [{ a: 1, c: 2 }, { b: [{ 'Fn::ImportValue': 'Producer:ExportsOutputRefBucket239F7DF2' }] }],
    });
  });

  test('outputs, with what only the construct says', () => {
    // GIVEN
    new CfnOutput(stack, 'Url', { value: 'wss://a', description: 'URL' });

    // WHEN
    carry({ Outputs: { Url: { Value: { 'Fn::Sub': 'wss://b' }, Export: { Name: 'url' }, Condition: 'IsDev' } } });

    // THEN
    expect(synthesized()).toEqual({
      Outputs: { Url: { Description: 'URL', Value: { 'Fn::Sub': 'wss://b' }, Export: { Name: 'url' }, Condition: 'IsDev' } },
    });
  });

  test('a parameter that is the same', () => {
    // GIVEN
    new CfnParameter(stack, 'Size', { type: 'Number' });

    // WHEN
    carry({ Parameters: { Size: { Type: 'Number' } } });

    // THEN
    expect(synthesized()).toEqual({ Parameters: { Size: { Type: 'Number' } } });
  });

  test.each([
    ['another type', { Resources: { Worker: { Type: 'AWS::SNS::Topic' } } },
      'Resources.Worker: is of two types, AWS::SNS::Topic in the template, AWS::Lambda::Function by Stack/Fn/Resource; rename one of them'],
    ['a parameter that differs', { Parameters: { Size: { Type: 'String' } } },
      'Parameters.Size: differs from what Stack/Size makes under this name; rename one of them'],
  ])('but not %s', (_, template, fault) => {
    // GIVEN
    worker();
    new CfnParameter(stack, 'Size', { type: 'Number' });

    // WHEN
    carry(template);

    // THEN
    expect(() => synthesized()).toThrow(new Error(`Validation failed with the following errors:\n  [Stack/Carried] ${fault}`));
  });
});

describe('rejects', () => {
  test('a logical id of another fragment', () => {
    // GIVEN
    carry({ Resources: { A: BUCKET } });

    // WHEN
    const create = (): unknown => carry({ Resources: { A: BUCKET } }, 'Other');

    // THEN
    expect(create).toThrow(new Error(
      'Stack/Other: Resources.A: "A" is carried by Stack/Carried too; leave it out of one of them',
    ));
  });

  test('a resource that it does not have', () => {
    // GIVEN
    const fragment = carry({ Resources: { Uploads: BUCKET } });

    // THEN
    expect(() => fragment.resource('Upload')).toThrow(new Error(
      'Stack/Carried: logicalId: "Upload" is not a resource of the fragment; did you mean Uploads?',
    ));
    expect(() => fragment.resource('Else')).toThrow(new Error(
      'Stack/Carried: logicalId: "Else" is not a resource of the fragment; use a name of its section `Resources`',
    ));
  });

  const deep = Array(200).fill(0).reduce<unknown>((inner) => [inner], 0);

  test.each<[string, unknown, string]>([
    ['no props', undefined, "props: (not set) is not an object; use { file: 'resources.json' }"],
    ['nothing', {}, 'file: (not set) and `template` are both missing; give one of them'],
    ['both', { file: 'a.json', template: {} }, 'template: {} is given beside `file`; give one of them'],
    ['a misspelt option', { fil: 'a.json' }, 'fil: "a.json": there is no option `fil`; did you mean `file`?'],
    ['a file that is no string', { file: 1 }, "file: 1 is not a string; use 'resources.json'"],
    ['a template that is a list', { template: [] }, "template: [] is not an object; use { Resources: { Uploads: { Type: 'AWS::S3::Bucket' } } }"],
    ['an unknown section', { template: { resources: {} } }, 'template: { resources } has a section resources, which CloudFormation does not know; '
      + 'use Resources, Outputs, Parameters, Mappings, Conditions, Rules, AWSTemplateFormatVersion, Description, Metadata, Transform'],
    ['a section that is a list', { template: { Resources: [] } }, 'template: { Resources } has a section Resources that is not a map; '
      + 'give each member a name'],
    ['an illegal logical id', { template: { Resources: { 'a-b': BUCKET } } }, 'template: { Resources } has a name that CloudFormation rejects: '
      + 'Resources.a-b; use up to 255 letters and digits'],
    ['a member that is a string', { template: { Outputs: { A: 'a' } } }, 'template: { Outputs } has a member that is not a map: Outputs.A; '
      + 'write out what it is'],
    ['a resource without a type', { template: { Resources: { A: {} } } }, 'template: { Resources } has a resource without a type: Resources.A; '
      + "write `Type`, such as 'AWS::S3::Bucket'"],
    ['properties that are a list', { template: { Resources: { A: { Type: 'a', Properties: [] } } } }, 'template: { Resources } has a resource '
      + 'whose Properties are not a map: Resources.A; give each property a name'],
    ['a key that changes objects', { template: JSON.parse('{ "Metadata": { "__proto__": {} } }') }, 'template: { Metadata } has a key __proto__; '
      + 'leave it out'],
    ['depth without end', { template: { Metadata: { deep } } }, 'template: { Metadata } is nested more than 100 levels deep; nest less'],
  ])('%s', (_, props, fault) => {
    // WHEN
    const create = (): unknown => new TemplateFragment(stack, 'Carried', props as TemplateFragmentProps);

    // THEN
    expect(create).toThrow(new Error(`Stack/Carried: ${fault}`));
  });
});
