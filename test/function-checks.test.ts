import * as fs from 'fs';
import * as path from 'path';
import { App, Aws, Lazy, PropertyInjectors, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { version } from 'aws-cdk-lib/package.json';
import { ConnectAuthorizer, WebsocketFunctionOptions, WebsocketService, WebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { bundleOf, inlineFunction, quickStack, warnings } from './_helpers/quick-app';
import { checkBundling } from '../lib/function';
import { Checks } from '../lib/private/checks/checks';
import { AWS_CDK_LIB_VERSION } from '../lib/private/option-names';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/messages.ts': 'export const foo = async () => ({ statusCode: 200 });\nexport const bar = foo;\n',
    'project/notice.js': 'console.log("notice");',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(own: WebsocketFunctionOptions, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { handler: 'src/messages.foo', ...own } },
    authorizer: ConnectAuthorizer.none(),
    ...props,
  });
}

describe('an option that is not known', () => {
  const unknown = { quantumMode: 'full' } as WebsocketFunctionOptions;

  test.each<[string, WebsocketFunctionOptions, Partial<WebsocketServiceProps>, string]>([
    ['a route', unknown, {}, 'routes["foo"].'],
    ['the defaults', {}, { defaults: unknown }, 'defaults.'],
    ['an authorizer', {}, { authorizer: ConnectAuthorizer.handler('src/messages.bar', unknown) }, 'authorizer.'],
  ])('is an error, or reaches the function where aws-cdk-lib is newer than the table: %s', (_case, own, props, prefix) => {
    // GIVEN
    const given: object[] = [];
    PropertyInjectors.of(stack).add({
      constructUniqueId: lambda.Function.PROPERTY_INJECTION_ID,
      inject: (options) => {
        given.push(options);
        return options;
      },
    });

    // WHEN
    const make = (): WebsocketService => service(own, props);

    // THEN
    if (version === AWS_CDK_LIB_VERSION) {
      expect(make).toThrow(`Stack/Chat: ${prefix}quantumMode: "full": there is no option \`quantumMode\`; the options are those of Websocket`);
      return;
    }
    make();
    expect(warnings(stack)).toEqual([expect.stringMatching(/quantumMode: "full": there is no option .*\[ack: cdk-websocket-service:unknownOption\]$/)]);
    expect(given).toContainEqual(expect.objectContaining({ quantumMode: 'full' }));
  });
});

describe('the runtime', () => {
  test.each([lambda.Runtime.PYTHON_3_13, lambda.Runtime.JAVA_21])('fails for %s', (runtime) => {
    expect(() => service({ runtime })).toThrow(new Error(
      `Stack/Chat: routes["foo"].runtime: "${runtime.name}" is not a Node.js runtime, and a handler is bundled for Node.js; `
      + 'make the function with its own construct and give it as `function`',
    ));
  });

  test('fails for one in `defaults`, too', () => {
    expect(() => service({}, { defaults: { runtime: lambda.Runtime.PYTHON_3_13 } })).toThrow(new Error(
      'Stack/Chat: routes["foo"].runtime: "python3.13" is not a Node.js runtime, and a handler is bundled for Node.js; '
      + 'make the function with its own construct and give it as `function`',
    ));
  });

  test('fails for that of an authorizer', () => {
    const authorizer = ConnectAuthorizer.handler('src/messages.bar', { runtime: lambda.Runtime.PYTHON_3_13 });
    expect(() => service({}, { authorizer })).toThrow(new Error(
      'Stack/Chat: authorizer.runtime: "python3.13" is not a Node.js runtime, and a handler is bundled for Node.js; '
      + 'make the function with its own construct and give it as `function`',
    ));
  });

  test('decides what the bundle is built for', () => {
    // GIVEN
    folder.write({ 'src/messages.ts': 'export const foo = async (e) => e?.a ?? 1;\nexport const bar = foo;\n' });
    const app = new App();
    stack = new Stack(app, 'Stack');

    // WHEN
    const runtime = new lambda.Runtime('nodejs12.x', lambda.RuntimeFamily.NODEJS);
    // Other suites share aws-cdk-lib, which lists every runtime.
    lambda.Runtime.ALL.splice(lambda.Runtime.ALL.indexOf(runtime), 1);
    const chat = service({ runtime });

    // THEN
    expect(bundleOf(app.synth(), chat.function('foo'))['index.js']).not.toContain('??');
  });
});

