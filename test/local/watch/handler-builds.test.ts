import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { builtFunction, OPTIONS } from './_helpers/built-functions';
import { BuildReport, HandlerBuilds } from '../../../lib/local/watch/handler-builds';
import { SourceMaps } from '../../../lib/local/watch/source-maps';
import { HandlerFunctions } from '../../../lib/private/handlers/handler-functions';
import { HANDLER_METADATA } from '../../../lib/private/handlers/handler-metadata';
import { AppFolder } from '../../_helpers/app-folder';
import { handler } from '../../_helpers/builds';

const FILES = {
  'src/a.ts': "import { greet } from './shared';\nexport const main = () => greet('a');",
  'src/b.ts': "import { greet } from './shared';\nimport { pad } from 'padding';\nexport const main = () => pad(greet('b'));",
  'src/c.ts': "export const main = () => 'c';",
  'src/shared.ts': 'export const greet = (name: string): string => `hello ${name}`;',
  'node_modules/padding/package.json': '{ "name": "padding", "main": "index.js" }',
  'node_modules/padding/index.js': "exports.pad = (text) => text.padEnd(20, '.');",
};
const HANDLERS = ['src/a.main', 'src/b.main', 'src/c.main'];
const ALL = HANDLERS.map((name) => `Test/${name}`);

let app: AppFolder;
let builds: HandlerBuilds | undefined;

beforeEach(() => { app = new AppFolder(FILES); });
afterEach(async () => {
  await builds?.dispose();
  builds = undefined;
  app.leave();
});

function open(names = HANDLERS, options = OPTIONS, sourceMaps?: SourceMaps): HandlerBuilds {
  builds = new HandlerBuilds(names.map((name) => builtFunction(name, options)), { outPrefix: path.resolve('built'), sourceMaps });
  return builds;
}

/** What the handlers of the changed functions return now. */
function answers({ changed }: BuildReport): Record<string, unknown> {
  return Object.fromEntries([...changed].map(([id, { directory }]) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return [id, require(path.join(directory, 'index.js')).main()];
  }));
}

describe('start', () => {
  test('changes nothing if the sources are those of the assembly', async () => {
    // WHEN
    const report = await open().rebuild();

    // THEN
    expect(report).toEqual({ changed: new Map(), errors: [], duration: expect.any(Number) });
    expect(fs.existsSync('built')).toBe(false);
  });

  test('reports what was saved after the synthesis', async () => {
    // GIVEN
    open();
    app.write({ 'src/c.ts': "export const main = () => 'later';" });

    // THEN
    expect(answers(await builds!.rebuild())).toEqual({ 'Test/src/c.main': 'later' });
  });

  test.each<[string, Record<string, unknown>]>([
    ['inline', { sourcemap: 'inline' }],
    ['linked', { sourcemap: true }],
    ['external', { sourcemap: 'external', sourcesContent: true }],
  ])('leaves source maps as the asset has them: %s', async (_, options) => {
    expect((await open(HANDLERS, { ...OPTIONS, ...options }).rebuild()).changed).toEqual(new Map());
  });

  test('takes the options of the construct as they come out of JSON', async () => {
    // GIVEN
    app.write({ 'src/a.ts': 'export const main = () => ({ shown: 1, _hidden: 2 });' });
    const fn = builtFunction('src/a.main', { ...OPTIONS, mangleProps: /^_/ });
    const options = { ...OPTIONS, mangleProps: { pattern: '^_' } };
    builds = new HandlerBuilds([{ ...fn, build: { ...fn.build!, options } }], { outPrefix: path.resolve('built') });

    // THEN
    expect(await builds.rebuild()).toEqual({ changed: new Map(), errors: [], duration: expect.any(Number) });
  });

  test('leaves functions alone that our construct did not build', async () => {
    // GIVEN
    builds = new HandlerBuilds([{ ...builtFunction('src/a.main'), build: undefined }], { outPrefix: path.resolve('built') });

    // THEN
    expect(await builds.rebuild()).toEqual({ changed: new Map(), errors: [], duration: expect.any(Number) });
    expect(builds.inputs()).toEqual(new Set());
  });
});

