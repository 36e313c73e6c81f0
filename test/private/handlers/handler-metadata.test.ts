import * as fs from 'fs';
import * as path from 'path';
import { App, AppProps, Stack, Stage } from 'aws-cdk-lib';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { FunctionSettings } from '../../../lib/private/handlers/function-settings';
import { HandlerFunctions } from '../../../lib/private/handlers/handler-functions';
import { HANDLER_METADATA } from '../../../lib/private/handlers/handler-metadata';
import { AppFolder } from '../../_helpers/app-folder';
import { FILES, hooks, use } from '../_helpers/handler-app';

let folder: AppFolder;

beforeEach(() => { folder = new AppFolder({ ...FILES, 'other/c.ts': 'export const main = 1;', 'tsconfig.json': '{}' }); });
afterEach(() => folder.leave());

interface Entry {
  readonly data: { readonly file: string; readonly directory: string; readonly options: Record<string, unknown> };
}

function synthesize(handlers: string[], settings: FunctionSettings = {}, props: AppProps = {}): CloudAssembly {
  const app = new App({ outdir: 'cdk.out', ...props });
  addFunctions(new Stack(app, 'Stack'), handlers, settings);
  return app.synth();
}

function addFunctions(stack: Stack, handlers: string[], settings: FunctionSettings = {}): void {
  new HandlerFunctions(new Construct(stack, 'Chat')).add(handlers.map((name) => use(name, name, settings)));
}

/** The entries of ours in an assembly, by construct path. */
function entries(assembly: CloudAssembly): Record<string, Entry> {
  const found = assembly.stacks.flatMap((stack) => Object.entries(stack.metadata)).flatMap(([id, all]) => {
    return all.filter(({ type }) => type === HANDLER_METADATA).map((entry) => [id, entry]);
  });
  return Object.fromEntries(found) as Record<string, Entry>;
}

const A = '/Stack/Chat/Handler-src%2Fa.main/Resource';

test('a function carries what a rebuild of its handler needs, relative to the folder of the manifest', () => {
  // WHEN
  const assembly = synthesize(['src/a.main'], { bundling: { externalModules: ['left-out'], define: { WHO: '"me"' } } });

  // THEN
  expect(entries(assembly)).toEqual({
    [A]: {
      type: 'cdk-websocket-service:handler',
      data: {
        file: '../src/a.ts',
        exportName: 'main',
        handlerId: 'src/a.main',
        directory: '..',
        options: {
          platform: 'node',
          format: 'cjs',
          target: 'node24',
          minify: true,
          sourcemap: false,
          external: ['left-out'],
          define: { WHO: '"me"' },
        },
      },
    },
  });
});

test('it is beside the logical id, by which a reader finds the function', () => {
  const [stack] = synthesize(['src/a.main']).stacks;

  expect(stack.metadata[A].map(({ type }) => type)).toEqual(expect.arrayContaining(['aws:cdk:logicalId', HANDLER_METADATA]));
});

test('the template has nothing of it', () => {
  const context = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };
  const [stack] = synthesize(['src/a.main'], {}, { context }).stacks;

  expect(JSON.stringify(stack.template)).not.toContain(HANDLER_METADATA);
});

test('in a Stage, paths are relative to the assembly of the stage', () => {
  // GIVEN
  const app = new App({ outdir: 'cdk.out' });
  const stage = new Stage(app, 'Beta');
  addFunctions(new Stack(stage, 'Stack'), ['src/a.main']);

  // WHEN
  const nested = app.synth().getNestedAssembly('assembly-Beta');

  // THEN
  const [{ data }] = Object.values(entries(nested));
  expect(data).toMatchObject({ file: '../../src/a.ts', directory: '../..' });
  expect(fs.realpathSync(path.resolve(nested.directory, data.file))).toBe(path.join(folder.path, 'src/a.ts'));
});

test('a link to the assembly does not lead its paths astray', () => {
  // GIVEN
  fs.mkdirSync('deep/er/out', { recursive: true });
  fs.symlinkSync(path.resolve('deep/er/out'), 'cdk.out');

  // WHEN
  const [{ data }] = Object.values(entries(synthesize(['src/a.main'])));

  // THEN
  expect(data.file).toBe('../../../src/a.ts');
});

test('options are JSON: a pattern is an object, what is not set is left out', () => {
  const [{ data }] = Object.values(entries(synthesize(['src/a.main'], { bundling: { esbuildArgs: { '--mangle-props': '^_' } } })));

  expect(data.options.mangleProps).toEqual({ pattern: '^_' });
  expect(JSON.parse(JSON.stringify(data.options))).toEqual(data.options);
  expect(data.options).not.toHaveProperty('tsconfig');
});

test('absolute paths in options become relative to the directory that esbuild works in', () => {
  // GIVEN
  const inOther = (name: string): string => path.resolve('other', name);

  // WHEN
  const assembly = synthesize(['src/a.main'], {
    projectRoot: 'src',
    bundling: {
      tsconfig: path.resolve('tsconfig.json'),
      inject: [path.resolve('src/b.ts')],
      esbuildArgs: { '--alias:elsewhere': inOther('c.ts') },
    },
  });

  // THEN
  const [{ data }] = Object.values(entries(assembly));
  expect(data.directory).toBe('../src');
  expect(data.options).toMatchObject({ tsconfig: '../tsconfig.json', inject: ['./b.ts'], alias: { elsewhere: '../other/c.ts' } });
  expect(fs.readFileSync('cdk.out/Stack.metadata.json', 'utf8')).not.toContain(folder.path);
});

test('a function has no metadata if it is not bundled since its stack is not selected', () => {
  expect(entries(synthesize(['src/a.main'], {}, { context: { 'aws:cdk:bundling-stacks': [] } }))).toEqual({});
});

test('a function has none if NodejsFunction bundled it, with commands that esbuild knows nothing of', () => {
  // GIVEN
  fs.symlinkSync(path.resolve(__dirname, '../../../node_modules'), 'node_modules');

  // THEN
  expect(entries(synthesize(['src/a.main'], { bundling: { commandHooks: hooks() } }))).toEqual({});
});

test('a function has none if its handler is broken', () => {
  // GIVEN
  const app = new App({ outdir: 'cdk.out' });
  addFunctions(new Stack(app, 'Stack'), ['src/broken.main', 'src/a.main']);

  // WHEN
  const withMetadata = app.node.findAll().filter(({ node }) => node.metadata.some(({ type }) => type === HANDLER_METADATA));

  // THEN
  expect(withMetadata.map(({ node }) => `/${node.path}`)).toEqual([A]);
});

test('the entry has no stack trace', () => {
  const [entry] = Object.values(entries(synthesize(['src/a.main'])));

  expect(entry).not.toHaveProperty('trace');
});
