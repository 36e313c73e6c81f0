import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { buildHandlers, BuiltExport, BuiltHandler, EsbuildOptions } from '../../../lib/private/bundling/esbuild';
import { HandlerWrapper } from '../../../lib/private/bundling/wrapped-entry';
import { AppFolder } from '../../_helpers/app-folder';
import { filesOf, handler } from '../../_helpers/builds';

let app: AppFolder;
afterEach(() => app.leave());

const PLAIN: EsbuildOptions = { platform: 'node', format: 'cjs', target: 'node20' };
const ESM: EsbuildOptions = { format: 'esm', outExtension: { '.js': '.mjs' } };
const SOURCES = {
  'src/life.ts': [
    'interface Event { readonly fail?: boolean }',
    '',
    'export const connect = async (event: Event): Promise<object> => {',
    "  if (event.fail) throw new Error('mine');",
    '  return { statusCode: 200 };',
    '};',
    'export default async (): Promise<string> => "default";',
    'export const text = "no function";',
  ].join('\n'),
  'src/legacy.cjs': "exports.main = (event, context, callback) => callback(null, 'legacy');\n",
  'src/modern.mts': "export const main = async () => (await import('node:path')).posix.sep;\n",
};

function build(name: string, options: EsbuildOptions = {}, wrapper: HandlerWrapper = 'tracked'): BuiltHandler {
  return buildHandlers([{ ...handler(name), wrapper }], process.cwd(), { ...PLAIN, ...options }).handlers.get(name)!;
}

function unwrapped(name: string, options: EsbuildOptions): BuiltHandler {
  return buildHandlers([handler(name)], process.cwd(), { ...PLAIN, ...options }).handlers.get(name)!;
}

/** What a process prints that has loaded the bundle as `m`, as Lambda does. */
function run(built: BuiltHandler, code: string): string {
  expect(built.errors).toEqual([]);
  const folder = path.join(app.path, 'asset');
  fs.mkdirSync(folder, { recursive: true });
  for (const file of built.files) fs.writeFileSync(path.join(folder, file.path), file.contents);
  const [entry] = built.files.filter((file) => /\.m?js$/.test(file.path));
  const file = JSON.stringify(path.join(folder, entry.path));
  const load = entry.path.endsWith('.mjs') ? `await import(${file})` : `process.getBuiltinModule('module').createRequire('/')(${file})`;
  return execFileSync(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', `const m = ${load};\n${code}`], {
    encoding: 'utf8', stdio: 'pipe', env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  }).trimEnd();
}

/** A call with a message, which is only handed through, as Lambda makes it. */
const CALL = `const call = (fn, event = {}) => new Promise((resolve, reject) => {
  const result = fn({ requestContext: { connectionId: 'a', eventType: 'MESSAGE' }, ...event }, {}, (error, value) => (error ? reject(error) : resolve(value)));
  result?.then(resolve, reject);
});
`;

describe.each<HandlerWrapper>(['tracked', 'invoked'])('a handler that is %s', (wrapper) => {
  test.each<[string, string, EsbuildOptions, string]>([
    ['TypeScript', 'src/life.connect', {}, '{"statusCode":200}'],
    ['minified', 'src/life.connect', { minify: true }, '{"statusCode":200}'],
    ['an ES module', 'src/life.connect', { ...ESM, minify: true }, '{"statusCode":200}'],
    ['the default export', 'src/life.default', {}, '"default"'],
    ['the default export of an ES module', 'src/life.default', ESM, '"default"'],
    ['CommonJS with a callback', 'src/legacy.main', {}, '"legacy"'],
    ['.mts', 'src/modern.main', ESM, '"/"'],
  ])('is still the export: %s', (_, name, options, result) => {
    app = new AppFolder(SOURCES);

    const printed = run(build(name, options, wrapper), `${CALL}console.log(JSON.stringify(await call(m.${name.replace(/^.*\./, '')})));`);

    expect(printed).toBe(result);
  });

  test.each([false, true])('has the stack of the user, minified: %p', (minify) => {
    app = new AppFolder(SOURCES);

    const built = build('src/life.connect', { minify, sourcemap: true }, wrapper);
    const stack = run(built, `${CALL}console.log(await call(m.connect, { fail: true }).catch((error) => error.stack));`);

    expect(stack.split('\n').slice(0, 2)).toEqual([
      'Error: mine', expect.stringMatching(/^ {4}at .*\(?.*src\/life\.ts:4:25\)?$/),
    ]);
    const map = JSON.parse(filesOf(built)['index.js.map']) as { sources: string[] };
    expect(map.sources.filter((source) => !source.startsWith('dataurl:'))).toEqual([
      '../../src/life.ts',
      '../../node_modules/cdk-websocket-service/lib/runtime/shared.mjs',
      '../../node_modules/cdk-websocket-service/lib/runtime/tracked.mjs',
    ]);
  });

  test('that is no function stays what it is, so that Lambda says so', () => {
    app = new AppFolder(SOURCES);

    expect(run(build('src/life.text', {}, wrapper), 'console.log(m.text);')).toBe('no function');
  });

  test('that is not exported is the error of esbuild', () => {
    app = new AppFolder(SOURCES);

    expect(build('src/life.nope', {}, wrapper).errors).toEqual([expect.stringContaining('No matching export in "src/life.ts" for import "nope"')]);
  });

  test('drops what only other exports use', () => {
    app = new AppFolder(SOURCES);

    expect(filesOf(build('src/life.connect', { minify: true }, wrapper))['index.js']).not.toContain('no function');
  });
});