describe('rebuild', () => {
  test('writes each version into a folder of its own, and old ones stay', async () => {
    // GIVEN
    await open().rebuild();
    app.write({ 'src/c.ts': "export const main = () => 'second';" });
    const second = await builds!.rebuild();

    // WHEN
    app.write({ 'src/c.ts': "export const main = () => 'third';" });
    const third = await builds!.rebuild();

    // THEN
    expect(answers(second)).toEqual({ 'Test/src/c.main': 'second' });
    expect(answers(third)).toEqual({ 'Test/src/c.main': 'third' });
    expect(second.changed.get('Test/src/c.main')).not.toEqual(third.changed.get('Test/src/c.main'));
  });

  test('changes all functions whose bundles have the file', async () => {
    // GIVEN
    await open().rebuild();

    // WHEN
    app.write({ 'src/shared.ts': 'export const greet = (name: string): string => `bye ${name}`;' });

    // THEN
    expect(answers(await builds!.rebuild())).toEqual({ 'Test/src/a.main': 'bye a', 'Test/src/b.main': 'bye b...............' });
  });

  test('changes nothing if a save leaves the bundle as it is', async () => {
    // GIVEN
    await open().rebuild();

    // WHEN
    app.write({ 'src/c.ts': "// a comment\nexport const main = () => 'c';" });

    // THEN
    expect((await builds!.rebuild()).changed).toEqual(new Map());
  });

  test('goes back to what the asset was, in a new folder', async () => {
    // GIVEN
    await open().rebuild();
    app.write({ 'src/c.ts': "export const main = () => 'second';" });
    await builds!.rebuild();

    // WHEN
    app.write({ 'src/c.ts': FILES['src/c.ts'] });

    // THEN
    expect(answers(await builds!.rebuild())).toEqual({ 'Test/src/c.main': 'c' });
  });

  test('keeps the old code of a broken handler, with a code frame, and reports when the handler is fixed', async () => {
    // GIVEN
    await open().rebuild();

    // WHEN
    app.write({ 'src/c.ts': "export const main = () => 'c' +;" });
    const broken = await builds!.rebuild();
    const wasBroken = builds!.broken;
    app.write({ 'src/c.ts': "export const main = () => 'mended';" });
    const mended = await builds!.rebuild();

    // THEN
    expect(broken.changed).toEqual(new Map());
    expect(broken.errors).toEqual([{
      functionIds: ['Test/src/c.main'],
      text: [
        '✘ [ERROR] Unexpected ";"', '', '    src/c.ts:1:31:',
        "      1 │ export const main = () => 'c' +;", '        ╵                                ^',
      ].join('\n'),
    }]);
    expect([wasBroken, builds!.broken]).toEqual([true, false]);
    expect(mended.errors).toEqual([]);
    expect(answers(mended)).toEqual({ 'Test/src/c.main': 'mended' });
  });

  test('one broken handler does not hide the changes of the others', async () => {
    // GIVEN
    await open().rebuild();

    // WHEN
    app.write({
      'src/c.ts': 'export const main = () => {',
      'src/shared.ts': 'export const greet = (name: string): string => `still ${name}`;',
    });
    const report = await builds!.rebuild();

    // THEN
    expect(report.errors.map(({ functionIds }) => functionIds)).toEqual([['Test/src/c.main']]);
    expect(answers(report)).toEqual({ 'Test/src/a.main': 'still a', 'Test/src/b.main': 'still b.............' });
  });

  test('an error in a shared file is reported once, for all functions that import the file', async () => {
    // GIVEN
    await open().rebuild();

    // WHEN
    app.write({ 'src/shared.ts': 'export const greet = ' });
    const { errors } = await builds!.rebuild();

    // THEN
    expect(errors.map(({ functionIds }) => functionIds)).toEqual([['Test/src/a.main', 'Test/src/b.main']]);
  });

  test.each(['src/c.ts', 'src/shared.ts'])('a file that was removed is an error until it is back: %s', async (file) => {
    // GIVEN
    await open().rebuild();

    // WHEN
    fs.rmSync(file);
    const { errors } = await builds!.rebuild();
    app.write({ [file]: `${FILES[file as keyof typeof FILES]}\n` });

    // THEN
    expect(errors.length).toBeGreaterThan(0);
    expect(await builds!.rebuild()).toEqual({ changed: new Map(), errors: [], duration: expect.any(Number) });
  });

  test('builds each handler alone if a loader leaves files', async () => {
    // GIVEN
    app.write({
      'src/a.ts': "import icon from './icon.png';\nexport const main = () => icon;",
      'src/icon.png': 'pixels',
    });
    await open(['src/a.main', 'src/c.main'], { ...OPTIONS, loader: { '.png': 'file' } }).rebuild();

    // WHEN
    app.write({ 'src/icon.png': 'other pixels' });
    const { changed } = await builds!.rebuild();

    // THEN
    expect([...changed.keys()]).toEqual(['Test/src/a.main']);
    const files = fs.readdirSync(changed.get('Test/src/a.main')!.directory);
    expect(files).toEqual([expect.stringMatching(/^icon-[A-Z0-9]{8}\.png$/), 'index.js']);
  });

  test('handlers whose bundles have a saved file are built', async () => {
    // GIVEN
    await open().rebuild();
    app.write({
      'src/c.ts': "export const main = () => 'new c';",
      'src/shared.ts': 'export const greet = (name: string): string => `new ${name}`;',
    });

    // THEN
    expect(answers(await builds!.rebuild([path.resolve('src/c.ts')]))).toEqual({ 'Test/src/c.main': 'new c' });
    expect(answers(await builds!.rebuild([path.resolve('src/shared.ts')]))).toEqual({
      'Test/src/a.main': 'new a', 'Test/src/b.main': 'new b...............',
    });
  });

  test('a save of a file that no bundle has may concern all bundles', async () => {
    // GIVEN
    await open().rebuild();
    app.write({ 'src/c.ts': "export const main = () => 'new c';" });

    // THEN
    expect(answers(await builds!.rebuild([path.resolve('tsconfig.json')]))).toEqual({ 'Test/src/c.main': 'new c' });
  });

  test('a broken handler is reported until it is fixed, whatever is saved', async () => {
    // GIVEN
    await open().rebuild();
    app.write({ 'src/c.ts': 'export const main = () => {' });
    const broken = await builds!.rebuild([path.resolve('src/c.ts')]);

    // WHEN
    app.write({ 'src/a.ts': "export const main = () => 'new a';" });
    const other = await builds!.rebuild([path.resolve('src/a.ts')]);

    // THEN
    expect(answers(other)).toEqual({ 'Test/src/a.main': 'new a' });
    expect(other.errors).toEqual(broken.errors);
  });

  test('a handler whose file was removed is reported in plain words', async () => {
    // GIVEN
    const fn = builtFunction('src/a.main');
    const build = { ...fn.build!, file: path.resolve('src/gone.ts'), handlerId: 'src/gone.main' };
    builds = new HandlerBuilds([{ ...fn, build }], { outPrefix: path.resolve('built') });

    // WHEN
    const { errors } = await builds.rebuild();

    // THEN
    expect(errors).toEqual([{
      functionIds: ['Test/src/a.main'], text: `${path.resolve('src/gone.ts')} does not exist (any more): its last build keeps running`,
    }]);
  });

  test('a missing module that is added fixes the handler', async () => {
    // GIVEN
    app.write({ 'src/c.ts': "import { text } from './text';\nexport const main = () => text;" });
    const fn = builtFunction('src/a.main');
    const build = { ...fn.build!, file: path.resolve('src/c.ts'), handlerId: 'src/c.main' };
    builds = new HandlerBuilds([{ ...fn, build }], { outPrefix: path.resolve('built') });
    const { errors } = await builds.rebuild();

    // WHEN
    app.write({ 'src/text.ts': "export const text = 'there';" });

    // THEN
    expect(errors.map(({ text }) => text.split('\n')[0])).toEqual(['✘ [ERROR] Could not resolve "./text"']);
    expect(answers(await builds.rebuild([path.resolve('src/text.ts')]))).toEqual({ 'Test/src/a.main': 'there' });
  });

  test('more handlers than are kept open alone', async () => {
    // GIVEN
    const names = Array.from({ length: 12 }, (_, index) => `src/h${index}.main`);
    for (const name of names) app.write({ [name.replace('.main', '.ts')]: `export const main = () => '${name}';` });
    await open(names).rebuild();

    // WHEN
    const changed: string[] = [];
    for (const name of [...names, ...names]) {
      const file = name.replace('.main', '.ts');
      app.write({ [file]: `export const main = () => 'version ${changed.length}';` });
      changed.push(...Object.entries(answers(await builds!.rebuild([path.resolve(file)]))).map(([id, text]) => `${id} ${text}`));
    }

    // THEN
    expect(changed).toEqual([...names, ...names].map((name, index) => `Test/${name} version ${index}`));
  });

  test('calls while one is pending share its build', async () => {
    // GIVEN
    open();
    const first = builds!.rebuild();

    // THEN
    expect(builds!.rebuild()).toBe(first);
    await first;
    expect(builds!.rebuild()).not.toBe(first);
  });
});

