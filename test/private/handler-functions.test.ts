import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { App, AppProps, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, ICommandHooks } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import * as ts from 'typescript';
import { Handler, resolveHandler } from '../../lib/private/bundling/handler';
import { FunctionSettings } from '../../lib/private/function-settings';
import { HandlerFunctions, HandlerUse } from '../../lib/private/handler-functions';
import { AppFolder } from '../_helpers/app-folder';
import { bundleOf, warnings } from '../_helpers/quick-app';

const FILES = {
  'src/a.ts': 'export const main = async () => "this is a";\nexport const other = async () => "this is other";\n',
  'src/b.ts': 'export const main = async () => "this is b";\n',
  'src/broken.ts': 'export const main = ;\n',
  'src/lost.ts': 'import \'./nowhere\';\nexport const main = async () => {};\n',
  'package-lock.json': '{}',
};
const PLACEHOLDER = 'throw new Error("this handler was not bundled");\n';

let folder: AppFolder;
let app: App;
let stack: Stack;
let functions: HandlerFunctions;

beforeAll(() => { folder = new AppFolder(FILES); });
afterAll(() => folder.leave());
beforeEach(() => start());

function start(props: AppProps = {}): void {
  app = new App(props);
  stack = new Stack(app, 'Stack');
  functions = new HandlerFunctions(new Construct(stack, 'Chat'));
}

function use(property: string, handler: string, settings: FunctionSettings = {}): HandlerUse {
  return { property, handler: resolveHandler(handler) as Handler, settings: { runtime: lambda.Runtime.NODEJS_24_X, ...settings } };
}

describe('add', () => {
  test('makes one function for a handler, however often and however it is spelled', () => {
    // WHEN
    functions.add([
      use('x', 'src/a.main'), use('y', './src/a.main'), use('z', 'src/a.ts.main'), use('absolute', path.resolve('src/a.main')),
    ]);

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    expect(functions.get(use('x', 'src/../src/a.main').handler).node.path).toBe('Stack/Chat/Handler-src%2Fa.main');
  });

  test('makes two functions for two exports of a file, each with its own code alone', () => {
    // GIVEN
    const uses = [use('x', 'src/a.main'), use('y', 'src/a.other')];

    // WHEN
    functions.add(uses);

    // THEN
    const assembly = app.synth();
    const [main, other] = uses.map(({ handler }) => bundleOf(assembly, functions.get(handler))['index.js']);
    expect(main).toContain('this is a');
    expect(main).not.toContain('this is other');
    expect(other).toContain('this is other');
  });

  test('makes only what is not there yet', () => {
    // GIVEN
    functions.add([use('x', 'src/a.main')]);
    const before = functions.get(use('x', 'src/a.main').handler);

    // WHEN
    functions.add([use('y', 'src/a.main'), use('z', 'src/b.main')]);

    // THEN
    expect(functions.get(use('x', 'src/a.main').handler)).toBe(before);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
  });

  test('builds a handler into the same bytes whatever is built with it', () => {
    // GIVEN
    const { handler } = use('x', 'src/a.main');
    functions.add([use('x', 'src/a.main', { bundling: { sourceMap: true } })]);
    const alone = bundleOf(app.synth(), functions.get(handler));

    // WHEN
    start();
    functions.add(['src/b.main', 'src/a.main', 'src/a.other'].map((spelled) => use('x', spelled, { bundling: { sourceMap: true } })));

    // THEN
    expect(Object.keys(alone)).toEqual(['index.js', 'index.js.map']);
    expect(bundleOf(app.synth(), functions.get(handler))).toEqual(alone);
  });
});

