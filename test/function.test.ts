import * as path from 'path';
import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, WebsocketFunctionOptions, WebsocketService, WebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { bundleOf, quickStack, warnings } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/messages.ts': 'export async function foo() { return { statusCode: 200 }; }\nexport async function bar() {}\n',
    'project/tsconfig.json': '{ "compilerOptions": { "jsxFactory": "h" } }',
    'project/own.ts': 'export const main = async () => "it is mine";',
    'project/notice.js': 'console.log("notice");',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(own: WebsocketFunctionOptions, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { handler: 'src/messages.foo', ...own } },
    authorizer: ConnectAuthorizer.none(),
    callbackUrlEnvironment: false,
    ...props,
  });
}

test('the function of a handler has the runtime, the code and a role of its own, and nothing else', () => {
  // WHEN
  const chat = service({});

  // THEN
  const fn = chat.function('foo') as lambda.Function;
  expect(Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties)).toEqual([{
    Code: { S3Bucket: expect.anything(), S3Key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/) },
    Handler: 'index.foo',
    Role: stack.resolve(fn.role!.roleArn),
    Runtime: 'nodejs24.x',
  }]);
});

describe('every setting is that of the function, on a route and in `defaults`', () => {
  const cases: Array<[string, () => WebsocketFunctionOptions, () => object]> = [
    ['memorySize', () => ({ memorySize: 512 }), () => ({ MemorySize: 512 })],
    ['timeout', () => ({ timeout: Duration.seconds(20) }), () => ({ Timeout: 20 })],
    ['description', () => ({ description: 'Says foo' }), () => ({ Description: 'Says foo' })],
    ['architecture', () => ({ architecture: lambda.Architecture.ARM_64 }), () => ({ Architectures: ['arm64'] })],
    ['runtime', () => ({ runtime: lambda.Runtime.NODEJS_22_X }), () => ({ Runtime: 'nodejs22.x' })],
    ['environment', () => ({ environment: { TABLE: 'talks' } }), () => ({ Environment: { Variables: { TABLE: 'talks' } } })],
    ['tracing', () => ({ tracing: lambda.Tracing.ACTIVE }), () => ({ TracingConfig: { Mode: 'Active' } })],
    ['ephemeralStorageSize', () => ({ ephemeralStorageSize: Size.gibibytes(1) }), () => ({ EphemeralStorage: { Size: 1024 } })],
    ['reservedConcurrentExecutions', () => ({ reservedConcurrentExecutions: 3 }), () => ({ ReservedConcurrentExecutions: 3 })],
    [
      'deadLetterQueue', () => ({ deadLetterQueue: new sqs.Queue(stack, 'Dead') }),
      () => ({ DeadLetterConfig: { TargetArn: Match.objectLike({ 'Fn::GetAtt': [Match.stringLikeRegexp('^Dead'), 'Arn'] }) } }),
    ],
    [
      'logGroup', () => ({ logGroup: new logs.LogGroup(stack, 'Log', { removalPolicy: RemovalPolicy.DESTROY }) }),
      () => ({ LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Log') } } }),
    ],
    [
      'role', () => ({ role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) }),
      () => ({ Role: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Role'), 'Arn'] } }),
    ],
    [
      'layers', () => ({ layers: [lambda.LayerVersion.fromLayerVersionArn(stack, 'Layer', 'arn:aws:lambda:eu-west-1:123456789012:layer:l:1')] }),
      () => ({ Layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:l:1'] }),
    ],
    [
      'vpc', () => ({ vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 1, maxAzs: 1 }) }),
      () => ({ VpcConfig: { SubnetIds: [{ Ref: Match.stringLikeRegexp('^VpcPrivate') }] } }),
    ],
  ];

  test.each(cases)('%s on a route', (_name, settings, expected) => {
    // WHEN
    service(settings());

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.foo', ...expected() });
  });

  test.each(cases)('%s in `defaults`', (_name, settings, expected) => {
    // WHEN
    service({}, { defaults: settings() });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.foo', ...expected() });
  });

  test('functionName on a route', () => {
    // WHEN
    service({ functionName: 'say-foo' });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'say-foo' });
  });
});

describe('a setting of the route and one in `defaults`', () => {
  test('the route wins', () => {
    // WHEN
    service(
      { memorySize: 1024, runtime: lambda.Runtime.NODEJS_22_X },
      { defaults: { memorySize: 256, timeout: Duration.seconds(9), runtime: lambda.Runtime.NODEJS_20_X } },
    );

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { MemorySize: 1024, Timeout: 9, Runtime: 'nodejs22.x' });
  });

  test('undefined on the route is not a setting', () => {
    // WHEN
    service({ memorySize: undefined, runtime: undefined }, { defaults: { memorySize: 256 } });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { MemorySize: 256, Runtime: 'nodejs24.x' });
  });

  test('environments merge by key', () => {
    // WHEN
    service({ environment: { TABLE: 'own', LEVEL: 'debug' } }, { defaults: { environment: { TABLE: 'all', REGION_NAME: 'north' } } });

    // THEN
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    expect(Properties.Environment.Variables).toEqual({ TABLE: 'own', LEVEL: 'debug', REGION_NAME: 'north' });
  });

  test('the defaults are of every handler, the authorizer included, and own settings of one alone', () => {
    // WHEN
    service({ memorySize: 1024 }, {
      authorizer: ConnectAuthorizer.handler('src/messages.bar'),
      defaults: { memorySize: 256, environment: { TABLE: 'all' } },
    });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.foo', MemorySize: 1024 });
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.bar', MemorySize: 256 });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { Environment: { Variables: { TABLE: 'all' } } }, 2);
  });
});

