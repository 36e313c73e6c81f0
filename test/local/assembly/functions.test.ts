import * as fs from 'fs';
import * as path from 'path';
import { LambdaFunction, LocalApp } from '../../../lib/local/assembly/local-app';
import { readApp } from '../../../lib/local/assembly/read-app';
import { GatewayError } from '../../../lib/local/gateway-error';
import { folderOf } from '../../_helpers/assembly-folder';

interface Options {
  readonly function?: Record<string, unknown>;
  readonly resources?: Record<string, unknown>;
  /** Of the stack artifact. */
  readonly artifact?: Record<string, unknown>;
  readonly files?: Record<string, unknown>;
  readonly folders?: readonly string[];
}

const ApiId = { Ref: 'Api' };
const FUNCTION_URI = 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations';
const API = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId, StageName: 'dev', AutoDeploy: true } },
  Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId, RouteKey: 'a', Target: { 'Fn::Sub': 'integrations/${To}' } } },
  To: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: { 'Fn::Sub': FUNCTION_URI } },
  },
  Permission: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'Fn' }, Principal: 'apigateway.amazonaws.com' } },
};

/** An assembly whose one route invokes the function `Fn`; its assets are `code.zip` and `layer.zip`. */
function assembly(options: Options): string {
  const asset = (source: string, objectKey: string): object => ({ source: { path: source }, destinations: { here: { objectKey } } });
  const properties = { Runtime: 'nodejs24.x', Handler: 'index.send', Code: { ZipFile: 'code' }, ...options.function };
  const artifacts = {
    Test: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Test.json' }, ...options.artifact },
    Assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
  };
  const Resources = {
    Fn: { Type: 'AWS::Lambda::Function', Properties: properties, Metadata: { 'aws:cdk:path': 'Test/Fn/Resource' } },
    Unused: { Type: 'AWS::Lambda::Function', Properties: { Code: { ImageUri: 'x' } } },
    ...API,
    ...options.resources,
  };
  const folder = folderOf({
    'manifest.json': { artifacts },
    'assets.json': {
      files: { a: asset('asset.code', 'code.zip'), b: asset('asset.layer', 'layer.zip'), c: asset('asset.c.zip', 'c.zip') },
    },
    'Test.json': { Resources },
    ...options.files,
  });
  for (const name of options.folders ?? []) fs.mkdirSync(path.join(folder, name));
  return folder;
}

function read(options: Options): { readonly fn: LambdaFunction; readonly app: LocalApp; readonly folder: string } {
  const folder = assembly(options);
  const app = readApp(folder, {});
  return { fn: app.functions.get('Test/Fn')!, app, folder };
}

test('a function that is used has its settings, with the defaults of Lambda', () => {
  const { fn, app } = read({});

  expect([...app.functions.keys()]).toEqual(['Test/Fn', 'Test/Unused']);
  expect(app.functions.get('Test/Unused')).toMatchObject({ onDemand: true, code: { none: expect.any(String) } });
  expect(app.notices).toEqual([]);
  expect(fn).toEqual({
    id: 'Test/Fn',
    path: 'Test/Fn',
    name: expect.stringMatching(/^Test-Fn-[A-Z0-9]{12}$/),
    arn: `arn:aws:lambda:us-east-1:123456789012:function:${fn.name}`,
    region: 'us-east-1',
    account: '123456789012',
    runtime: 'nodejs24.x',
    handler: 'index.send',
    timeout: 3000,
    memorySize: 128,
    environment: {},
    unresolved: [],
    code: { inline: 'code' },
    layers: [],
    reservedConcurrency: undefined,
    build: undefined,
  });
});

test('a function has the settings of the template', () => {
  expect(read({ function: { Timeout: 10, MemorySize: '512', ReservedConcurrentExecutions: 2, FunctionName: 'send' } }).fn)
    .toMatchObject({ name: 'send', timeout: 10_000, memorySize: 512, reservedConcurrency: 2 });
});

test('a name that is made has at most 64 characters', () => {
  const { fn } = read({ artifact: { properties: { templateFile: 'Test.json', stackName: 'S'.repeat(100) }, displayName: 'Test' } });

  expect(fn.name).toHaveLength(64);
});

test('a setting that only a deployment knows has its default, with a notice', () => {
  const { fn, app } = read({ function: { Timeout: { 'Fn::GetAtt': ['Api', 'X'] } } });

  expect(fn.timeout).toBe(3000);
  expect(app.notices).toEqual([{
    code: 'property-unresolved',
    subject: 'Test/Fn',
    text: 'Test/Fn: Timeout has its default here: it refers to Api (AWS::ApiGatewayV2::Api): its X is made at deployment',
  }]);
});

describe('the environment', () => {
  test('has the known variables, and lists the others', () => {
    const Variables = { A: 'a', N: 1, B: { Ref: 'AWS::Region' }, C: { Ref: 'Bucket' }, D: { Ref: 'AWS::NoValue' } };
    const { fn } = read({
      function: { Environment: { Variables } },
      resources: { Bucket: { Type: 'AWS::S3::Bucket', Metadata: { 'aws:cdk:path': 'Test/Bucket/Resource' } } },
    });

    expect(fn.environment).toEqual({ A: 'a', N: '1', B: 'us-east-1' });
    expect(fn.unresolved).toEqual([
      { name: 'C', refersTo: 'Test/Bucket (AWS::S3::Bucket)', reason: 'its name is made at deployment' },
    ]);
  });

  test('may be the branch of a condition', () => {
    const Variables = { 'Fn::If': ['None', {}, { A: 'a' }] };

    expect(read({ function: { Environment: { Variables } } }).fn).toMatchObject({
      environment: {}, unresolved: [{ name: '*', refersTo: 'None', reason: 'there is no such condition in Test' }],
    });
  });
});