describe('check', () => {
  const role = () => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

  test('lets equal settings be one handler', () => {
    // GIVEN
    const shared = role();
    const settings = (): FunctionSettings => ({
      timeout: Duration.seconds(60), role: shared, environment: { A: 'b' }, bundling: { externalModules: ['x'] },
    });

    // THEN
    expect(() => functions.check([use('x', 'src/a.main', settings()), use('y', './src/a.ts.main', settings())])).not.toThrow();
    const minute = { ...settings(), timeout: Duration.minutes(1) };
    expect(() => functions.check([use('x', 'src/a.main', settings()), use('y', 'src/a.main', minute)])).not.toThrow();
  });

  const way = 'and one handler is one function; give both the same settings, put them into `defaults`, or export the handler under a second name';
  test.each<[string, FunctionSettings, FunctionSettings, string]>([
    ['a number', { memorySize: 1 }, { memorySize: 2 }, '`memorySize`'],
    ['one side only', {}, { memorySize: 2 }, '`memorySize`'],
    ['a duration', { timeout: Duration.seconds(1) }, { timeout: Duration.seconds(2) }, '`timeout`'],
    ['a variable', { environment: { A: 'b' } }, { environment: { A: 'c' } }, '`environment`'],
    ['a list', { bundling: { externalModules: ['x'] } }, { bundling: { externalModules: ['x', 'y'] } }, '`bundling`'],
    ['two settings', { memorySize: 1, description: 'x' }, {}, '`memorySize` and `description`'],
    [
      'three settings', { memorySize: 1, description: 'x', timeout: Duration.seconds(1) }, {},
      '`memorySize`, `description` and `timeout`',
    ],
  ])('fails for %s', (_case, first, second, names) => {
    expect(() => functions.check([use('routes["x"].handler', 'src/a.main', first), use('routes["y"].handler', 'src/a.main', second)])).toThrow(
      new Error(`Stack/Chat: routes["y"].handler: "src/a.main" is also routes["x"].handler, with another ${names}, ${way}`),
    );
  });

  test('fails for two constructs that look alike', () => {
    // GIVEN
    const [first, second] = ['A', 'B'].map((id) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));

    // THEN
    expect(() => functions.check([use('x', 'src/a.main', { role: first }), use('y', 'src/a.main', { role: second })])).toThrow(new Error(
      `Stack/Chat: y: "src/a.main" is also x, with another \`role\`, ${way}`,
    ));
  });

  test('fails for a handler that was added before', () => {
    // GIVEN
    functions.add([use('x', 'src/a.main', { memorySize: 512 })]);

    // THEN
    expect(() => functions.check([use('y', 'src/a.main')])).toThrow(new Error(
      `Stack/Chat: y: "src/a.main" is also x, with another \`memorySize\`, ${way}`,
    ));
  });

  test('lets other handlers have other settings', () => {
    expect(() => functions.check([use('x', 'src/a.main', { memorySize: 1 }), use('y', 'src/b.main', { memorySize: 2 })])).not.toThrow();
  });
});

describe('a build that fails', () => {
  const BROKEN = ['✘ [ERROR] Unexpected ";"', '', '    src/broken.ts:1:20:', '      1 │ export const main = ;', '        ╵                     ^', ''];
  const LOST = ['✘ [ERROR] Could not resolve "./nowhere"', '', '    src/lost.ts:1:7:', '      1 │ import \'./nowhere\';', '        ╵        ~~~~~~~~~~~', ''];

  test('does not throw; synthesis lists every broken handler with all places that name it', () => {
    // WHEN
    functions.add([
      use('routes["a"].handler', 'src/a.main'), use('routes["b"].handler', 'src/broken.main'), use('routes["c"].handler', './src/broken.main'),
      use('routes["d"].handler', 'src/lost.main'), use('routes["e"].handler', 'src/a.absent'), use('authorizer.handler', 'src/broken.main'),
    ]);

    // THEN
    expect(() => app.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Stack/Chat] routes["b"].handler, routes["c"].handler and authorizer.handler: "src/broken.main" cannot be bundled',
      '',
      ...BROKEN,
      '  [Stack/Chat] routes["d"].handler: "src/lost.main" cannot be bundled',
      '',
      ...LOST,
      '  [Stack/Chat] routes["e"].handler: "src/a.absent" cannot be bundled',
      '',
      '✘ [ERROR] No matching export in "src/a.ts" for import "absent"',
      '',
    ].join('\n')));
  });

  test('names a place that comes later, too', () => {
    // GIVEN
    functions.add([use('x', 'src/broken.main')]);

    // WHEN
    functions.add([use('y', 'src/broken.main')]);

    // THEN
    expect(() => app.synth()).toThrow(new Error(
      ['Validation failed with the following errors:', '  [Stack/Chat] x and y: "src/broken.main" cannot be bundled', '', ...BROKEN].join('\n'),
    ));
  });

  test('spoils no other handler of the same build', () => {
    // WHEN
    functions.add([use('x', 'src/a.main')]);
    const assembly = app.synth();
    const code = bundleOf(assembly, functions.get(use('x', 'src/a.main').handler));
    start({ outdir: path.join(folder.path, 'broken.out') });
    functions.add([use('x', 'src/a.main'), use('y', 'src/broken.main')]);

    // THEN
    const staged = fs.readdirSync(app.outdir).map((name) => fs.readFileSync(path.join(app.outdir, name, 'index.js'), 'utf8'));
    expect(staged.sort()).toEqual([code['index.js'], PLACEHOLDER].sort());
  });
});