describe('a setting of another kind in `defaults`', () => {
  test.each<[string, unknown, string]>([
    ['timeout', 30, '30 is not a Duration; use Duration.seconds(30)'],
    ['runtime', 'nodejs22.x', '"nodejs22.x" is not a lambda.Runtime; use lambda.Runtime.NODEJS_24_X'],
  ])('fails: %s', (name, value, message) => {
    expect(() => service({}, { defaults: { [name]: value } })).toThrow(new Error(`Stack/Chat: routes["foo"].${name}: ${message}`));
  });
});

describe('a bundling option that only a deployment knows', () => {
  const late = 'is known only at deployment, but the code is bundled before that; put the value into `environment`';

  test.each(['banner', 'footer'] as const)('fails: %s', (option) => {
    const value = `/* ${Aws.REGION} */`;
    expect(() => service({ bundling: { [option]: value } })).toThrow(new Error(
      `Stack/Chat: routes["foo"].bundling.${option}: ${JSON.stringify(value)} ${late}`,
    ));
  });

  test('fails: define', () => {
    const value = Lazy.string({ produce: () => 'talks' });
    expect(() => service({ bundling: { define: { 'process.env.LEVEL': '"debug"', 'process.env.TABLE': value } } })).toThrow(new Error(
      `Stack/Chat: routes["foo"].bundling.define["process.env.TABLE"]: ${JSON.stringify(value)} ${late}`,
    ));
  });

  test('fails in the bundling options of the service, for its authorizer too', () => {
    const authorizer = ConnectAuthorizer.handler('src/messages.bar', { bundling: { banner: Aws.REGION } });
    expect(() => service({}, { authorizer })).toThrow(new Error(
      `Stack/Chat: authorizer.bundling.banner: ${JSON.stringify(Aws.REGION)} ${late}`,
    ));
    stack = quickStack();
    expect(() => service({}, { bundling: { footer: Aws.REGION } })).toThrow(new Error(
      `Stack/Chat: routes["foo"].bundling.footer: ${JSON.stringify(Aws.REGION)} ${late}`,
    ));
  });
});

describe('projectRoot', () => {
  test('fails if it does not exist', () => {
    expect(() => service({ projectRoot: 'elsewhere' })).toThrow(new Error(
      'Stack/Chat: routes["foo"].projectRoot: "elsewhere" does not exist; '
      + 'name a directory, relative to the one that the app runs in or absolute',
    ));
  });

  test('fails for a file', () => {
    fs.writeFileSync(path.join(folder.path, 'a-file'), '');

    expect(() => service({ projectRoot: 'a-file' })).toThrow(new Error(
      'Stack/Chat: routes["foo"].projectRoot: "a-file" is a file; name a directory, relative to the one that the app runs in or absolute',
    ));
  });

  test('may be a symbolic link', () => {
    // GIVEN
    fs.symlinkSync(path.join(folder.path, 'project'), path.join(folder.path, 'linked-project'));
    const bundleIn = (projectRoot: string): Record<string, string> => {
      const app = new App();
      stack = new Stack(app, 'Stack');
      const chat = service({ projectRoot, bundling: { inject: ['./notice.js'] } });
      return bundleOf(app.synth(), chat.function('foo'));
    };

    // WHEN
    const linked = bundleIn('linked-project');

    // THEN
    expect(linked['index.js']).toContain('console.log("notice")');
    expect(linked).toEqual(bundleIn('project'));
  });
});

test('handlerRoot fails if it does not exist', () => {
  expect(() => service({ handlerRoot: 'elsewhere' })).toThrow(new Error(
    'Stack/Chat: routes["foo"].handlerRoot: "elsewhere" does not exist; '
    + 'name a directory, relative to the one that the app runs in or absolute',
  ));
});