describe('the code', () => {
  test('is the folder of an asset', () => {
    const { fn, folder } = read({ function: { Code: { S3Bucket: 'b', S3Key: 'code.zip' } }, folders: ['asset.code'] });

    expect(fn.code).toEqual({ directory: path.join(folder, 'asset.code') });
  });

  test('that no longer exists is an error', () => {
    const folder = assembly({ function: { Code: { S3Bucket: 'b', S3Key: 'code.zip' } } });

    expect(() => readApp(folder, {})).toThrow(
      new GatewayError('ASSET_NOT_FOUND', `Test/Fn: its code ${path.join(folder, 'asset.code')} does not exist; run \`cdk synth\` again`),
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an image', { Code: { ImageUri: 'x' } }, 'it is a container image, and no container is started here'],
    ['in a bucket', { Code: { S3Bucket: 'b', S3Key: 'mine.zip' } },
      'it is in a bucket and not in the assembly; give the function an asset of the app'],
  ])('that is %s cannot be run, which is left to say to who runs it', (_, properties, none) => {
    const { fn, app } = read({ function: properties });

    expect(fn.code).toEqual({ none });
    expect(app.notices).toEqual([]);
  });

  test('that is an archive cannot be run', () => {
    const { fn, folder } = read({ function: { Code: { S3Bucket: 'b', S3Key: 'c.zip' } }, files: { 'asset.c.zip': 'PK' } });

    expect(fn.code).toEqual({
      none: `it is the archive ${path.join(folder, 'asset.c.zip')}; give the app the folder that it was made of`,
    });
  });

  test('that is an image brings its runtime', () => {
    expect(read({ function: { Runtime: undefined, PackageType: 'Image', Code: { ImageUri: 'x' } } }).fn.runtime).toBe('a container image');
  });
});

test('layers are folders of assets; of others there is a notice', () => {
  // GIVEN
  const Layer = { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Bucket: 'b', S3Key: 'layer.zip' } } };
  const elsewhere = 'arn:aws:lambda:us-east-1:222222222222:layer:far:7';

  // WHEN
  const { fn, app, folder } = read({ function: { Layers: [{ Ref: 'Layer' }, elsewhere] }, resources: { Layer }, folders: ['asset.layer'] });

  // THEN
  expect(fn.layers).toEqual([path.join(folder, 'asset.layer')]);
  expect(app.notices).toEqual([{
    code: 'layer-not-local',
    subject: 'Test/Fn',
    text: `Test/Fn: the layer ${elsewhere} is not a folder of this assembly and is left out: what it brings must be in the node_modules of the app`,
  }]);
});

describe('what a rebuild needs', () => {
  const data = { file: '../src/a.ts', exportName: 'send', handlerId: 'src/a.send', directory: '..', options: { minify: true } };
  const entries = [{ type: 'aws:cdk:logicalId', data: 'Fn' }, { type: 'cdk-websocket-service:handler', data }];
  const build = (folder: string): object => ({
    ...data, file: path.join(folder, '../src/a.ts'), directory: path.dirname(folder),
  });

  test('is in the manifest', () => {
    const { fn, folder } = read({ artifact: { metadata: { '/Test/Fn/Resource': entries } } });

    expect(fn.build).toEqual(build(folder));
  });

  test.each<[unknown, object]>([
    ['tracked', { wrapper: 'tracked' }], ['invoked', { wrapper: 'invoked' }], [true, {}], ['toString', {}],
  ])('says what is around the handler: %p', (wrapper, given) => {
    const wrapped = { type: 'cdk-websocket-service:handler', data: { ...data, wrapper } };
    const { fn, folder } = read({ artifact: { metadata: { '/Test/Fn/Resource': [wrapped] } } });

    expect(fn.build).toEqual({ ...build(folder), ...given });
  });

  test('is in a file beside the manifest, with newer versions of aws-cdk-lib', () => {
    const { fn, folder } = read({
      artifact: { additionalMetadataFile: 'Test.metadata.json' }, files: { 'Test.metadata.json': { '/Test/Fn/Resource': entries } },
    });

    expect(fn.build).toEqual(build(folder));
  });

  test('is found by logical id in an assembly without path metadata', () => {
    const { app: { apis } } = read({});
    const { fn, folder } = read({
      artifact: { metadata: { '/Other': [], '/Some/Where': entries } },
      resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Code: { ZipFile: '' } } } },
    });

    expect(apis).toHaveLength(1);
    expect(fn).toMatchObject({ path: 'Some/Where', build: build(folder) });
  });

  test('is absent if the metadata is incomplete', () => {
    const partial = [{ type: 'cdk-websocket-service:handler', data: { file: 'a.ts' } }];

    expect(read({ artifact: { metadata: { '/Test/Fn/Resource': partial } } }).fn.build).toBeUndefined();
  });
});
