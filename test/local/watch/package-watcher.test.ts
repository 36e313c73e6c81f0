import * as fs from 'fs';
import * as path from 'path';
import { installedPackage, packageOf, PackageWatcher } from '../../../lib/local/watch/package-watcher';
import { AppFolder } from '../../_helpers/app-folder';
import { until } from '../_helpers/local-server';

const INTERVAL = 10;
/** Milliseconds for enough polls to see that nothing is reported. */
const QUIET = 150;

let app: AppFolder;
let watcher: PackageWatcher;
let observed: boolean[];

beforeEach(() => {
  app = new AppFolder({
    'node_modules/.package-lock.json': '{}',
    'node_modules/padding/package.json': '{ "version": "1.0.0" }',
    'node_modules/padding/index.js': '1',
  });
  observed = [];
  watcher = new PackageWatcher({ directory: app.path, interval: INTERVAL, onChange: (installed) => observed.push(installed) });
  watcher.follow([path.resolve('node_modules/padding/index.js')], [path.resolve('node_modules/loaded')]);
});
afterEach(() => {
  watcher.close();
  app.leave();
});

const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET));

/** As npm does: the folder goes, another one comes, and all of its files have the same old time. */
function install(version: string): void {
  const files = { 'node_modules/padding/package.json': `{ "version": "${version}" }`, 'node_modules/padding/index.js': '2' };
  app.write(files);
  for (const file of Object.keys(files)) fs.utimesSync(file, 499_162_500, 499_162_500);
}

test('another version of a package in a bundle is reported once', async () => {
  // WHEN
  fs.renameSync('node_modules/padding', 'node_modules/.padding-1');
  install('1.0.1');
  fs.rmSync('node_modules/.padding-1', { recursive: true });
  app.write({ 'node_modules/.package-lock.json': '{ "packages": {} }' });
  await until(() => observed.length > 0);
  await quiet();

  // THEN
  expect(observed).toEqual([true]);
});

test('a package is reported when it is installed, not while it is missing', async () => {
  // GIVEN
  fs.renameSync('node_modules/padding', 'node_modules/.padding-1');
  await quiet();
  const before = [...observed];

  // WHEN
  install('1.0.1');
  await until(() => observed.length > 0);

  // THEN
  expect([before, observed]).toEqual([[], [true]]);
});

test('a package that was removed is reported too', async () => {
  // WHEN
  fs.rmSync('node_modules/padding', { recursive: true });
  await until(() => observed.length > 0);

  // THEN
  expect(observed).toEqual([true]);
});

test('a new package is reported, and one that is installed for another package', async () => {
  // WHEN
  app.write({ 'node_modules/loaded/package.json': '{}' });
  await until(() => observed.length > 0);
  app.write({ 'node_modules/.package-lock.json': '{ "packages": { "deep": {} } }' });
  await until(() => observed.length > 1);

  // THEN
  expect(observed).toEqual([true, true]);
});

test('an edit of an installed file is not an installation', async () => {
  // WHEN
  app.write({ 'node_modules/padding/index.js': '3' });
  await until(() => observed.length > 0);

  // THEN
  expect(observed).toEqual([false]);
});

test('a package that is no longer followed is not reported', async () => {
  // GIVEN
  watcher.follow([], []);

  // WHEN
  install('1.0.1');
  await quiet();

  // THEN
  expect(observed).toEqual([]);
});

test.each([
  ['/app/node_modules/a/lib/x.js', '/app/node_modules/a'],
  ['/app/node_modules/@s/a/x.js', '/app/node_modules/@s/a'],
  ['/app/node_modules/a/node_modules/b/x.js', '/app/node_modules/a/node_modules/b'],
  ['/app/node_modules/.pnpm/a@1.0.0/node_modules/a/x.js', '/app/node_modules/.pnpm/a@1.0.0/node_modules/a'],
  ['C:\\app\\node_modules\\@s\\a\\x.js', 'C:\\app\\node_modules\\@s\\a'],
  ['/app/node_modules/.package-lock.json', undefined],
  ['/app/src/x.js', undefined],
])('%s is in the package %s', (file, folder) => {
  expect(packageOf(file)).toBe(folder);
});

test('a package that code loads is found above the code, or would be installed beside it', () => {
  app.write({ 'node_modules/@s/a/package.json': '{}' });
  const directory = path.resolve('packages/handlers');

  expect(installedPackage('@s/a/deep', directory)).toBe(path.resolve('node_modules/@s/a'));
  expect(installedPackage('missing/deep', directory)).toBe(path.resolve('packages/handlers/node_modules/missing'));
});