describe('an alias', () => {
  const NAME = "is not a legal name of an alias; use 1 to 128 letters, digits, hyphens and underscores, not digits alone, for example 'live'";
  const FOR_ALIAS = 'needs an alias, but the function has none: Lambda has no provisioned concurrency for $LATEST; set `alias` too, for example \'live\'';
  const FOR_VERSION = 'describes a version, but none is published; set `alias` too: it publishes a version on every change';
  const COUNT = 'is not a number of execution environments; use a whole number, or 0 for none';
  const RESERVED = 'is more than the `reservedConcurrentExecutions` of the function, which are 2; raise that, or lower this';

  test.each<[string, WebsocketFunctionOptions, string]>([
    ['digits alone', { alias: '12' }, `alias: "12" ${NAME}`],
    ['empty', { alias: '' }, `alias: "" ${NAME}`],
    ['$LATEST', { alias: '$LATEST' }, `alias: "$LATEST" ${NAME}`],
    ['too long', { alias: 'a'.repeat(129) }, `alias: "${'a'.repeat(129)}" ${NAME}`],
    ['not a string', { alias: true as unknown as string }, 'alias: true is not a string; write "true"'],
    ['a token', { alias: Aws.REGION }, `alias: ${JSON.stringify(Aws.REGION)} is known only at deployment, but the construct id is made from it `
      + 'before that; write the name as a literal'],
    ['a fraction', { alias: 'live', provisionedConcurrentExecutions: 1.5 }, `provisionedConcurrentExecutions: 1.5 ${COUNT}`],
    ['less than none', { alias: 'live', provisionedConcurrentExecutions: -1 }, `provisionedConcurrentExecutions: -1 ${COUNT}`],
    ['no number', { alias: 'live', provisionedConcurrentExecutions: '1' as unknown as number }, 'provisionedConcurrentExecutions: "1" is not a number; write 1'],
    ['more than reserved', { alias: 'live', provisionedConcurrentExecutions: 3, reservedConcurrentExecutions: 2 },
      `provisionedConcurrentExecutions: 3 ${RESERVED}`],
    ['of the version too', { alias: 'live', provisionedConcurrentExecutions: 3, currentVersionOptions: { provisionedConcurrentExecutions: 2 } },
      'provisionedConcurrentExecutions: 3 is also set in `currentVersionOptions`, and Lambda allows it on the version or on its alias, not on both; keep one of them'],
    ['none, and environments', { provisionedConcurrentExecutions: 3 }, `provisionedConcurrentExecutions: 3 ${FOR_ALIAS}`],
    ['none, and a version', { currentVersionOptions: { description: 'v' } }, `currentVersionOptions: { description } ${FOR_VERSION}`],
  ])('fails: %s', (_what, options, message) => {
    expect(() => service(options)).toThrow(new Error(`Stack/Chat: routes["foo"].${message}`));
    stack = quickStack();
    expect(() => service({}, { defaults: options })).toThrow(new Error(`Stack/Chat: defaults.${message}`));
    stack = quickStack();
    const authorizer = ConnectAuthorizer.handler('src/messages.bar', options);
    expect(() => service({}, { authorizer })).toThrow(new Error(`Stack/Chat: authorizer.${message}`));
  });

  test('is reported where the value was set: on the route, or in `defaults`', () => {
    expect(() => service({ alias: 'live', reservedConcurrentExecutions: 2 }, { defaults: { provisionedConcurrentExecutions: 3 } }))
      .toThrow(new Error(`Stack/Chat: defaults.provisionedConcurrentExecutions: 3 ${RESERVED}`));
  });

  test('of a preset authorizer: a version without one fails', () => {
    const authorizer = ConnectAuthorizer.jwt({ issuer: 'https://example.com', audience: ['chat'], currentVersionOptions: {} });
    expect(() => service({}, { authorizer })).toThrow(new Error(`Stack/Chat: authorizer.currentVersionOptions: {} ${FOR_VERSION}`));
  });

  test('fails beside a function that brings its own', () => {
    const fn = inlineFunction(stack, 'Fn');
    expect(() => service({}, { routes: { foo: { function: fn, alias: 'live', provisionedConcurrentExecutions: 1 } } })).toThrow(new Error(
      'Stack/Chat: routes["foo"]: ["alias","provisionedConcurrentExecutions"] sets up a function, but `function` brings its own; '
      + 'set it where that is made, or use `handler`',
    ));
  });
});

describe('snapStart', () => {
  const message = 'snapStart: object {} has no effect on a handler: Lambda has no SnapStart for Node.js; leave it out; '
    + '`alias` with `provisionedConcurrentExecutions` keeps functions warm';
  const snapStart = lambda.SnapStartConf.ON_PUBLISHED_VERSIONS;

  test.each<[string, () => WebsocketService, string]>([
    ['of a route', () => service({ snapStart }), 'routes["foo"].'],
    ['of `defaults`', () => service({}, { defaults: { snapStart } }), 'defaults.'],
    ['of an authorizer', () => service({}, { authorizer: ConnectAuthorizer.handler('src/messages.bar', { snapStart }) }), 'authorizer.'],
    ['of a preset', () => service({}, {
      authorizer: ConnectAuthorizer.jwt({ issuer: 'https://example.com', audience: ['chat'], snapStart }),
    }), 'authorizer.'],
  ])('fails: that %s', (_where, make, prefix) => {
    expect(make).toThrow(new Error(`Stack/Chat: ${prefix}${message}`));
  });
});

