import * as fs from 'fs';
import * as path from 'path';
import { SourceWatcher, SourceWatcherOptions } from '../../../lib/local/watch/source-watcher';
import { AppFolder } from '../../_helpers/app-folder';

/** Long enough for a change to be told, on a busy machine. Milliseconds. */
const QUIET = 300;

let app: AppFolder;
let watcher: SourceWatcher | undefined;
let told: string[];
let inputs: string[];
let arrived: () => void;

beforeEach(() => {
  app = new AppFolder({
    'app/bin/app.ts': '1',
    'app/src/a.ts': '1',
    'app/src/notes.txt': '1',
    'app/legacy/b.js': '1',
    'app/node_modules/x/index.js': '1',
    'app/cdk.out/manifest.json': '{}',
    'shared/text.ts': '1',
    'shared/other.ts': '1',
  });
  told = [];
  inputs = [path.resolve('app/src/a.ts')];
});
afterEach(async () => {
  await watcher?.close();
  watcher = undefined;
  app.leave();
});

async function start(options: Partial<SourceWatcherOptions> = {}): Promise<void> {
  watcher = new SourceWatcher({
    directory: path.resolve('app'),
    assembly: path.resolve('app/cdk.out'),
    command: true,
    ...options,
  });
  listen();
  await watcher.start();
}

function listen(): void {
  watcher!.listen({ inputs: () => new Set(inputs), broken: false }, ({ kind, files }) => {
    told.push(...files.map((file) => `${kind} ${path.relative(app.path, file)}`));
    arrived?.();
  });
}

/** Saves and waits for what is told about it. */
async function save(files: Record<string, string>): Promise<string[]> {
  told = [];
  const answer = new Promise<void>((resolve) => { arrived = resolve; });
  app.write(files);
  await answer;
  return told;
}

/** Saves and gives time to tell of it. */
async function saveQuietly(files: Record<string, string>): Promise<string[]> {
  told = [];
  app.write(files);
  await quiet();
  return told;
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET));
}

test('a source of a handler, one of the app, and one that is new', async () => {
  await start();

  expect(await save({ 'app/src/a.ts': '2' })).toEqual(['handlers app/src/a.ts']);
  expect(await save({ 'app/bin/app.ts': '2' })).toEqual(['app app/bin/app.ts']);
  expect(await save({ 'app/bin/new/stack.ts': '2' })).toEqual(['app app/bin/new/stack.ts']);
});

test('a source that goes away', async () => {
  await start();
  const answer = new Promise<void>((resolve) => { arrived = resolve; });

  // WHEN
  fs.rmSync('app/src/a.ts');
  await answer;

  // THEN
  expect(told).toEqual(['handlers app/src/a.ts']);
});

test('an editor that puts a new file in the place of the old one', async () => {
  // GIVEN
  await start();
  app.write({ 'app/src/a.ts.tmp': '2' });
  const answer = new Promise<void>((resolve) => { arrived = resolve; });

  // WHEN
  fs.renameSync('app/src/a.ts.tmp', 'app/src/a.ts');
  await answer;

  // THEN
  expect(told).toEqual(['handlers app/src/a.ts']);
});

test('several files saved at once are told at once, those of handlers first', async () => {
  await start();

  expect(await save({ 'app/bin/app.ts': '2', 'app/bin/b.ts': '2', 'app/src/a.ts': '2' })).toEqual(['handlers app/src/a.ts']);
  expect((await save({})).sort()).toEqual(['app app/bin/app.ts', 'app app/bin/b.ts']);
});

