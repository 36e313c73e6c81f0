import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Build, buildHandlers, BuiltHandler } from '../../../lib/private/bundling/esbuild';
import { AppFolder } from '../../_helpers/app-folder';
import { filesOf, handler } from '../../_helpers/builds';
import { build, everything, HANDLERS, PLAIN, SOURCES } from '../_helpers/esbuild-builds';

let app: AppFolder | undefined;

afterEach(() => {
  app?.leave();
  app = undefined;
});

function open(files: Record<string, string>): AppFolder {
  app = new AppFolder(files);
  return app;
}

function errorsOf(built: Build): Record<string, string[]> {
  return Object.fromEntries([...built.handlers].map(([id, { errors }]) => [id, errors]));
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

  test.each([
    ['a file that is a symbolic link', 'shared/real.ts', 'src/linked.ts', 'src/linked.main', 'src/linked.main'],
    ['a folder that is a symbolic link', 'shared', 'linked', 'linked/real.main', 'shared/real.main'],
  ])('may come from %s', (_, target, link, name, id) => {
    const { path: root } = open({
      'shared/real.ts': "import { text } from './text';\nexport const main = () => text;",
      'shared/text.ts': "export const text = 'linked';",
      'src/other.ts': '',
    });
    fs.symlinkSync(path.join(root, target), link);

    const built = build([name]);

    expect(errorsOf(built)).toEqual({ [id]: [] });
    expect(run(built.handlers.get(id), 'main')).toEqual('linked');
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

  test.each([
    ["import { onMessage as handle, type Connection, room } from 'cdk-websocket-service';", 'onMessage, room'],
    ['import {\n  WebsocketError,\n} from "cdk-websocket-service";', 'WebsocketError'],
    ["const { connection: target, user } = require('cdk-websocket-service');", 'connection, user'],
  ])('fails if a handler imports the runtime from the package for CDK apps: %s', (line, names) => {
    const { path: root } = open({ 'src/wrong.ts': `${line}\nexport const main = 1;`, 'src/healthy.ts': 'export const main = 1;' });

    expect(errorsOf(build(['src/wrong.main', 'src/healthy.main']))).toEqual({
      'src/wrong.main': [
        `${root}/src/wrong.ts imports from 'cdk-websocket-service', which is for CDK apps; write import { ${names} } from 'cdk-websocket-service/runtime'`,
      ],
      'src/healthy.main': [],
    });
  });

  test.each([
    "import type { room } from 'cdk-websocket-service';", "import { WebsocketService } from 'cdk-websocket-service';",
    "import { room } from 'cdk-websocket-service/runtime';",
  ])('builds what a handler may import: %s', (line) => {
    open({ 'src/a.ts': `${line}\nexport const main = 1;` });

    expect(errorsOf(build(['src/a.main'], { external: ['cdk-websocket-service'] }))).toEqual({ 'src/a.main': [] });
  });

  test('cannot detect a missing re-export of a TypeScript file, which may be a type', () => {
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

  test('are reported once, with their location', () => {
    open(FILES);

    expect(build(['src/a.main', 'src/b.main']).warnings).toEqual([WARNING]);
  });

  test('are reported once if every handler is built alone', () => {
    open(FILES);

    expect(build(['src/a.main', 'src/broken.main', 'src/b.main']).warnings).toEqual([WARNING]);
  });

  test('are none for sound code', () => {
    open(SOURCES);

    expect(build(HANDLERS).warnings).toEqual([]);
  });
});

describe('what only an ES module can do', () => {
  test('is an error that names the option: to await at the top', () => {
    open({ 'src/a.ts': 'await Promise.resolve();\nexport const main = () => {};' });

    expect(build(['src/a.main']).handlers.get('src/a.main')!.errors).toEqual([[
      '✘ [ERROR] Top-level await is currently not supported with the "cjs" output format',
      '',
      '    src/a.ts:1:0:',
      '      1 │ await Promise.resolve();',
      '        ╵ ~~~~~',
      '',
      '  An ES module can do it: set `bundling: { format: OutputFormat.ESM }`.',
    ].join('\n')]);
  });

  test('is a warning that names the option: to know its own URL', () => {
    open({ 'src/a.ts': 'export const main = () => import.meta.url;' });

    expect(build(['src/a.main']).warnings).toEqual([expect.stringMatching(
      /"import\.meta" is not available with the "cjs" output format[\s\S]* set `bundling: \{ format: OutputFormat\.ESM \}`\.$/,
    )]);
  });
});
