import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Build, buildHandlers, BuiltHandler, esbuildComplaint, findEsbuild } from '../../../lib/private/bundling/esbuild';
import { EsbuildOptions } from '../../../lib/private/bundling/esbuild-options';
import { AppFolder } from '../../_helpers/app-folder';
import { filesOf, handler } from '../../_helpers/builds';

const PLAIN: EsbuildOptions = { platform: 'node', format: 'cjs', target: 'node20', minify: false };

const SOURCES = {
  'src/messages.ts': [
    "import { greet } from './shared';",
    "import { pad } from 'padding';",
    'export const foo = async (event: { body?: string }) => ({ statusCode: 200, body: pad(greet(event.body)) });',
    "export const bar = async () => ({ statusCode: 200, body: 'only bar' });",
  ].join('\n'),
  'src/shared.ts': "export const greet = (name?: string): string => `hello ${name ?? 'world'}`;",
  'src/lifecycle.ts': "import { greet } from './shared';\nexport default async () => greet('lifecycle');",
  'src/legacy.js': "exports.main = () => 'legacy';",
  'node_modules/padding/package.json': '{ "name": "padding", "main": "index.js" }',
  'node_modules/padding/index.js': "exports.pad = (text) => text.padEnd(20, '.');",
};
const HANDLERS = ['src/messages.foo', 'src/messages.bar', 'src/lifecycle.default', 'src/legacy.main'];

let app: AppFolder | undefined;

afterEach(() => {
  app?.leave();
  app = undefined;
});

function open(files: Record<string, string>): AppFolder {
  app = new AppFolder(files);
  return app;
}

function build(names: string[], options: EsbuildOptions = {}): Build {
  return buildHandlers(names.map(handler), process.cwd(), { ...PLAIN, ...options });
}

function errorsOf(built: Build): Record<string, string[]> {
  return Object.fromEntries([...built.handlers].map(([id, { errors }]) => [id, errors]));
}

/** All files of all handlers: `src/a.main/index.js`. */
function everything(built: Build): Record<string, string> {
  const files = [...built.handlers].flatMap(([id, one]) => Object.entries(filesOf(one)).map(([file, text]) => [`${id}/${file}`, text]));
  return Object.fromEntries(files);
}