describe('inputs', () => {
  test('are the sources of all bundles, without packages', async () => {
    await open().rebuild();

    expect([...builds!.inputs()].sort()).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/shared.ts'].map((file) => path.resolve(file)));
  });

  test('include files that only re-export', async () => {
    // GIVEN
    app.write({
      'src/index.ts': "export * from './shared';",
      'src/a.ts': "import { greet } from './index';\nexport const main = () => greet('a');",
    });
    await open().rebuild();

    // WHEN
    app.write({ 'src/other.ts': "export const greet = () => 'other';", 'src/index.ts': "export * from './other';" });

    // THEN
    expect(answers(await builds!.rebuild([path.resolve('src/index.ts')]))).toEqual({ 'Test/src/a.main': 'other' });
  });

  test('include injected files', async () => {
    // GIVEN
    app.write({ 'src/shim.ts': "export const who = 'shim';", 'src/a.ts': 'declare const who: string;\nexport const main = () => who;' });
    await open(['src/a.main', 'src/c.main'], { ...OPTIONS, inject: ['./src/shim.ts'] }).rebuild();

    // WHEN
    app.write({ 'src/shim.ts': "export const who = 'other';" });

    // THEN
    expect(builds!.inputs()).toContain(path.resolve('src/shim.ts'));
    expect(answers(await builds!.rebuild([path.resolve('src/shim.ts')]))).toMatchObject({ 'Test/src/a.main': 'other' });
  });

  test('of a broken file are those of its last build', async () => {
    // GIVEN
    await open(['src/a.main', 'src/c.main']).rebuild();

    // WHEN
    app.write({ 'src/a.ts': "import { greet } from './shared';\nexport const main = ;" });
    await builds!.rebuild();

    // THEN
    expect(builds!.inputs()).toContain(path.resolve('src/shared.ts'));
  });

  test('no longer include a removed import', async () => {
    // GIVEN
    await open(['src/a.main', 'src/c.main']).rebuild();

    // WHEN
    app.write({ 'src/a.ts': 'export const main = () => 1;' });
    await builds!.rebuild();

    // THEN
    expect(builds!.inputs()).not.toContain(path.resolve('src/shared.ts'));
  });
});