test('what esbuild warns of is a warning', () => {
  // GIVEN
  folder.write({ 'src/odd.ts': 'export const main = async (x: unknown) => x === NaN;\n' });

  // WHEN
  functions.add([use('x', 'src/odd.main')]);

  // THEN
  expect(warnings(stack)).toEqual([[
    '/Stack/Chat: ▲ [WARNING] Comparison with NaN using the "===" operator here is always false [equals-nan]',
    '',
    '    src/odd.ts:1:44:',
    '      1 │ export const main = async (x: unknown) => x === NaN;',
    '        ╵                                             ~~~',
    '',
    '  Floating-point equality is defined such that NaN is never equal to anything, so "x === NaN" always returns false. '
    + 'You need to use "Number.isNaN(x)" instead to test for NaN. [ack: cdk-websocket-service:bundling]',
  ].join('\n')]);
});

describe('aws:cdk:bundling-stacks', () => {
  const handlers = () => [use('x', 'src/a.main'), use('y', 'src/broken.main'), use('z', 'src/b.main', { bundling: { commandHooks: hooks('false') } })];

  test.each<[string, string[]]>([['[] bundles nothing', []], ['with another stack bundles nothing', ['Other']]])('%s', (_case, stacks) => {
    // GIVEN
    start({ context: { 'aws:cdk:bundling-stacks': stacks } });

    // WHEN
    functions.add(handlers());

    // THEN
    const assembly = app.synth();
    for (const { handler } of handlers()) {
      expect(bundleOf(assembly, functions.get(handler))).toEqual({ 'index.js': PLACEHOLDER });
    }
  });

  test('with this stack bundles', () => {
    // GIVEN
    start({ context: { 'aws:cdk:bundling-stacks': ['Stack'] } });

    // WHEN
    functions.add([use('x', 'src/a.main')]);

    // THEN
    expect(bundleOf(app.synth(), functions.get(use('x', 'src/a.main').handler))['index.js']).toContain('this is a');
  });
});

describe('assetHash', () => {
  test('decides the hash, of each handler another', () => {
    // GIVEN
    const keys = (assetHash?: string): unknown[] => {
      start();
      functions.add([use('x', 'src/a.main', { bundling: { assetHash } }), use('y', 'src/b.main', { bundling: { assetHash } })]);
      return Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Code.S3Key);
    };

    // WHEN
    const [first, second, other, none] = [keys('one'), keys('one'), keys('two'), keys()];

    // THEN
    expect(second).toEqual(first);
    expect(new Set([...first, ...other, ...none]).size).toBe(6);
  });
});

function hooks(...commands: string[]): ICommandHooks {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_input: string, output: string) => commands.map((command) => command.replace('OUT', output)),
  };
}