/** What a handler returns in a Node of its own, from nothing but its files. */
function run(built: BuiltHandler | undefined, exportName: string, argument: unknown = {}): unknown {
  const folder = fs.mkdtempSync(path.join(process.cwd(), 'unpacked-'));
  for (const { path: name, contents } of built?.files ?? []) fs.writeFileSync(path.join(folder, name), contents);
  const entry = path.join(folder, fs.existsSync(path.join(folder, 'index.mjs')) ? 'index.mjs' : 'index.js');
  const script = `import(${JSON.stringify(entry)}).then(async (m) => console.log(JSON.stringify(
    await (m.default?.${exportName} ?? m.${exportName})(${JSON.stringify(argument)}))))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

const VARIANTS: Array<[string, EsbuildOptions]> = [
  ['plain', {}],
  ['minified', { minify: true }],
  ['with a source map', { sourcemap: true }],
  ['minified, with a source map', { minify: true, sourcemap: true }],
  ['minified, with a source map in it', { minify: true, sourcemap: 'inline' }],
  ['as ES modules with a source map', { format: 'esm', outExtension: { '.js': '.mjs' }, sourcemap: true }],
];

describe('the output', () => {
  test.each(VARIANTS)('of a group is what each handler alone gives: %s', (_, options) => {
    open(SOURCES);

    const together = build(HANDLERS, options);

    const alone = HANDLERS.map((name) => everything(build([name], options)));
    expect(together.handlers.size).toEqual(HANDLERS.length);
    expect(everything(together)).toEqual(Object.assign({}, ...alone));
  });

  test('does not depend on the order of the group', () => {
    open(SOURCES);

    expect(everything(build([...HANDLERS].reverse(), { minify: true }))).toEqual(everything(build(HANDLERS, { minify: true })));
  });

  test.each(VARIANTS)('is the same in every checkout: %s', (_, options) => {
    const checkouts = ['.', 'a/longer/way/to it'].map((folder) => {
      const root = open(Object.fromEntries(Object.entries(SOURCES).map(([name, text]) => [path.join(folder, name), text])));
      process.chdir(path.join(root.path, folder));
      const built = everything(build(HANDLERS, options));
      root.leave();
      return { built, path: root.path };
    });

    expect(checkouts[1].built).toEqual(checkouts[0].built);
    expect(checkouts.filter((one) => JSON.stringify(one.built).includes(one.path))).toEqual([]);
  });

  test('is the same whether the handler is written with a relative or an absolute path', () => {
    const { path: root } = open(SOURCES);

    expect(everything(build([path.join(root, 'src/messages.foo')], { sourcemap: true })))
      .toEqual(everything(build(['./src/messages.ts.foo'], { sourcemap: true })));
  });

  test('leaves out what only other exports of the file use', () => {
    open(SOURCES);

    const files = filesOf(build(['src/messages.bar']).handlers.get('src/messages.bar'));

    expect(Object.keys(files)).toEqual(['index.js']);
    expect(['only bar', 'hello'].filter((text) => files['index.js'].includes(text))).toEqual(['only bar']);
  });

  test('source maps name the sources by their path from the app', () => {
    open(SOURCES);

    const files = filesOf(build(['src/messages.foo'], { sourcemap: true }).handlers.get('src/messages.foo'));

    const { sources } = JSON.parse(files['index.js.map']) as { sources: string[] };
    const names = sources.map((source) => source.replace(/^(\.\.\/)+/, '')).filter((source) => !/^(\w+:)?data:/.test(source));
    expect(names).toEqual(['node_modules/padding/index.js', 'src/shared.ts', 'src/messages.ts']);
  });

  test('goes to the app folder of nobody', () => {
    const { path: root } = open(SOURCES);

    build(HANDLERS, { sourcemap: true, metafile: true });

    expect(fs.readdirSync(root).sort()).toEqual(['node_modules', 'src']);
  });
});

describe('the code', () => {
  test.each([
    ['a named export', 'src/messages.foo', 'foo', { statusCode: 200, body: 'hello you...........' }],
    ['a default export', 'src/lifecycle.default', 'default', 'hello lifecycle'],
    ['an export of a CommonJS file', 'src/legacy.main', 'main', 'legacy'],
  ])('runs from its files alone: %s', (_, name, exportName, result) => {
    open(SOURCES);
    const built = build(HANDLERS, { minify: true });
    // The module of the app is out of reach from here on.
    fs.rmSync('node_modules', { recursive: true });

    expect(run(built.handlers.get(name), exportName, { body: 'you' })).toEqual(result);
  });

  test('runs as an ES module', () => {
    open(SOURCES);

    const built = build(HANDLERS, { format: 'esm', outExtension: { '.js': '.mjs' } }).handlers.get('src/messages.foo');

    expect(Object.keys(filesOf(built))).toEqual(['index.mjs']);
    expect(run(built, 'foo', { body: 'you' })).toEqual({ statusCode: 200, body: 'hello you...........' });
  });

  test('finds a file beside it that a loader put there', () => {
    open({
      'src/icon.ts': [
        "import { readFileSync } from 'fs';",
        "import { join } from 'path';",
        "import icon from './icon.png';",
        "export const main = () => readFileSync(join(__dirname, icon), 'utf8');",
      ].join('\n'),
      'src/icon.png': 'pixels',
      'src/other.ts': 'export const main = () => 1;',
    });

    // WHEN
    const built = build(['src/other.main', 'src/icon.main'], { loader: { '.png': 'file' } });

    // THEN
    const [withIcon, other] = ['src/icon.main', 'src/other.main'].map((name) => built.handlers.get(name));
    expect(Object.keys(filesOf(other))).toEqual(['index.js']);
    expect(Object.keys(filesOf(withIcon))).toEqual([expect.stringMatching(/^icon-[A-Z0-9]{8}\.png$/), 'index.js']);
    expect(run(withIcon, 'main')).toEqual('pixels');
  });

  test('may come from a file that is a symbolic link', () => {
    open({ 'shared/real.ts': "export const main = () => 'linked';" });
    fs.symlinkSync('shared', 'src');

    const built = build(['src/real.main']);

    expect(errorsOf(built)).toEqual({ 'src/real.main': [] });
    expect(run(built.handlers.get('src/real.main'), 'main')).toEqual('linked');
  });

  test('may come from outside of the directory of the app', () => {
    open({ 'app/package.json': '{}', 'lib/a.ts': "export const main = () => 'outside';" });
    process.chdir('app');

    const built = build(['../lib/a.main'], { sourcemap: true });

    expect(errorsOf(built)).toEqual({ '../lib/a.main': [] });
    expect(run(built.handlers.get('../lib/a.main'), 'main')).toEqual('outside');
  });

  test('keeps the aliases of the user', () => {
    open({ 'src/a.ts': "import { main } from 'elsewhere';\nexport { main };", 'src/b.ts': "export const main = () => 'aliased';" });

    expect(run(build(['src/a.main'], { alias: { elsewhere: './src/b.ts' } }).handlers.get('src/a.main'), 'main')).toEqual('aliased');
  });

  test('finds files relative to the directory that bundling runs in', () => {
    open({ 'package.json': '{}', 'part/shim.ts': 'globalThis.shim = 1;', 'part/src/a.ts': 'export const main = () => globalThis.shim;' });

    const built = buildHandlers([handler('part/src/a.main')], path.resolve('part'), { ...PLAIN, inject: ['./shim.ts'] });

    expect(run(built.handlers.get('part/src/a.main'), 'main')).toEqual(1);
  });
});

describe('metafile', () => {
  const METAFILE = { metafile: true };

  test('gives every handler one of its own', () => {
    open(SOURCES);

    const built = build(['src/messages.foo', 'src/lifecycle.default'], METAFILE);

    const inputs = [...built.handlers].map(([id, one]): [string, string[]] => {
      const meta = JSON.parse(filesOf(one)['index.meta.json']) as { inputs: object };
      return [id, Object.keys(meta.inputs).filter((input) => !input.startsWith('<data:'))];
    });
    expect(inputs).toEqual([
      ['src/messages.foo', ['src/shared.ts', 'node_modules/padding/index.js', 'src/messages.ts']],
      ['src/lifecycle.default', ['src/shared.ts', 'src/lifecycle.ts']],
    ]);
  });

  test('changes nothing else', () => {
    open(SOURCES);

    const { 'index.meta.json': _, ...files } = filesOf(build(HANDLERS, METAFILE).handlers.get('src/messages.foo'));

    expect(files).toEqual(filesOf(build(HANDLERS).handlers.get('src/messages.foo')));
  });

  test('is no file unless it is asked for', () => {
    open(SOURCES);

    expect(Object.keys(everything(build(HANDLERS)))).toEqual(HANDLERS.map((name) => `${name}/index.js`));
  });
});

describe('a broken handler', () => {
  const BROKEN = {
    'src/healthy.ts': "export const main = () => 'healthy';",
    'src/syntax.ts': 'export const main = () => {\n  return 1 +;\n};',
    'src/imports.ts': "import { gone } from './gone';\nimport lib from 'not-installed';\nexport const main = () => gone(lib);",
    'src/shared.ts': 'export const shared = {',
    'src/one.ts': "import { shared } from './shared';\nexport const main = () => shared;",
    'src/two.ts': "import { shared } from './shared';\nexport const main = () => shared;",
  };
  const SYNTAX = ['✘ [ERROR] Unexpected ";"\n\n    src/syntax.ts:2:12:\n      2 │   return 1 +;\n        ╵             ^'];

  test('fails with file, line, column and code frame, and the others are built', () => {
    open(BROKEN);

    const built = build(['src/syntax.main', 'src/healthy.main', 'src/healthy.nope']);

    expect(errorsOf(built)).toEqual({
      'src/syntax.main': SYNTAX,
      'src/healthy.main': [],
      'src/healthy.nope': ['✘ [ERROR] No matching export in "src/healthy.ts" for import "nope"'],
    });
    expect(built.handlers.get('src/syntax.main')?.files).toEqual([]);
    expect(everything(built)).toEqual(everything(build(['src/healthy.main'])));
  });

  test('fails the same alone', () => {
    open(BROKEN);

    expect(errorsOf(build(['src/syntax.main']))).toEqual({ 'src/syntax.main': SYNTAX });
  });

  test('fails for each import that is missing', () => {
    open(BROKEN);

    expect(errorsOf(build(['src/healthy.main', 'src/imports.main']))).toEqual({
      'src/healthy.main': [],
      'src/imports.main': [
        '✘ [ERROR] Could not resolve "./gone"\n\n    src/imports.ts:1:21:\n'
        + "      1 │ import { gone } from './gone';\n        ╵                      ~~~~~~~~",
        '✘ [ERROR] Could not resolve "not-installed"\n\n    src/imports.ts:2:16:\n'
        + "      2 │ import lib from 'not-installed';\n        ╵                 ~~~~~~~~~~~~~~~\n\n"
        + '  You can mark the path "not-installed" as external to exclude it from the bundle, which will remove this error and leave the unresolved path in the bundle.',
      ],
    });
  });

  test('fails for every handler that uses the broken module', () => {
    open(BROKEN);

    const message = '✘ [ERROR] Expected identifier but found end of file\n\n    src/shared.ts:1:23:\n'
      + '      1 │ export const shared = {\n        ╵                        ^';
    expect(errorsOf(build(['src/one.main', 'src/two.main']))).toEqual({ 'src/one.main': [message], 'src/two.main': [message] });
  });

  test('fails for an option that esbuild does not take, for every handler', () => {
    open(BROKEN);

    const message = '✘ [ERROR] Expected value for define "A" to be a string, got number instead';
    expect(errorsOf(build(['src/one.main', 'src/healthy.main'], { define: { A: 1 } }))).toEqual({
      'src/one.main': [message], 'src/healthy.main': [message],
    });
  });

  test('fails if externalModules leaves the handler itself out', () => {
    const { path: root } = open(SOURCES);

    expect(errorsOf(build(['src/messages.foo', 'src/legacy.main'], { external: ['*'] }))).toEqual({
      'src/messages.foo': [`the bundle lacks ${root}/src/messages.ts: externalModules leaves it out`],
      'src/legacy.main': [`the bundle lacks ${root}/src/legacy.js: externalModules leaves it out`],
    });
  });

  test('cannot see that a TypeScript file passes on what is not there: to esbuild it may be a type', () => {
    open({ 'src/a.ts': "export { gone } from './b';", 'src/b.ts': 'export const here = 1;' });

    expect(errorsOf(build(['src/a.gone']))).toEqual({ 'src/a.gone': [] });
  });
});

describe('warnings', () => {
  const WARNING = '▲ [WARNING] Comparison with NaN using the "===" operator here is always false [equals-nan]\n\n'
    + '    src/nan.ts:1:47:\n      1 │ export const check = (value: unknown) => value === NaN;\n'
    + '        ╵                                                ~~~\n\n'
    + '  Floating-point equality is defined such that NaN is never equal to anything, so "x === NaN" always returns false. You need to use "Number.isNaN(x)" instead to test for NaN.';
  const FILES = {
    'src/nan.ts': 'export const check = (value: unknown) => value === NaN;',
    'src/a.ts': "export { check as main } from './nan';",
    'src/b.ts': "export { check as main } from './nan';",
    'src/broken.ts': 'export const main = ;',
  };

  test('are told once, with their place', () => {
    open(FILES);

    expect(build(['src/a.main', 'src/b.main']).warnings).toEqual([WARNING]);
  });

  test('are told once if every handler is built alone', () => {
    open(FILES);

    expect(build(['src/a.main', 'src/broken.main', 'src/b.main']).warnings).toEqual([WARNING]);
  });

  test('are none for sound code', () => {
    open(SOURCES);

    expect(build(HANDLERS).warnings).toEqual([]);
  });
});

describe('findEsbuild', () => {
  const OWN = {
    'node_modules/esbuild/package.json': '{ "name": "esbuild", "version": "0.99.0", "main": "own.js" }',
    'node_modules/esbuild/own.js': '',
  };

  test('prefers that of the app to ours', () => {
    const { path: root } = open(OWN);

    expect(findEsbuild()).toEqual(path.join(root, 'node_modules/esbuild/own.js'));
  });

  test('finds that of a folder around the app', () => {
    const { path: root } = open({ ...OWN, 'packages/backend/cdk.json': '{}' });
    process.chdir('packages/backend');

    expect(findEsbuild()).toEqual(path.join(root, 'node_modules/esbuild/own.js'));
  });

  test('takes ours if the app has none', () => {
    open({});

    expect(findEsbuild()).toEqual(require.resolve('esbuild'));
  });

  test('looks into the directories in turn', () => {
    const { path: root } = open({ 'empty/x': '', ...Object.fromEntries(Object.entries(OWN).map(([name, text]) => [`app/${name}`, text])) });

    expect(findEsbuild([path.join(root, 'empty'), path.join(root, 'app')])).toEqual(path.join(root, 'app/node_modules/esbuild/own.js'));
  });

  test('finds none where there is none', () => {
    const { path: root } = open({});

    expect(findEsbuild([root])).toBeUndefined();
    expect(findEsbuild([])).toBeUndefined();
  });
});

describe('esbuildComplaint', () => {
  test('has nothing to say of one that works', () => {
    expect(esbuildComplaint()).toBeUndefined();
  });

  test('says what to install', () => {
    expect(esbuildComplaint([])).toEqual('esbuild is not installed; add it to the app: npm install --save-dev esbuild');
  });

  test('passes on why the one of the app cannot be loaded', () => {
    open({
      'node_modules/esbuild/package.json': '{ "name": "esbuild", "version": "0.99.0", "main": "own.js" }',
      'node_modules/esbuild/own.js': 'throw new Error("built for another platform");',
    });

    expect(esbuildComplaint()).toEqual('esbuild cannot be loaded: built for another platform');
  });
});
