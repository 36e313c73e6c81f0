import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { App, AppProps, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import * as ts from 'typescript';
import { HandlerFunctions } from '../../../lib/private/handlers/handler-functions';
import { AppFolder } from '../../_helpers/app-folder';
import { bundleOf, warnings } from '../../_helpers/quick-app';
import { BROKEN, FILES, handlerApp, PLACEHOLDER, use } from '../_helpers/handler-app';

let folder: AppFolder;
let app: App;
let stack: Stack;
let functions: HandlerFunctions;

beforeAll(() => { folder = new AppFolder(FILES); });
afterAll(() => folder.leave());
beforeEach(() => start());

function start(props: AppProps = {}): void {
  ({ app, stack, functions } = handlerApp(props));
}

describe('a build that fails', () => {
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

  test('names a place once, if two functions are made of it', () => {
    functions.add([use('x', 'src/broken.main'), use('x', 'src/broken.main')]);

    expect(() => app.synth()).toThrow('[Stack/Chat] x: "src/broken.main" cannot be bundled');
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

test('without esbuild: every handler says what to install', () => {
  // GIVEN a copy of the library in a folder from where no esbuild is found
  const away = new AppFolder({ 'src/a.ts': FILES['src/a.ts'], 'src/b.ts': FILES['src/b.ts'] });
  const lib = path.resolve(__dirname, '../../../lib');
  for (const name of fs.readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
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
      const { HandlerFunctions } = require('./lib/private/handlers/handler-functions');
      const { resolveHandler } = require('./lib/private/bundling/handler');
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

describe('a function that cannot be made', () => {
  const OUTBOUND = new Error("Cannot configure 'allowAllOutbound' without configuring a VPC");

  test('leaves what was there before', () => {
    // GIVEN
    functions.add([use('x', 'src/b.main')]);
    const before = functions.get(use('x', 'src/b.main').handler);

    // WHEN
    expect(() => functions.add([use('y', 'src/b.main'), use('z', 'src/a.main', { allowAllOutbound: true })])).toThrow(OUTBOUND);

    // THEN
    expect(functions.get(use('x', 'src/b.main').handler)).toBe(before);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    expect(() => functions.check([use('z', 'src/b.main', { memorySize: 512 })])).toThrow(new Error(
      'Stack/Chat: z: "src/b.main" is also x, with another `memorySize`, and one handler is one function; '
      + 'give both the same settings, put them into `defaults`, or export the handler under a second name',
    ));
  });
});

describe('a stage that fails', () => {
  const FIRST = 'Validation failed with the following errors:';
  const TEXT = ['x: "src/broken.main" cannot be bundled', '', ...BROKEN].join('\n');

  function service(scope: Construct, id: string, handler: string): void {
    new HandlerFunctions(new Construct(scope, id)).add([use('x', handler)]);
  }

  test('tells what is broken in the others, once and with their paths', () => {
    // GIVEN
    for (const name of ['Alpha', 'Beta', 'Prod']) {
      const api = new Stack(new Stage(app, name), 'Api');
      service(api, 'Sound', 'src/a.main');
      service(api, 'Chat', 'src/broken.main');
      service(api, 'Talk', 'src/broken.main');
    }

    // THEN
    expect(() => app.synth()).toThrow(new Error([
      FIRST,
      `  [Alpha/Api/Chat] ${TEXT}`,
      ...['Beta/Api/Chat', 'Beta/Api/Talk', 'Prod/Api/Chat', 'Prod/Api/Talk'].map((other) => `  [Alpha/Api/Chat] ${other}: ${TEXT}`),
      `  [Alpha/Api/Talk] ${TEXT}`,
    ].join('\n')));
  });

  test('tells what is broken in the app around it', () => {
    // GIVEN
    functions.add([use('x', 'src/broken.main')]);
    service(new Stack(new Stage(app, 'Beta'), 'Api'), 'Chat', 'src/broken.main');

    // THEN
    expect(() => app.synth()).toThrow(new Error([FIRST, `  [Beta/Api/Chat] ${TEXT}`, `  [Beta/Api/Chat] Stack/Chat: ${TEXT}`].join('\n')));
  });

  test('is not reported by a stage without failures', () => {
    // GIVEN
    const [sound, failing] = ['Alpha', 'Beta'].map((name) => new Stage(app, name));
    service(new Stack(sound, 'Api'), 'Chat', 'src/a.main');
    service(new Stack(failing, 'Api'), 'Chat', 'src/broken.main');

    // THEN
    expect(() => sound.synth()).not.toThrow();
    expect(() => failing.synth()).toThrow(new Error(`${FIRST}\n  [Beta/Api/Chat] ${TEXT}`));
  });

  test('is not reported by another app', () => {
    // GIVEN
    functions.add([use('x', 'src/broken.main')]);
    start();
    functions.add([use('x', 'src/broken.main')]);

    // THEN
    expect(() => app.synth()).toThrow(new Error(`${FIRST}\n  [Stack/Chat] ${TEXT}`));
  });
});