describe('what one build cannot express is bundled by NodejsFunction', () => {
  beforeAll(() => fs.symlinkSync(path.resolve(__dirname, '../../node_modules'), path.join(folder.path, 'node_modules')));

  function bundled(bundling: BundlingOptions): Record<string, string> {
    functions.add([use('x', 'src/a.main', { bundling }), use('y', 'src/b.main')]);
    return bundleOf(app.synth(), functions.get(use('x', 'src/a.main').handler));
  }

  test('commandHooks run, and the bundle is minified as ours are', () => {
    // WHEN
    const files = bundled({ commandHooks: hooks('echo made by a hook> OUT/notice.txt') });

    // THEN
    expect(Object.keys(files)).toEqual(['index.js', 'notice.txt']);
    expect(files['notice.txt']).toBe('made by a hook\n');
    expect(files['index.js']).toContain('this is a');
    expect(files['index.js'].trim().split('\n')).toHaveLength(1);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.main', Runtime: 'nodejs24.x' });
  });

  test('with `minify: false` if that is wanted', () => {
    // WHEN
    const files = bundled({ minify: false, commandHooks: hooks('true') });

    // THEN
    expect(files['index.js'].trim().split('\n').length).toBeGreaterThan(10);
  });

  test('and the others are built as ever', () => {
    // WHEN
    bundled({ commandHooks: hooks('echo hook > OUT/notice.txt') });

    // THEN
    expect(Object.keys(bundleOf(app.synth(), functions.get(use('y', 'src/b.main').handler)))).toEqual(['index.js']);
  });

  test('a failure is reported by the validation, and the function is there', () => {
    // GIVEN
    fs.renameSync('package-lock.json', 'package-lock.away');

    // WHEN
    functions.add([use('routes["x"].handler', 'src/a.main', { bundling: { commandHooks: hooks('true') } }), use('y', 'src/broken.main')]);
    fs.renameSync('package-lock.away', 'package-lock.json');

    // THEN
    expect(functions.get(use('x', 'src/a.main').handler).node.path).toBe('Stack/Chat/Handler-src%2Fa.main');
    expect(() => app.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Stack/Chat] routes["x"].handler: "src/a.main" cannot be bundled',
      '',
      'Cannot find a package lock file (`pnpm-lock.yaml`, `yarn.lock`, `bun.lockb`, `bun.lock` or `package-lock.json`). '
      + 'Please specify it with `depsLockFilePath`.',
      '',
      '  [Stack/Chat] y: "src/broken.main" cannot be bundled',
      '',
      '✘ [ERROR] Unexpected ";"', '', '    src/broken.ts:1:20:', '      1 │ export const main = ;', '        ╵                     ^', '',
    ].join('\n')));
  });

  test('a lock file elsewhere is found by depsLockFilePath', () => {
    // GIVEN
    fs.renameSync('package-lock.json', 'package-lock.away');
    folder.write({ 'locks/package-lock.json': '{}' });
    const settings = { depsLockFilePath: 'locks/package-lock.json', projectRoot: '.', bundling: { commandHooks: hooks('echo hook > OUT/notice.txt') } };

    // WHEN
    functions.add([use('x', 'src/a.main', settings)]);
    fs.renameSync('package-lock.away', 'package-lock.json');

    // THEN
    expect(Object.keys(bundleOf(app.synth(), functions.get(use('x', 'src/a.main').handler)))).toEqual(['index.js', 'notice.txt']);
  });
});

test('without esbuild: every handler says what to install', () => {
  // GIVEN a copy of the library in a folder from where no esbuild is found
  const away = new AppFolder({ 'src/a.ts': FILES['src/a.ts'], 'src/b.ts': FILES['src/b.ts'] });
  const lib = path.resolve(__dirname, '../../lib');
  for (const name of ['', 'private/'].flatMap((under) => fs.readdirSync(path.join(lib, under)).map((file) => under + file))) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
    const { outputText } = ts.transpileModule(fs.readFileSync(path.join(lib, name), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    away.write({ [`lib/${name.replace(/ts$/, 'js')}`]: outputText });
  }
  fs.mkdirSync('node_modules');
  for (const dependency of ['aws-cdk-lib', 'constructs']) {
    fs.symlinkSync(path.dirname(require.resolve(`${dependency}/package.json`)), `node_modules/${dependency}`);
  }
  away.write({
    'app.js': `
      const { App, Stack } = require('aws-cdk-lib');
      const { HandlerFunctions } = require('./lib/private/handler-functions');
      const { resolveHandler } = require('./lib/private/handler');
      const app = new App();
      const runtime = require('aws-cdk-lib/aws-lambda').Runtime.NODEJS_24_X;
      new HandlerFunctions(new Stack(app, 'Stack')).add(['src/a.main', 'src/b.main'].map((handler, index) => (
        { property: 'x' + index, handler: resolveHandler(handler), settings: { runtime } }
      )));
      try { app.synth(); } catch (error) { process.stdout.write(error.message); }
    `,
  });

  // WHEN
  const said = execFileSync(process.execPath, ['app.js'], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  away.leave();

  // THEN
  expect(said).toBe([
    'Validation failed with the following errors:',
    '  [Stack] x0: "src/a.main" cannot be bundled',
    '',
    'esbuild is not installed; add it to the app: npm install --save-dev esbuild',
    '',
    '  [Stack] x1: "src/b.main" cannot be bundled',
    '',
    'esbuild is not installed; add it to the app: npm install --save-dev esbuild',
    '',
  ].join('\n'));
});

test('a function has every setting but those of the bundling', () => {
  // WHEN
  functions.add([use('x', 'src/a.main', { memorySize: 512, projectRoot: '.', depsLockFilePath: 'package-lock.json', bundling: { minify: false } })]);

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { MemorySize: 512, Handler: 'index.main', Environment: Match.absent() });
});