describe('update', () => {
  test('takes the assets of the new assembly as the code that runs', async () => {
    // GIVEN
    await open().rebuild();
    app.write({ 'src/c.ts': "export const main = () => 'new';" });
    await builds!.rebuild();

    // THEN
    expect((await builds!.update(HANDLERS.map((name) => builtFunction(name)))).changed).toEqual(new Map());
  });

  test('reports what was saved while the app was synthesized', async () => {
    // GIVEN
    await open().rebuild();
    const functions = HANDLERS.map((name) => builtFunction(name));
    app.write({ 'src/c.ts': "export const main = () => 'meanwhile';" });
    await builds!.rebuild();

    // THEN
    expect(answers(await builds!.update(functions))).toEqual({ 'Test/src/c.main': 'meanwhile' });
  });

  test('builds new handlers, and removed ones no longer', async () => {
    // GIVEN
    await open(['src/a.main']).rebuild();

    // WHEN
    await builds!.update([builtFunction('src/c.main')]);
    app.write({ 'src/a.ts': 'export const main = ;', 'src/c.ts': "export const main = () => 'new';" });
    const report = await builds!.rebuild();

    // THEN
    expect(report.errors).toEqual([]);
    expect(answers(report)).toEqual({ 'Test/src/c.main': 'new' });
  });
});

