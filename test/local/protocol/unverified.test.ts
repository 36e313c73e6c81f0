import * as fs from 'fs';
import * as path from 'path';
import { UNVERIFIED } from '../../../lib/local/protocol/unverified';

const source = fs.readFileSync(path.join(__dirname, '../../../lib/local/protocol/unverified.ts'), 'utf8');
const table = source.slice(source.indexOf('export const UNVERIFIED'));

test('every assumption cites its rule', () => {
  // GIVEN
  const entries = [...table.matchAll(/(?:^ {2}\/\*\* (\d+\.\d+(?:\.\d+)?)[^\n]*\n)?^ {2}(\w+):/gm)];

  // THEN
  expect(entries.map(([, , name]) => name)).toEqual(Object.keys(UNVERIFIED));
  expect(entries.filter(([, rule]) => rule === undefined).map(([, , name]) => name)).toEqual([]);
});

test('the table is in the order of the rules', () => {
  // GIVEN
  const rules = [...table.matchAll(/^ {2}\/\*\* (\d+)\.(\d+)(?:\.(\d+))?/gm)].map(([, ...parts]) => parts.map((part) => Number(part ?? 0)));

  // THEN
  const sortable = rules.map((parts) => parts.map((part) => String(part).padStart(3, '0')).join('.'));
  expect(sortable).toEqual([...sortable].sort());
});

test('bodies of refusals are JSON or nothing', () => {
  for (const entry of Object.values(UNVERIFIED)) {
    if (typeof entry === 'object' && 'body' in entry) expect(JSON.parse(entry.body)).toEqual(expect.any(Object));
  }
});

test('every assumption is one that the gateway acts on', () => {
  // GIVEN
  const folder = path.join(__dirname, '../../../lib/local');
  const sources = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
  const read = new Set(sources.flatMap((text) => [...text.matchAll(/\bUNVERIFIED\.(\w+)/g)].map(([, name]) => name)));

  // THEN
  expect(Object.keys(UNVERIFIED).filter((name) => !read.has(name))).toEqual([]);
});
