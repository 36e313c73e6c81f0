import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { builtFunction, OPTIONS } from './_helpers/built-functions';
import { HandlerBuilds } from '../../../lib/local/watch/handler-builds';
import { SourceMaps } from '../../../lib/local/watch/source-maps';
import { AppFolder } from '../../_helpers/app-folder';

const FILES = {
  'src/a.ts': [
    "import { check } from './check';",
    "import { fail } from 'failing';",
    'interface Event { readonly body?: string }',
    'export const main = (event: Event): string => {',
    "  return event.body ? fail() : check<string>('nothing');",
    '};',
  ].join('\n'),
  'src/check.ts': '\n\nexport function check<T>(it: T): T {\n  throw new Error(`no ${it}`);\n}',
  'node_modules/failing/package.json': '{ "name": "failing", "main": "index.js" }',
  'node_modules/failing/index.js': "exports.fail = () => { throw new Error('failed'); };",
};
const ID = 'Test/src/a.main';

let app: AppFolder;
let builds: HandlerBuilds | undefined;
let maps: SourceMaps;

beforeEach(() => {
  app = new AppFolder(FILES);
  maps = new SourceMaps(app.path);
});
afterEach(async () => {
  await builds?.dispose();
  builds = undefined;
  app.leave();
});

/** The bundle that the function runs now. */
async function start(options = OPTIONS, name = 'index.js'): Promise<string> {
  const fn = builtFunction('src/a.main', options);
  builds = new HandlerBuilds([fn], { outPrefix: path.resolve('built'), sourceMaps: maps });
  await builds.rebuild();
  return path.join((fn.code as { directory: string }).directory, name);
}

/** The lines of the stack of what the bundle throws, without those of Node itself. */
function stackOf(bundle: string, event = {}): string[] {
  const script = `import(${JSON.stringify(pathToFileURL(bundle).href)}).then((m) => (m.default?.main ?? m.main)(${JSON.stringify(event)}))
    .catch((error) => console.log(error.stack))`;
  const printed = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return printed.trimEnd().split('\n').filter((line) => !/\[eval\]|node:/.test(line));
}

function places(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^ +at (?:.* \()?(.*?)\)?$/, '$1'));
}

test('a stack leads to the sources, though the asset has no map', async () => {
  // GIVEN
  const bundle = await start();

  // THEN
  expect(places(maps.mapStack(ID, stackOf(bundle)))).toEqual(['Error: no nothing', 'src/check.ts:4:9', 'src/a.ts:5:32']);
});

test('a stack in an ES module, and in packages, leads to the sources', async () => {
  // GIVEN
  const bundle = await start({ ...OPTIONS, format: 'esm', outExtension: { '.js': '.mjs' } }, 'index.mjs');

  // THEN
  expect(places(maps.mapStack(ID, stackOf(bundle, { body: 'x' })))).toEqual([
    'Error: failed', 'node_modules/failing/index.js:1:30', 'src/a.ts:5:23',
  ]);
});

test('each version has its own map, and the one before stays known', async () => {
  // GIVEN
  const before = stackOf(await start());

  // WHEN
  app.write({ 'src/check.ts': `console.info('loaded');\n${FILES['src/check.ts']}` });
  const { directory } = (await builds!.rebuild()).changed.get(ID)!;

  // THEN
  expect(places(maps.mapStack(ID, stackOf(path.join(directory, 'index.js'))))).toContain('src/check.ts:5:9');
  expect(places(maps.mapStack(ID, before))).toContain('src/check.ts:4:9');
});

test('lines that move without a change of the code are found at their new place', async () => {
  // GIVEN
  const bundle = await start();

  // WHEN
  app.write({ 'src/check.ts': `// moved\n${FILES['src/check.ts']}` });
  const { changed } = await builds!.rebuild();

  // THEN
  expect(changed).toEqual(new Map());
  expect(places(maps.mapStack(ID, stackOf(bundle)))).toContain('src/check.ts:5:9');
});

test('the maps of three versions are kept', async () => {
  // GIVEN
  const before = stackOf(await start());

  // WHEN
  for (const text of ['one', 'two', 'three']) {
    app.write({ 'src/check.ts': `export function check() { throw new Error('${text}'); }` });
    await builds!.rebuild();
  }

  // THEN
  expect(maps.mapStack(ID, before)).toEqual(before);
});

test('lines without a location in the bundle stay as they are', async () => {
  // GIVEN
  const bundle = await start();
  const lines = [
    'Error: at nothing',
    '    at Module._compile (node:internal/modules/cjs/loader:1554:14)',
    `    at ${bundle}`,
    `    at x (${bundle}:999:1)`,
    '    at y (/elsewhere/index.js:1:1)',
    '    at async Promise.all (index 0)',
    'see https://example.com:443:1',
    '',
  ];

  // THEN
  expect(maps.mapStack(ID, lines)).toEqual(lines);
  expect(maps.mapStack('Test/unknown', stackOf(bundle))).toEqual(stackOf(bundle));
});

test('a location is found anywhere in a line', async () => {
  // GIVEN
  const bundle = await start();
  const [, thrown] = stackOf(bundle);
  const place = thrown.slice(thrown.indexOf('(') + 1, -1);

  // THEN
  expect(maps.mapStack(ID, [`cause: at async check (${place}) { code: 1 }`, `    at ${place}`])).toEqual([
    'cause: at async check (src/check.ts:4:9) { code: 1 }', '    at src/check.ts:4:9',
  ]);
});

test('a map of the asset itself is left to Node', async () => {
  // GIVEN
  const bundle = await start({ ...OPTIONS, sourcemap: true });

  // THEN
  expect(fs.existsSync(`${bundle}.map`)).toBe(true);
  expect(maps.mapStack(ID, stackOf(bundle))).toEqual(stackOf(bundle));
});

test.each([
  ['a URL that is no file', 'file:///%2F:1:1'],
  ['a URL with a host in its path', 'at (file:////host/%00:9:9)'],
  ['numbers that no file has', `/a.js:${'9'.repeat(400)}:${'9'.repeat(400)}`],
])('a handler may print anything: %s', async (_, line) => {
  await start();

  expect(maps.mapStack(ID, [line])).toEqual([line]);
});

test.each(['/', 'file:///', ':1', ':1:', '/x:1:1 ', '(/'])('lines full of %j take linear time', async (piece) => {
  // GIVEN
  await start();
  const lines = Array.from({ length: 100 }, () => piece.repeat(10_000 / piece.length));

  // WHEN
  const before = performance.now();
  const mapped = maps.mapStack(ID, [...lines, piece.repeat(1_000_000)]);

  // THEN a quadratic search takes minutes
  expect(mapped.slice(0, -1)).toEqual(lines);
  expect(performance.now() - before).toBeLessThan(30_000);
});