describe('bundling', () => {
  function bundleWith(bundling: BundlingOptions, props: Partial<WebsocketServiceProps> = {}): Record<string, string> {
    const app = new App();
    stack = new Stack(app, 'Stack');
    const chat = service({ bundling }, props);
    return bundleOf(app.synth(), chat.function('foo'));
  }

  test('is minified CommonJS in one file', () => {
    // WHEN
    const files = bundleWith({});

    // THEN
    expect(Object.keys(files)).toEqual(['index.js']);
    expect(files['index.js'].trim().split('\n')).toHaveLength(1);
    expect(files['index.js']).toContain('module.exports=');
  });

  test('of the service, of `defaults` and of the route merge by key', () => {
    // WHEN
    const ofService = bundleWith({ footer: '// route' }, { bundling: { minify: false, footer: '// service', banner: '// banner' } });
    const ofDefaults = bundleWith({ footer: '// route' }, { defaults: { bundling: { minify: false, footer: '// all', banner: '// banner' } } });

    // THEN
    const lines = ofService['index.js'].trim().split('\n');
    expect([lines[0], lines[lines.length - 1]]).toEqual(['// banner', '// route']);
    expect(lines.length).toBeGreaterThan(10);
    expect(ofDefaults).toEqual(ofService);
  });

  test('has a source map if it is set', () => {
    expect(Object.keys(bundleWith({ sourceMap: true }))).toEqual(['index.js', 'index.js.map']);
    expect(Object.keys(bundleWith({ sourceMapMode: SourceMapMode.EXTERNAL }))).toEqual(['index.js', 'index.js.map']);
    expect(bundleWith({ sourceMapMode: SourceMapMode.INLINE })['index.js']).toContain('sourceMappingURL=data:');
  });

  test('fails for a source map mode without a source map', () => {
    expect(() => service({ bundling: { sourceMap: false, sourceMapMode: SourceMapMode.INLINE } })).toThrow(new Error(
      'Stack/Chat: routes["foo"].bundling.sourceMapMode: "inline" says how to write a source map, but `sourceMap` is false; leave one of them out',
    ));
  });

  test('treats `sourceMap` and `sourceMapMode` as one setting, which a route overrides as a whole', () => {
    // WHEN
    const off = bundleWith({ sourceMap: false }, { bundling: { sourceMapMode: SourceMapMode.BOTH } });
    const on = bundleWith({ sourceMapMode: SourceMapMode.EXTERNAL }, { bundling: { sourceMap: false } });

    // THEN
    expect(Object.keys(off)).toEqual(['index.js']);
    expect(off['index.js']).not.toContain('sourceMappingURL');
    expect(Object.keys(on)).toEqual(['index.js', 'index.js.map']);
  });

  test('is built by `buildScript`', () => {
    // GIVEN
    folder.write({
      'project/build.cjs': `module.exports = (options) => require(${JSON.stringify(require.resolve('esbuild'))})
        .build({ ...options, banner: { js: '/* by a script */' } });`,
    });
    const app = new App();
    stack = new Stack(app, 'Stack');

    // WHEN
    const chat = service({ projectRoot: 'project', buildScript: 'build.cjs' });

    // THEN
    const assembly = app.synth();
    expect(bundleOf(assembly, chat.function('foo'))['index.js']).toMatch(/^\/\* by a script \*\//);
    expect(warnings(stack)).toEqual([]);
  });

  test('is looked for in `handlerRoot`, and its id is relative to that', () => {
    // GIVEN
    const app = new App();
    stack = new Stack(app, 'Stack');

    // WHEN
    const chat = new WebsocketService(stack, 'Chat', {
      routes: { foo: { handler: 'own.main' } },
      authorizer: ConnectAuthorizer.handler(path.join(folder.path, 'project/own.main')),
      defaults: { handlerRoot: 'project' },
    });

    // THEN
    expect(chat.function('foo').node.id).toBe('Handler-own.main');
    expect(bundleOf(app.synth(), chat.function('foo'))['index.js']).toContain('it is mine');
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('finds its relative paths in `projectRoot`', () => {
    // GIVEN
    const app = new App();
    stack = new Stack(app, 'Stack');

    // WHEN
    const chat = service({ projectRoot: 'project', bundling: { inject: ['./notice.js'] } });

    // THEN
    expect(bundleOf(app.synth(), chat.function('foo'))['index.js']).toContain('console.log("notice")');
  });

  test('fails to find them in the working directory', () => {
    // GIVEN
    const app = new App();
    stack = new Stack(app, 'Stack');

    // WHEN
    service({ bundling: { inject: ['./notice.js'] } });

    // THEN
    expect(() => app.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Stack/Chat] routes["foo"].handler: "src/messages.foo" cannot be bundled',
      '',
      '✘ [ERROR] Could not resolve "./notice.js"',
      '',
    ].join('\n')));
  });

  test('leaves the AWS SDK out, unless `bundleAwsSDK` says otherwise', () => {
    // GIVEN
    folder.write({
      'node_modules/@aws-sdk/client-toy/package.json': '{ "name": "@aws-sdk/client-toy", "main": "index.js" }',
      'node_modules/@aws-sdk/client-toy/index.js': 'exports.toy = "the whole toy client";',
      'src/messages.ts': 'import { toy } from "@aws-sdk/client-toy";\nexport const foo = async () => toy;\nexport const bar = foo;\n',
    });

    // WHEN
    const without = bundleWith({})['index.js'];
    const within = bundleWith({ bundleAwsSDK: true })['index.js'];

    // THEN
    expect(without).toContain('require("@aws-sdk/client-toy")');
    expect(within).toContain('the whole toy client');
  });
});

test('a service of plain settings has no warning', () => {
  // WHEN
  service({});

  // THEN
  expect(warnings(stack)).toEqual([]);
});
