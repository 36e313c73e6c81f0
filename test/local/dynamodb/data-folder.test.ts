import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { DataFolder } from '../../../lib/local/dynamodb/data-folder';
import { GatewayError } from '../../../lib/local/gateway-error';

let root: string;
beforeEach(() => { root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'data-'))); });
afterEach(() => fs.rmSync(root, { recursive: true }));

const mode = (file: string): string => (fs.statSync(file).mode % 0o1000).toString(8);

test('is made for this user alone, and left out of git', () => {
  // WHEN
  const folder = DataFolder.open(path.join(root, 'a/b'));

  // THEN
  expect(folder.file).toBe(path.join(root, 'a/b/dynamodb.sqlite'));
  expect(mode(folder.directory)).toBe('700');
  expect(fs.readdirSync(folder.directory).sort()).toEqual(['.gitignore', 'gateway.pid']);
  expect(fs.readFileSync(path.join(folder.directory, '.gitignore'), 'utf8')).toBe('*\n');
});

test('that others could read is closed to them', () => {
  fs.chmodSync(root, 0o755);
  DataFolder.open(root);
  expect(mode(root)).toBe('700');
});

test('with files of the developer\'s own is refused, and stays as it is', () => {
  fs.chmodSync(root, 0o755);
  fs.writeFileSync(path.join(root, 'package.json'), '{}');
  expect(() => DataFolder.open(root)).toThrow(new GatewayError('INVALID_OPTION',
    `the data folder ${JSON.stringify(root)} has other files, such as package.json: name a new folder`));
  expect([mode(root), fs.readdirSync(root)]).toEqual(['755', ['package.json']]);
});

test('that cannot be made is an error of the option', () => {
  const folder = path.join(root, 'file/data');
  fs.writeFileSync(path.join(root, 'file'), '');
  expect(() => DataFolder.open(folder)).toThrow(new GatewayError('INVALID_OPTION', `the data folder ${JSON.stringify(folder)} cannot be used (ENOTDIR): `
    + 'name one that can be written'));
});

test('belongs to one gateway, until that closes it', () => {
  const first = DataFolder.open(root);
  expect(() => DataFolder.open(root)).toThrow(new GatewayError('DATA_IN_USE', `the data folder ${JSON.stringify(root)} is used by another gateway `
    + `(process ${process.pid}); stop that, or name another folder`));
  first.close();
  expect(() => DataFolder.open(root)).not.toThrow();
});

test.each<[string, () => string]>([
  ['is dead', () => String(spawnSync('true').pid)],
  ['had an id that another program has by now', () => `${process.ppid} 1`],
  ['wrote nothing', () => ''],
])('of a process that %s is taken over', (_, holder) => {
  // GIVEN
  fs.writeFileSync(path.join(root, 'gateway.pid'), holder());

  // WHEN
  const folder = DataFolder.open(root);

  // THEN
  expect(fs.readFileSync(path.join(root, 'gateway.pid'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
  folder.close();
  expect(fs.readdirSync(root)).toEqual(['.gitignore']);
});

test('of another gateway is not unlocked by one that closes late', () => {
  // GIVEN
  const first = DataFolder.open(root);
  fs.writeFileSync(path.join(root, 'gateway.pid'), '1 2');

  // WHEN
  first.close();

  // THEN
  expect(fs.readFileSync(path.join(root, 'gateway.pid'), 'utf8')).toBe('1 2');
});
