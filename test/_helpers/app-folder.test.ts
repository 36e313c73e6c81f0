import * as fs from 'fs';
import * as path from 'path';
import { AppFolder } from './app-folder';

test('is the working directory with its files until it is left', () => {
  // GIVEN
  const before = process.cwd();

  // WHEN
  const folder = new AppFolder({ 'a.txt': 'one', 'deep/er/b.txt': 'two' });

  // THEN
  expect(process.cwd()).toBe(folder.path);
  expect([fs.readFileSync('a.txt', 'utf8'), fs.readFileSync('deep/er/b.txt', 'utf8')]).toEqual(['one', 'two']);

  // WHEN
  folder.leave();

  // THEN
  expect(process.cwd()).toBe(before);
  expect(fs.existsSync(folder.path)).toBe(false);
});

test('writes into itself and over what is there, wherever the working directory is', () => {
  // GIVEN
  const folder = new AppFolder({ 'a.txt': 'one' });
  process.chdir(path.dirname(folder.path));

  // WHEN
  folder.write({ 'a.txt': 'three', 'b/c.txt': 'four' });

  // THEN
  expect(['a.txt', 'b/c.txt'].map((file) => fs.readFileSync(path.join(folder.path, file), 'utf8'))).toEqual(['three', 'four']);
  folder.leave();
});

test('one within another gives back the working directory of the outer', () => {
  // GIVEN
  const outer = new AppFolder({});
  const inner = new AppFolder({});

  // WHEN
  inner.leave();

  // THEN
  expect(inner.path).not.toBe(outer.path);
  expect(process.cwd()).toBe(outer.path);
  outer.leave();
});

test('is named by where it really is', () => {
  // WHEN
  const folder = new AppFolder({});

  // THEN
  expect(fs.realpathSync(folder.path)).toBe(folder.path);
  folder.leave();
});