test.each<[string, BundlingOptions]>([
  ['CommonJS', {}],
  ['an ES module with CommonJS in it', { format: OutputFormat.ESM }],
])('the metadata of the construct builds the same code as the construct: %s', async (_, format) => {
  // GIVEN
  const cdk = new App({ outdir: 'cdk.out' });
  const stack = new Stack(cdk, 'Stack');
  const bundling = { esbuildArgs: { '--mangle-props': '^_' }, define: { WHO: '"me"' }, metafile: true, banner: '/* banner */', ...format };
  const functions = new HandlerFunctions(new Construct(stack, 'Chat'));
  const uses = HANDLERS.map((name) => ({ property: name, handler: handler(name), settings: { runtime: Runtime.NODEJS_24_X, bundling } }));
  functions.add(uses);
  const { directory, stacks: [{ metadata }] } = cdk.synth();

  // WHEN
  builds = new HandlerBuilds(uses.map(({ handler: { id } }) => {
    const resource = functions.get(handler(id)).node.defaultChild as CfnFunction;
    const { data } = metadata[`/${resource.node.path}`].find(({ type }) => type === HANDLER_METADATA)!;
    const { file, directory: where, ...rest } = JSON.parse(JSON.stringify(data));
    const { s3Key } = stack.resolve(resource.code);
    const code = { directory: path.join(directory, `asset.${/[0-9a-f]{64}/.exec(JSON.stringify(s3Key))![0]}`) };
    const build = { file: path.resolve(directory, file), directory: path.resolve(directory, where), ...rest };
    return { ...builtFunction(id), code, build };
  }), { outPrefix: path.resolve('built') });

  // THEN
  expect(await builds.rebuild()).toEqual({ changed: new Map(), errors: [], duration: expect.any(Number) });
});

describe('packages', () => {
  test('of bundles, and those that are loaded when the function runs', async () => {
    // GIVEN
    app.write({ 'src/a.ts': "import 'node:fs'; import 'fs'; import '@aws-sdk/x/y'; import { pad } from 'padding';\nexport const main = () => pad('a');" });

    // WHEN
    await open(HANDLERS, { ...OPTIONS, external: ['@aws-sdk/*'] }).rebuild();

    // THEN
    expect(builds!.packagedFiles()).toEqual(new Set([path.resolve('node_modules/padding/index.js')]));
    expect(builds!.loadedPackages()).toEqual(new Map([
      ['Test/src/a.main', [path.resolve('node_modules/@aws-sdk/x')]], ['Test/src/b.main', []], ['Test/src/c.main', []],
    ]));
  });

  test('that were installed again are read again, although their times are the same', async () => {
    // GIVEN
    const file = 'node_modules/padding/index.js';
    fs.utimesSync(file, 499_162_500, 499_162_500);
    await open().rebuild();

    // WHEN
    app.write({ [file]: FILES[file].replace("'.'", "'-'") });
    fs.utimesSync(file, 499_162_500, 499_162_500);

    // THEN
    expect(answers(await builds!.rebuildFromFiles())).toEqual({ 'Test/src/b.main': 'hello b-------------' });
  });
});

test('all functions of one handler get its new code', async () => {
  // GIVEN
  const twin = { ...builtFunction('src/c.main'), id: 'Other/src/c.main' };
  builds = new HandlerBuilds([builtFunction('src/c.main'), twin], { outPrefix: path.resolve('built') });
  await builds.rebuild();

  // WHEN
  app.write({ 'src/c.ts': "export const main = () => 'twice';" });

  // THEN
  expect(answers(await builds.rebuild())).toEqual({ 'Test/src/c.main': 'twice', 'Other/src/c.main': 'twice' });
});

test('an option that esbuild does not take is an error of all handlers that have it', async () => {
  // GIVEN
  const functions = HANDLERS.map((name) => builtFunction(name));
  const refused = functions.map((fn) => ({ ...fn, build: { ...fn.build!, options: { ...OPTIONS, target: 'nowhere' } } }));
  builds = new HandlerBuilds(refused, { outPrefix: path.resolve('built') });

  // THEN
  expect((await builds.rebuild()).errors).toEqual([{ functionIds: ALL, text: 'Invalid target "nowhere" in "--target=nowhere"' }]);
});

test('dispose removes all folders', async () => {
  // GIVEN
  await open().rebuild();
  app.write({ 'src/c.ts': "export const main = () => 'new';" });
  await builds!.rebuild();

  // WHEN
  await builds!.dispose();

  // THEN
  expect(fs.existsSync('built')).toBe(false);
});