test('a tracked handler without a store refuses $connect: the connection would not be known', () => {
  app = new AppFolder(SOURCES);

  const printed = run(build('src/life.connect'), "console.log(JSON.stringify(await m.connect({ requestContext: { connectionId: 'a', eventType: 'CONNECT' } }, {})));");

  expect(printed.split('\n').pop()).toBe('{"statusCode":500}');
});

test('handlers are wrapped one by one in the same run', () => {
  // GIVEN
  app = new AppFolder(SOURCES);
  const handlers: BuiltExport[] = [{ ...handler('src/life.connect'), wrapper: 'tracked' }, { ...handler('src/legacy.main'), wrapper: 'invoked' }, handler('src/life.default')];

  // WHEN
  const { handlers: built } = buildHandlers(handlers, process.cwd(), { ...PLAIN, minify: true });

  // THEN
  expect(filesOf(built.get('src/life.connect'))).toEqual(filesOf(build('src/life.connect', { minify: true })));
  expect(filesOf(built.get('src/legacy.main'))).toEqual(filesOf(build('src/legacy.main', { minify: true }, 'invoked')));
  expect(filesOf(built.get('src/life.default'))).toEqual(filesOf(unwrapped('src/life.default', { minify: true })));
  expect(filesOf(built.get('src/life.connect'))['index.js']).toContain('websocket-service');
  const sizes = ['src/legacy.main', 'src/life.default'].map((id) => filesOf(built.get(id))['index.js'].length);
  // One costs the whole store, the other next to nothing.
  expect(sizes[0]).toBeLessThan(sizes[1] + 1_500);
  expect(filesOf(built.get('src/life.default'))['index.js']).not.toContain('websocket-service');
});

test.each<[string, EsbuildOptions]>([
  ['plain', {}], ['minified', { minify: true }], ['with a source map', { sourcemap: true }], ['with a source map inside', { sourcemap: 'inline' }],
  ['an ES module with a source map', { ...ESM, sourcemap: true }],
])('the bundle is the same wherever app and library are: %s', (_, options) => {
  const built = ['.', 'a/longer/way/to/it'].map((folder) => {
    const files = Object.fromEntries(Object.entries(SOURCES).map(([name, text]) => [path.join(folder, name), text]));
    app = new AppFolder(files);
    process.chdir(path.join(app.path, folder));
    const result = filesOf(build('src/life.connect', options));
    app.leave();
    return { result, paths: [app.path, path.dirname(path.dirname(__dirname)).split(path.sep).slice(1, -1).join('/')] };
  });

  expect(built[1].result).toEqual(built[0].result);
  const texts = Object.values(built[0].result).map((text) => (
    text.replace(/base64,(\S+)/g, (_match, map: string) => Buffer.from(map, 'base64').toString())
  ));
  expect(built.flatMap(({ paths }) => paths).filter((place) => texts.some((text) => text.includes(place)))).toEqual([]);
});
