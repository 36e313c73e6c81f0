import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { OutputFolder } from '../../../lib/local/migration/output-folder';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'output-folder-'));
  folder = path.join(parent, 'cdk');
});
afterEach(() => fs.rmSync(parent, { recursive: true, force: true }));

const FILES = new Map([['bin/chat.ts', 'one\n'], ['cdk.json', '{}\n']]);

function filesOf(): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[]).filter((file) => fs.statSync(path.join(folder, file)).isFile()).sort();
}

function refusal(files = FILES): string {
  const before = fs.existsSync(folder) && fs.statSync(folder).isDirectory() ? filesOf() : [];
  try {
    new OutputFolder(folder).write(files);
  } catch (error) {
    expect(error).toMatchObject({ name: 'GatewayError', code: 'INVALID_OPTION' });
    if (before.length > 0) expect(filesOf()).toEqual(before);
    return (error as Error).message.replaceAll(folder, 'CDK');
  }
  throw new Error('not refused');
}

test('files are written into a new folder, and again after npm install', () => {
  // WHEN
  new OutputFolder(folder).write(FILES);
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.writeFileSync(path.join(folder, 'package-lock.json'), '{}');
  new OutputFolder(folder).write(new Map([['bin/chat.ts', 'two\n'], ['lib/chat.ts', 'three\n']]));

  // THEN what is no longer written is gone
  expect(filesOf()).toEqual(['.migrated.json', 'bin/chat.ts', 'lib/chat.ts', 'package-lock.json']);
  expect(fs.readFileSync(path.join(folder, 'bin/chat.ts'), 'utf8')).toBe('two\n');
});

test('a checkout that changed the line endings, and a file that was deleted, are no loss', () => {
  new OutputFolder(folder).write(FILES);
  fs.writeFileSync(path.join(folder, 'bin/chat.ts'), 'one\r\n');
  fs.rmSync(path.join(folder, 'cdk.json'));

  new OutputFolder(folder).write(FILES);

  expect(fs.readFileSync(path.join(folder, 'bin/chat.ts'), 'utf8')).toBe('one\n');
  expect(filesOf()).toEqual(['.migrated.json', 'bin/chat.ts', 'cdk.json']);
});

test('a file is no folder', () => {
  fs.writeFileSync(folder, '');

  expect(refusal()).toBe('--out CDK is a file; name a folder');
});

test('files of somebody else are never overwritten', () => {
  fs.mkdirSync(path.join(folder, 'lib'), { recursive: true });
  for (const name of ['a', 'b', 'c', 'd']) fs.writeFileSync(path.join(folder, name), '');

  expect(refusal()).toBe('--out CDK has files that migrate did not write (a, b, c and 2 more); name a new or an empty folder');
});

test('a file of the same name that was added later is not overwritten', () => {
  new OutputFolder(folder).write(FILES);
  fs.writeFileSync(path.join(folder, 'README.md'), 'mine');

  expect(refusal(new Map([...FILES, ['README.md', 'theirs']])))
    .toBe('--out CDK has files that migrate did not write, and would overwrite: README.md; move them, or name another folder');
});

test.each([
  [['bin/chat.ts'], '--out CDK: bin/chat.ts changed since migrate wrote it, and would be overwritten; '],
  [['bin/chat.ts', 'cdk.json'], '--out CDK: bin/chat.ts, cdk.json changed since migrate wrote them, and would be overwritten; '],
])('what somebody changed is not overwritten: %j', (changed, message) => {
  new OutputFolder(folder).write(FILES);
  for (const file of changed) fs.appendFileSync(path.join(folder, file), '// mine\n');

  expect(refusal()).toBe(`${message}name another folder and compare the two, or delete what you do not need`);
  expect(fs.readFileSync(path.join(folder, 'bin/chat.ts'), 'utf8')).toBe('one\n// mine\n');
});

test.each(['{"../outside.txt":"0"}', '{"/etc/passwd":"0"}', '{"a":1}', '[', 'null'])('a record that is none is refused: %s', (record) => {
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(parent, 'outside.txt'), 'mine');
  fs.writeFileSync(path.join(folder, '.migrated.json'), record);

  expect(refusal()).toBe('--out CDK: .migrated.json is not what migrate wrote; name another folder');
  expect(fs.readFileSync(path.join(parent, 'outside.txt'), 'utf8')).toBe('mine');
});

test('if one file cannot be written, none is', () => {
  // GIVEN a folder where a file would be
  new OutputFolder(folder).write(FILES);
  const blocked = new Map([['bin/chat.ts', 'changed\n'], ['bin', 'a file\n']]);

  expect(() => new OutputFolder(folder).write(blocked)).toThrow(/would overwrite: bin;/);
  expect(() => new OutputFolder(path.join(folder, 'new')).write(new Map([['a', 'x'], ['a/b', 'y']]))).toThrow(/cannot be written: /);

  expect(fs.existsSync(path.join(folder, 'new'))).toBe(false);
  expect(fs.readFileSync(path.join(folder, 'bin/chat.ts'), 'utf8')).toBe('one\n');
});
