import * as fs from 'fs';
import * as path from 'path';
import { UNVERIFIED } from '../lib/local/protocol/unverified';

const ROOT = path.join(__dirname, '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');
const page = read('docs/fidelity.md');

/** The cells of the rows whose first one matches. */
const rows = (first: string): string[][] => page.split('\n')
  .filter((line) => new RegExp(`^\\| ${first} \\|`).test(line))
  .map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()));

const NUMBER = '\\d+(?:\\.\\d+)+';
const rules = rows(NUMBER).map(([number, behaviour, source, verified]) => ({ number, behaviour, source, verified }));
const elsewhere = [...page.matchAll(new RegExp(`^- ((?:${NUMBER}(?:, )?)+) `, 'gm'))].flatMap(([, list]) => list.split(', '));
const headings = [...page.matchAll(new RegExp(`^#+ (${NUMBER}) `, 'gm'))].map(([, number]) => number);
const assumptions = rows('`\\w+`').map(([name, assumed, rule]) => ({ name: name.slice(1, -1), assumed, rule }));

/** The rule numbers that titles of tests begin with: `'4.4.1, 4.4.2: ...'`, also in a table of cases; none of tests that do not run. */
function testedRules(source: string): string[] {
  const titles = source.matchAll(new RegExp(`(?<!\\.(?:skip|todo))[([]\\s*['"\`](${NUMBER}(?:, ${NUMBER})*): `, 'g'));
  return [...titles].flatMap(([, list]) => list.split(', '));
}

/** The rule numbers that comments begin with or have in brackets: `// 4.4.1`, `(4.4.1, 4.4.2)`. */
function citedRules(source: string): string[] {
  const lists = source.matchAll(/(?:\/\/ |\/\*\* |\* .*\()(\d\.\d+\.\d+(?:, \d\.\d+\.\d+)*)(?=[,:)\s])/g);
  return [...lists].flatMap(([, list]) => list.split(', '));
}

/** What the sources below a folder have. */
const everywhere = (folder: string, end: string, find: (source: string) => string[]): { number: string; file: string }[] => (
  fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end) && !file.endsWith('.d.ts'))
    .flatMap((file) => find(read(`${folder}/${file}`)).map((number) => ({ number, file }))));

const tested = everywhere('test/local', '.test.ts', testedRules);

const byNumber = (left: string, right: string): number => left.localeCompare(right, 'en', { numeric: true });

test('rule numbers are read from titles', () => {
  expect(testedRules(`
    test('1.1.1: a', () => {});
    test.each([1])('1.1.2, 1.1.10: %d', () => {});
    describe("2.1: b", () => test.each([
      ['3.1: c', 1],
    ])('%s', () => {}));
    test.skip('4.1.1: d', () => {});
    test.todo('4.1.2: e');
    test('f, 5.1.1', () => expect('6.1').toBe(g));
  `)).toEqual(['1.1.1', '1.1.2', '1.1.10', '2.1', '3.1']);
});

test('rule numbers are read from comments', () => {
  expect(citedRules(`
    // 1.1.1
    // 1.1.2: because
    /** 1.1.3, 1.1.10 */
    /** Says so (2.1.1, 2.1.2), as RFC 6455 7.1.5 does. */
  `)).toEqual(['1.1.1', '1.1.2', '1.1.3', '1.1.10', '2.1.1', '2.1.2']);
});

describe('docs/fidelity.md', () => {
  test('has each rule once, in order', () => {
    const numbers = rules.map(({ number }) => number);

    expect(numbers).toEqual([...new Set(numbers)].sort(byNumber));
  });

  test('leaves no number out', () => {
    const numbers = new Set([...rules.map(({ number }) => number), ...headings, ...elsewhere]);

    const before = [...numbers].map((number) => number.replace(/\d+$/, (last) => String(Number(last) - 1)));

    expect(before.filter((number) => !number.endsWith('.0') && !numbers.has(number))).toEqual([]);
    expect(numbers.size).toBeGreaterThan(150);
  });

  test('says of each rule what the gateway does and how that is known', () => {
    const isKnown = (source: string, verified: string): boolean => source !== '' && ['documented', 'observed'].includes(verified);
    const incomplete = rules.filter(({ behaviour, source, verified }) => (
      behaviour === '' || !(verified === 'not verified' || isKnown(source, verified))));

    expect(incomplete).toEqual([]);
  });

  test('leads to every source that it names', () => {
    const defined = [...page.matchAll(/^\[([^\]]+)\]: \S+$/gm)].map(([, label]) => label);
    const named = rules.flatMap(({ source }) => [...source.matchAll(/\[([^\]]+)\]/g)].map(([, label]) => label));

    expect([...new Set(named)].filter((label) => !defined.includes(label))).toEqual([]);
  });

  test('claims nothing that no test of the rule shows', () => {
    const shown = new Set(tested.map(({ number }) => number));

    expect(rules.filter(({ number, verified }) => verified !== 'not verified' && !shown.has(number)).map(({ number }) => number)).toEqual([]);
  });

  test('knows every rule that a test or a comment names', () => {
    const known = new Set([...rules.map(({ number }) => number), ...headings, ...elsewhere]);
    const cited = everywhere('lib/local', '.ts', citedRules);

    expect([...tested, ...cited].filter(({ number }) => !known.has(number))).toEqual([]);
    expect(new Set(cited.map(({ number }) => number)).size).toBeGreaterThan(50);
  });
});

describe('what is not verified', () => {
  const source = read('lib/local/protocol/unverified.ts');

  test('is the table of the gateway\'s assumptions, in its order', () => {
    expect(assumptions.map(({ name }) => name)).toEqual(Object.keys(UNVERIFIED));
  });

  test('belongs to the rule that the gateway cites', () => {
    const cited = assumptions.map(({ name }) => new RegExp(`/\\*\\* (${NUMBER})(?:[^*]|\\*(?!/))*\\*/\\s+${name}:`).exec(source)?.[1]);

    expect(assumptions.map(({ rule }) => rule)).toEqual(cited);
  });

  test('is said', () => {
    expect(assumptions.filter(({ assumed }) => assumed === '')).toEqual([]);
  });

  test('has every rule that is not verified, but for what no constant can say', () => {
    const said = /And what no constant can say: [^#]*/.exec(page)?.[0] ?? '';
    const listed = new Set([...assumptions.map(({ rule }) => rule), ...said.match(new RegExp(NUMBER, 'g')) ?? []]);

    expect(rules.filter(({ number, verified }) => verified === 'not verified' && !listed.has(number)).map(({ number }) => number)).toEqual([]);
  });
});