describe('logGroupRetention', () => {
  const logGroup = (): logs.LogGroup => new logs.LogGroup(stack, 'Mine');
  const { ONE_WEEK } = logs.RetentionDays;

  test.each<[string, () => WebsocketFunctionOptions, string]>([
    ['a number of days that there is not', () => ({ logGroupRetention: 8 as logs.RetentionDays }), '8 is not a retention period of CloudWatch Logs; use one of logs.RetentionDays'],
    ['`logGroup` too', () => ({ logGroupRetention: ONE_WEEK, logGroup: logGroup() }),
      '7 applies to a log group that the service creates, but `logGroup` is given; set the retention where the log group is made'],
    ['`logRetention` too', () => ({ logGroupRetention: ONE_WEEK, logRetention: ONE_WEEK }),
      '7 applies to a log group that the service creates, but `logRetention` is given; leave out the deprecated `logRetention`'],
  ])('fails: %s', (_what, options, message) => {
    expect(() => service(options())).toThrow(new Error(`Stack/Chat: routes["foo"].logGroupRetention: ${message}`));
    stack = quickStack();
    expect(() => service({}, { defaults: options() })).toThrow(new Error(`Stack/Chat: defaults.logGroupRetention: ${message}`));
  });
});

describe('buildScript', () => {
  test('fails if it does not exist', () => {
    expect(() => service({ buildScript: 'build.mjs' })).toThrow(new Error(
      `Stack/Chat: routes["foo"].buildScript: "build.mjs" names no file: there is no ${path.join(folder.path, 'build.mjs')}; `
      + 'write the path relative to `projectRoot`, or an absolute one',
    ));
  });

  test.each<[string, WebsocketFunctionOptions['bundling']]>([
    ['nodeModules', { nodeModules: ['pg'] }],
    ['environment', { environment: { A: '1' } }],
    ['a flag that handlers cannot share', { esbuildArgs: { '--splitting': true } }],
  ])('fails together with %s', (_, bundling) => {
    fs.writeFileSync(path.join(folder.path, 'script.mjs'), '');

    expect(() => service({ buildScript: './script.mjs', bundling })).toThrow(new Error(
      'Stack/Chat: routes["foo"].buildScript: "./script.mjs" cannot be combined with options of `bundling` that need extra steps (`nodeModules`, '
      + '`commandHooks`, `environment`, Docker, some esbuildArgs); leave those options out, and do in the script what they do',
    ));
  });
});

describe('bundling', () => {
  const refused = (options: BundlingOptions) => expect(() => checkBundling(new Checks(quickStack(), 'bundling'), options));

  test.each<[string, BundlingOptions]>([
    ['nothing', {}],
    ['a source map', { sourceMap: true }],
    ['no source map', { sourceMap: false }],
    ['a source map of some kind', { sourceMap: true, sourceMapMode: SourceMapMode.INLINE }],
    ['a kind of source map alone', { sourceMapMode: SourceMapMode.INLINE }],
    ['no source map, of no kind', { sourceMap: false, sourceMapMode: undefined }],
    ['a banner of an ES module', { format: OutputFormat.ESM, banner: "import 'a';" }],
    ['a banner that speaks of imports', { banner: '/*\n import a from "b"\n*/ // import c\nimportant();' }],
    ['literal text', { banner: '/* a */', footer: '/* b */', define: { VALUE: '"1"' } }],
  ])('accepts %s', (_, options) => {
    refused(options).not.toThrow();
  });

  test('refuses a kind of source map without a source map', () => {
    refused({ sourceMap: false, sourceMapMode: SourceMapMode.DEFAULT }).toThrow(new Error(
      'Stack: bundling.sourceMapMode: "default" says how to write a source map, but `sourceMap` is false; leave one of them out',
    ));
  });

  const REGION = `"${Aws.REGION}"`;
  const LATE = Lazy.string({ produce: () => 'later' });

  test.each<[string, BundlingOptions, string, string]>([
    ['a banner', { banner: LATE }, 'banner', LATE],
    ['a footer', { footer: REGION }, 'footer', REGION],
    ['one definition of several', { banner: '/* a */', define: { VALUE: '"1"', REGION } }, 'define["REGION"]', REGION],
    ['the first of two', { footer: LATE, define: { REGION } }, 'footer', LATE],
  ])('refuses what is not known when it is bundled: %s', (_, options, option, value) => {
    refused(options).toThrow(new Error(
      `Stack: bundling.${option}: ${JSON.stringify(value)} is known only at deployment, but the code is bundled before that; `
      + 'put the value into `environment`',
    ));
  });

  test('refuses a banner that imports in CommonJS', () => {
    const banner = "/* shim */\nimport { createRequire } from 'module';";

    refused({ banner }).toThrow(new Error(
      `Stack: bundling.banner: ${JSON.stringify(banner)} contains an import, which only an ES module may have, and the bundle is CommonJS; `
      + 'set `format: OutputFormat.ESM`, or use `require`',
    ));
  });
});