test('many files that change one after the other are told once it is quiet', async () => {
  // GIVEN
  await start();
  let times = 0;
  watcher!.listen({ inputs: () => new Set(inputs), broken: false }, ({ files }) => {
    times++;
    told.push(...files);
  });

  // WHEN
  for (let file = 0; file < 200; file++) {
    app.write({ [`app/lib/${file}.ts`]: String(file) });
    if (file % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  while (told.length < 200) await quiet();

  // THEN
  expect(times).toBe(1);
});

describe('from a time on', () => {
  test('what was saved before it began to watch is told, whatever time the editor gave it', async () => {
    // GIVEN
    const since = Date.now() + 1;
    while (Date.now() < since + 15) await new Promise(setImmediate);
    app.write({ 'app/bin/app.ts': '2' });
    fs.utimesSync('app/bin/app.ts', 1, 1);
    const answer = new Promise<void>((resolve) => { arrived = resolve; });

    // WHEN
    await start({ since });
    await answer;

    // THEN
    expect(told).toEqual(['app app/bin/app.ts']);
  });

  test('what is written again as it was is nothing new', async () => {
    await start({ since: Date.now() + 100 });

    expect(await saveQuietly({ 'app/bin/app.ts': '1' })).toEqual([]);
  });
});

test('what changes while nobody listens is told to who comes, also if it was told in vain', async () => {
  // GIVEN
  await start({ since: Date.now() + 100 });
  await save({ 'app/bin/app.ts': '2' });
  watcher!.hold([path.resolve('app/bin/app.ts')]);
  await saveQuietly({ 'app/src/a.ts': '2' });
  const silent = [...told];

  // WHEN
  listen();
  while (told.length < 2) await quiet();

  // THEN
  expect(silent).toEqual([]);
  expect(told).toEqual(['handlers app/src/a.ts', 'app app/bin/app.ts']);
});

test('not told: packages, the assembly, which the gateway writes into too, hidden folders', async () => {
  await start();

  expect(await saveQuietly({
    'app/node_modules/x/index.js': '2',
    'app/cdk.out/manifest.json': '{"a":1}',
    'app/.git/config.json': '2',
    'app/cdk.out/.built.1/index.js': '2',
    'shared/text.ts': '2',
  })).toEqual([]);
});

test('what cdk.json excludes is not told, unless a handler has it', async () => {
  // GIVEN
  inputs.push(path.resolve('app/legacy/b.js'));
  await start({ exclude: ['**/*.js', 'bin'] });
  await quiet();

  // THEN
  expect(await saveQuietly({ 'app/bin/app.ts': '2', 'app/legacy/c.js': '2' })).toEqual([]);
  expect(await save({ 'app/legacy/b.js': '2' })).toEqual(['handlers app/legacy/b.js']);
});

test('a source of a handler outside of the app is watched when a build has it', async () => {
  // GIVEN
  await start();
  inputs.push(path.resolve('shared/text.ts'));
  watcher!.follow();
  await quiet();

  // THEN
  expect(await save({ 'shared/text.ts': '2' })).toEqual(['handlers shared/text.ts']);
  expect(await saveQuietly({ 'shared/other.ts': '2' })).toEqual([]);
});

test('the same contents again are nothing new', async () => {
  // GIVEN
  await start();
  await save({ 'app/bin/app.ts': '2' });

  // THEN
  expect(await saveQuietly({ 'app/bin/app.ts': '2' })).toEqual([]);
  expect(await save({ 'app/bin/app.ts': '3' })).toEqual(['app app/bin/app.ts']);
});

test.each([
  ['in the folder of the app', 'app/cdk.out'],
  ['elsewhere', 'elsewhere/cdk.out'],
])('an assembly that somebody else writes is told when its manifest is: %s', async (_, assembly) => {
  // GIVEN
  app.write({ [`${assembly}/manifest.json`]: '{}' });
  await start({ command: false, assembly: path.resolve(assembly) });

  // THEN
  const saved = await save({ [`${assembly}/Test.template.json`]: '{}', [`${assembly}/manifest.json`]: '{}' });
  expect(saved).toEqual([`assembly ${assembly}/manifest.json`]);
  expect(await saveQuietly({ 'app/bin/app.ts': '2', [`${assembly}/Test.template.json`]: '{"a":1}' })).toEqual([]);
});

test('an assembly that is removed and written again is told when it is there', async () => {
  // GIVEN
  await start({ command: false });
  fs.rmSync('app/cdk.out', { recursive: true });
  await quiet();
  const before = [...told];

  // THEN
  expect(await save({ 'app/cdk.out/manifest.json': '{}' })).toEqual(['assembly app/cdk.out/manifest.json']);
  expect(before).toEqual([]);
});

test('nothing is told after the end', async () => {
  // GIVEN
  await start();

  // WHEN
  app.write({ 'app/bin/app.ts': '2' });
  await watcher!.close();
  await quiet();

  // THEN
  expect(told).toEqual([]);
});
