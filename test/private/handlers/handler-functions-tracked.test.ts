import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FunctionSettings } from '../../../lib/private/handlers/function-settings';
import { canBeWrapped, HandlerFunctions, HandlerUse } from '../../../lib/private/handlers/handler-functions';
import { HANDLER_METADATA } from '../../../lib/private/handlers/handler-metadata';
import { AppFolder } from '../../_helpers/app-folder';
import { bundleOf } from '../../_helpers/quick-app';
import { FILES, handlerApp, hooks, use } from '../_helpers/handler-app';

let folder: AppFolder;
let app: App;
let stack: Stack;
let functions: HandlerFunctions;

beforeAll(() => {
  folder = new AppFolder({ ...FILES, 'build.mjs': `import esbuild from ${JSON.stringify(require.resolve('esbuild'))};\nexport default (options) => esbuild.build(options);\n` });
  fs.symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(folder.path, 'node_modules'));
});
afterAll(() => folder.leave());
beforeEach(() => { ({ app, stack, functions } = handlerApp()); });

function tracked(property: string, handler: string, settings: FunctionSettings = {}): HandlerUse {
  return { ...use(property, handler, settings), wrapper: 'tracked' };
}

/** Whether the runtime is in the bundle of a handler. */
function isWrapped(handler: string): boolean {
  const files = bundleOf(app.synth(), functions.get(use('x', handler).handler));
  return Object.values(files).some((text) => text.includes('cdk-websocket-service.process'));
}

test('the runtime is bundled around a tracked handler, and no other one', () => {
  functions.add([tracked('x', 'src/a.main'), use('y', 'src/a.other'), use('z', 'src/b.main')]);

  expect(['src/a.main', 'src/a.other', 'src/b.main'].map(isWrapped)).toEqual([true, false, false]);
});

test.each([0, 1])('one use decides for all uses at once, in any order: %p', (first) => {
  const uses = [use('x', 'src/a.main'), tracked('y', './src/a.main')];

  functions.add(first === 0 ? uses : uses.reverse());

  expect(isWrapped('src/a.main')).toBe(true);
  functions.check([tracked('z', 'src/a.main')]);
});

test('a handler that is bundled already cannot be tracked any more', () => {
  functions.add([use('routes["foo"].handler', 'src/a.main')]);

  expect(() => functions.check([tracked('routes["$connect"].handler', 'src/a.main')])).toThrow(
    'Stack/Chat: routes["$connect"].handler: "src/a.main" is also routes["foo"].handler, which was bundled without the connection store '
    + 'before this route was added; add both routes at once, or export the handler under a second name',
  );
  functions.check([use('routes["bar"].handler', 'src/a.main')]);
});

test.each<[string, FunctionSettings]>([
  ['a build script', { buildScript: 'build.mjs' }], ['TypeScript', { bundling: { preCompilation: true } }],
])('is wrapped with %s, too', (_, settings) => {
  fs.writeFileSync('tsconfig.json', '{"compilerOptions":{"module":"node16","target":"es2022","skipLibCheck":true,"types":[]}}');

  functions.add([tracked('x', 'src/a.main', settings)]);

  expect(isWrapped('src/a.main')).toBe(true);
});

test.each<[string, FunctionSettings, boolean]>([
  ['nothing', {}, true],
  ['plain options', { bundling: { minify: false, sourceMap: true, esbuildArgs: { '--log-limit': '0' } } }, true],
  ['modules that are installed', { bundling: { nodeModules: ['padding'] } }, false],
  ['commands', { bundling: { commandHooks: hooks() } }, false],
  ['Docker', { bundling: { forceDockerBundling: true } }, false],
])('whether a handler can be wrapped is known from its settings: %s', (_, settings, can) => {
  expect(canBeWrapped(use('x', 'src/a.main', settings))).toBe(can);
});

test('what NodejsFunction bundles is left as it is', () => {
  functions.add([tracked('x', 'src/a.main', { bundling: { commandHooks: hooks() } })]);

  expect(isWrapped('src/a.main')).toBe(false);
});

test('the local gateway is told, in the metadata alone', () => {
  functions.add([tracked('x', 'src/a.main'), use('y', 'src/b.main')]);

  const { metadata, template } = app.synth().getStackByName('Stack');
  const entries = Object.values(metadata).flat().filter(({ type }) => type === HANDLER_METADATA);
  expect(entries.map(({ data }) => data)).toEqual([
    expect.objectContaining({ handlerId: 'src/a.main', wrapper: 'tracked' }),
    expect.not.objectContaining({ wrapper: expect.anything() }),
  ]);
  expect(JSON.stringify(template)).not.toContain('racked');
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
});
