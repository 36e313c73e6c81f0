import * as fs from 'fs';
import * as path from 'path';
import { UNVERIFIED } from '../lib/local/protocol/unverified';
import { tablesOf } from '../projenrc/reference';

const ROOT = path.join(__dirname, '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');
const page = read('docs/fidelity.md');

/** Rules and assumptions: the tables of the page are written from them. */
const { 'assumed values': values, 'assumed behaviour': behaviours, ...sections } = tablesOf('docs/fidelity.md');

const NUMBER = '\\d+(?:\\.\\d+)+';
const rules = Object.values(sections).flatMap((section) => section.rows)
  .map(([number, behaviour, source, verified]) => ({ number, behaviour, source, verified }));
const elsewhere = [...page.matchAll(new RegExp(`^- ((?:${NUMBER}(?:, )?)+) `, 'gm'))].flatMap(([, list]) => list.split(', '));
const headings = [...page.matchAll(new RegExp(`^#+ (${NUMBER}) `, 'gm'))].map(([, number]) => number);

/** The two tables of what is not verified: entries of `UNVERIFIED`, and behaviour. */
const assumedValues = values.rows.map(([name, assumed, rule]) => ({ name: name.slice(1, -1), assumed, rule }));
const assumedBehaviour = behaviours.rows.map(([assumed, rule]) => ({ rule, assumed: lowerFirst(assumed.replace(/\.$/, '')) }));

/** The comments `assumed (rule): what` of a source. */
function tags(source: string): { rule: string; assumed: string }[] {
  return [...source.matchAll(/\/\/ assumed \(([\d.]+)\): (.*)$/gm)].map(([, rule, assumed]) => ({ rule, assumed: lowerFirst(assumed) }));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

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
const everywhere = <Found>(folder: string, end: string, find: (source: string) => Found[]): { found: Found; file: string }[] => (
  fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end) && !file.endsWith('.d.ts'))
    .flatMap((file) => find(read(`${folder}/${file}`)).map((found) => ({ found, file }))));

const tested = everywhere('test/local', '.test.ts', testedRules);

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

test('assumptions are read from comments', () => {
  expect(tags(`
    // assumed (1.1.1): Text that is not JSON counts
    x = 1; // assumed (1.1.10): \`+\` is a space
    // assumed (2.9) in prose
  `)).toEqual([{ rule: '1.1.1', assumed: 'text that is not JSON counts' }, { rule: '1.1.10', assumed: '`+` is a space' }]);
});

describe('docs/fidelity.md', () => {
  test('has each rule once', () => {
    const numbers = rules.map(({ number }) => number);

    expect(numbers.filter((number, i) => numbers.indexOf(number) < i)).toEqual([]);
    expect(numbers.length).toBeGreaterThan(100);
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
    const shown = new Set(tested.map(({ found }) => found));

    expect(rules.filter(({ number, verified }) => verified !== 'not verified' && !shown.has(number)).map(({ number }) => number)).toEqual([]);
  });

  test('knows every rule that a test or a comment names', () => {
    const known = new Set([...rules.map(({ number }) => number), ...headings, ...elsewhere]);
    const cited = everywhere('lib/local', '.ts', citedRules);

    expect([...tested, ...cited].filter(({ found }) => !known.has(found))).toEqual([]);
    expect(new Set(cited.map(({ found }) => found)).size).toBeGreaterThan(50);
  });
});

describe('what is not verified', () => {
  const source = read('lib/local/protocol/unverified.ts');

  test('has every entry of the gateway\'s table, and no other', () => {
    expect(assumedValues.map(({ name }) => name).sort()).toEqual(Object.keys(UNVERIFIED).sort());
  });

  test('has the rule that the entry cites', () => {
    const cited = assumedValues.map(({ name }) => ({
      name, rule: new RegExp(`/\\*\\* (${NUMBER})(?:[^*]|\\*(?!/))*\\*/\\s+${name}:`).exec(source)?.[1],
    }));

    expect(assumedValues.map(({ name, rule }) => ({ name, rule }))).toEqual(cited);
  });

  test('has every assumption that a comment in lib/local makes, word for word, and no other', () => {
    const assumed = everywhere('lib/local', '.ts', tags).map(({ found }) => found);

    const texts = (list: typeof assumed): string[] => list.map(({ rule, assumed: text }) => `${rule}: ${text}`).sort();
    expect(texts(assumed)).toEqual(texts(assumedBehaviour));
    expect(assumed.length).toBeGreaterThan(10);
  });

  test('says what is assumed', () => {
    expect(assumedValues.filter(({ assumed }) => assumed === '')).toEqual([]);
  });

  test('has every rule that is not verified, but for what no single line assumes', () => {
    const said = /And what no single line of code assumes: [^#]*/.exec(page)?.[0] ?? '';
    const listed = new Set([...[...assumedValues, ...assumedBehaviour].map(({ rule }) => rule), ...said.match(new RegExp(NUMBER, 'g')) ?? []]);

    expect(rules.filter(({ number, verified }) => verified === 'not verified' && !listed.has(number)).map(({ number }) => number)).toEqual([]);
  });

  test('belongs to a rule that there is', () => {
    const known = new Set([...rules.map(({ number }) => number), ...headings, ...elsewhere]);

    expect([...assumedValues, ...assumedBehaviour].filter(({ rule }) => !known.has(rule))).toEqual([]);
  });
});
