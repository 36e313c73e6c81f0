import * as fs from 'fs';
import * as path from 'path';
import { SourceWatcher, SourceWatcherOptions } from '../../../lib/local/watch/source-watcher';
import { AppFolder } from '../../_helpers/app-folder';

/** Milliseconds to show that nothing is reported, where no later report can show it. */
const QUIET = 300;

let app: AppFolder;
let watcher: SourceWatcher | undefined;
let reports: string[];
let inputs: string[];
let arrived: (() => void) | undefined;
let saves = 0;

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
  reports = [];
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
    reports.push(...files.map((file) => `${kind} ${path.relative(app.path, file)}`));
    arrived?.();
  });
}

/** Saves files and waits for the first report. */
async function save(files: Record<string, string>): Promise<string[]> {
  reports = [];
  const answer = new Promise<void>((resolve) => { arrived = resolve; });
  app.write(files);
  await answer;
  return reports;
}

/** Saves files, and then one that is reported; returns what else is reported until then. */
async function saveQuietly(files: Record<string, string>, marker = 'app app/bin/marker.ts'): Promise<string[]> {
  reports = [];
  app.write(files);
  app.write({ [marker.split(' ')[1]]: String(++saves) });
  await reported(marker);
  return reports.filter((change) => change !== marker);
}

/** Waits until a change is reported. */
async function reported(change: string): Promise<void> {
  while (!reports.includes(change)) await new Promise<void>((resolve) => { arrived = resolve; });
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET));
}

test('reports a source of a handler, one of the app, and a new one', async () => {
  await start();

  expect(await save({ 'app/src/a.ts': '2' })).toEqual(['handlers app/src/a.ts']);
  expect(await save({ 'app/bin/app.ts': '2' })).toEqual(['app app/bin/app.ts']);
  expect(await save({ 'app/bin/new/stack.ts': '2' })).toEqual(['app app/bin/new/stack.ts']);
});

test('reports a source that is removed', async () => {
  await start();
  const answer = new Promise<void>((resolve) => { arrived = resolve; });

  // WHEN
  fs.rmSync('app/src/a.ts');
  await answer;

  // THEN
  expect(reports).toEqual(['handlers app/src/a.ts']);
});

test('reports a source that an editor replaces', async () => {
  // GIVEN
  await start();
  app.write({ 'app/src/a.ts.tmp': '2' });
  const answer = new Promise<void>((resolve) => { arrived = resolve; });

  // WHEN
  fs.renameSync('app/src/a.ts.tmp', 'app/src/a.ts');
  await answer;

  // THEN
  expect(reports).toEqual(['handlers app/src/a.ts']);
});

test('reports each of several files that are saved at once', async () => {
  // GIVEN
  await start();

  // WHEN
  app.write({ 'app/bin/app.ts': '2', 'app/bin/b.ts': '2', 'app/src/a.ts': '2' });
  for (const change of ['app app/bin/app.ts', 'app app/bin/b.ts', 'handlers app/src/a.ts']) await reported(change);

  // THEN
  expect([...reports].sort()).toEqual(['app app/bin/app.ts', 'app app/bin/b.ts', 'handlers app/src/a.ts']);
});

describe('from a time on', () => {
  test('reports what was saved before it began to watch, whatever time the editor gave the file', async () => {
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
    expect(reports).toEqual(['app app/bin/app.ts']);
  });

  test('does not report a save without a change', async () => {
    await start({ since: Date.now() + 100 });

    expect(await saveQuietly({ 'app/bin/app.ts': '1' })).toEqual([]);
  });
});

test('holds changes back until there is a listener, also those that the last one could not handle', async () => {
  // GIVEN
  await start({ since: Date.now() + 100 });
  await save({ 'app/bin/app.ts': '2' });
  watcher!.hold([path.resolve('app/bin/app.ts')]);
  reports = [];
  app.write({ 'app/src/a.ts': '2' });
  await quiet();
  const silent = [...reports];

  // WHEN
  listen();
  await reported('app app/bin/app.ts');

  // THEN
  expect(silent).toEqual([]);
  expect(reports).toEqual(['handlers app/src/a.ts', 'app app/bin/app.ts']);
});

test('does not report packages, hidden folders, and the assembly, which the gateway writes into too', async () => {
  await start();

  expect(await saveQuietly({
    'app/node_modules/x/index.js': '2',
    'app/cdk.out/manifest.json': '{"a":1}',
    'app/.git/config.json': '2',
    'app/cdk.out/.built.1/index.js': '2',
    'shared/text.ts': '2',
  })).toEqual([]);
});

test('does not report what cdk.json excludes, unless a handler has it', async () => {
  // GIVEN
  inputs.push(path.resolve('app/legacy/b.js'));
  await start({ exclude: ['**/*.js', 'bin'] });
  await reported('handlers app/legacy/b.js');

  // THEN
  expect(await saveQuietly({ 'app/bin/app.ts': '2', 'app/legacy/c.js': '2' }, 'app app/marker.ts')).toEqual([]);
  expect(await save({ 'app/legacy/b.js': '2' })).toEqual(['handlers app/legacy/b.js']);
});

test('watches a source of a handler outside of the app', async () => {
  // GIVEN
  await start();
  inputs.push(path.resolve('shared/text.ts'));
  watcher!.follow();
  await reported('handlers shared/text.ts');

  // THEN
  expect(await save({ 'shared/text.ts': '2' })).toEqual(['handlers shared/text.ts']);
  expect(await saveQuietly({ 'shared/other.ts': '2' })).toEqual([]);
});

test('does not report the same contents again', async () => {
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
])('reports an assembly that another program writes, by its manifest: %s', async (_, assembly) => {
  // GIVEN
  app.write({ [`${assembly}/manifest.json`]: '{}' });
  await start({ command: false, assembly: path.resolve(assembly) });

  // THEN
  const saved = await save({ [`${assembly}/Test.template.json`]: '{}', [`${assembly}/manifest.json`]: '{}' });
  expect(saved).toEqual([`assembly ${assembly}/manifest.json`]);
  const other = { 'app/bin/app.ts': '2', [`${assembly}/Test.template.json`]: '{"a":1}' };
  expect(await saveQuietly(other, `assembly ${assembly}/manifest.json`)).toEqual([]);
});

test('reports an assembly that is removed and written again once it is there', async () => {
  // GIVEN
  await start({ command: false });
  fs.rmSync('app/cdk.out', { recursive: true });
  await quiet();
  const before = [...reports];

  // THEN
  expect(await save({ 'app/cdk.out/manifest.json': '{}' })).toEqual(['assembly app/cdk.out/manifest.json']);
  expect(before).toEqual([]);
});

test('reports nothing after the end', async () => {
  // GIVEN
  await start();

  // WHEN
  app.write({ 'app/bin/app.ts': '2' });
  await watcher!.close();
  await quiet();

  // THEN
  expect(reports).toEqual([]);
});
