import * as fs from 'fs';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');
const PAGES = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((page) => `docs/${page}`)];

const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** `<!-- path -->` and the code block behind it. */
const QUOTE = /<!-- (\S+) -->\n```\w+\n(.*?)```/gs;

const quotes = PAGES.flatMap((page) => [...read(page).matchAll(QUOTE)].map(([, file, code]) => [page, file, code]));
const links = PAGES.flatMap((page) => [...read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target]) => [page, target]));

test('there are quotes and links to check', () => {
  expect([quotes.length > 0, links.length > 0]).toEqual([true, true]);
});

test.each(quotes)('%s quotes %s as it is', (_, file, code) => {
  expect(code).toBe(read(file));
});

test.each(links)('%s links to %s, which is there', (page, target) => {
  expect(fs.existsSync(path.join(ROOT, path.dirname(page), target))).toBe(true);
});

test('samples that rosetta cannot compile are quotes of files', () => {
  const unquoted = PAGES.flatMap((page) => [...read(page).replace(QUOTE, '').matchAll(/^```mts$/gm)].map(() => page));

  expect(unquoted).toEqual([]);
});

test('ARCHITECTURE.md fits on a page', () => {
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(100);
});

describe('docs/errors.md', () => {
  const sources = ['lib', 'lib/private', 'lib/private/checks', 'lib/private/bundling'].flatMap((folder) => fs.readdirSync(path.join(ROOT, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => read(`${folder}/${file}`))).join('\n');

  /** The code spans with words in them of the first cell that has any: what a message says. */
  const said = (row: string): string[] => row.split(' | ')
    .map((cell) => [...cell.matchAll(/``(.+?)``|`([^`]+)`/g)].map(([, double, single]) => double ?? single).filter((text) => text.includes(' ')))
    .find((texts) => texts.length > 0) ?? [];

  /** The same, cut where values are filled in. */
  const fragments = read('docs/errors.md').split('\n').filter((line) => /^\| ?`(?!cdk-)/.test(line)).flatMap(said)
    .flatMap((text) => text.split(/\.\.\.|"[^"]*"|`[^`]*`|\d+|routes\[.*?\](?:\.\w+)?|\$\{\w+\}|request\.header/))
    .map((fragment) => fragment.trim().replace(/^[,;:]\s*/, ''))
    .filter((fragment) => fragment.length >= 8);

  test('has messages to check', () => {
    expect(fragments.length).toBeGreaterThan(30);
  });

  test.each([...new Set(fragments)])('quotes a message that there is: %s', (fragment) => {
    expect(sources.replace(/\\`/g, '`')).toContain(fragment);
  });
});
