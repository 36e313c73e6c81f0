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

describe('the docstrings of the public API', () => {
  const index = read('lib/index.ts').replace(/\/\/.*/g, '');
  const names = [...index.matchAll(/export (?:type )?\{([^}]+)\} from '(\S+)'/g)]
    .flatMap(([, exported, file]) => exported.split(',').map((name) => [name.trim(), `lib/${file}.ts`])).filter(([name]) => name !== '');

  test.each(names)('%s shows how it is used', (name, file) => {
    const declaration = new RegExp(`/\\*\\*((?:(?!\\*/).)*)\\*/\\nexport (?:abstract )?(class|interface|enum) ${name}\\b`, 's').exec(read(file))!;

    expect(declaration[2] === 'enum' || declaration[1].includes('\n * @example\n')).toBe(true);
  });
});

test('ARCHITECTURE.md fits on a page', () => {
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(100);
});

describe('docs/errors.md', () => {
  const folders = ['lib', 'lib/private', ...fs.readdirSync(path.join(ROOT, 'lib/private'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map(({ name }) => `lib/private/${name}`)];
  const sources = folders.flatMap((folder) => fs.readdirSync(path.join(ROOT, folder))
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

describe('docs/local.md', () => {
  const sources = fs.readdirSync(path.join(ROOT, 'lib', 'local'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => read(`lib/local/${file}`));

  /** What a pattern finds in the code, each once. */
  const inCode = (pattern: RegExp): string[] => unique(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, found]) => found)));

  /** The code spans in the first cells of a section's tables. */
  const inTable = (heading: string): string[] => {
    const [, section] = read('docs/local.md').split(`\n## ${heading}\n`);
    const cells = section.split('\n## ')[0].split('\n').flatMap((line) => /^\|([^|]+)\|/.exec(line)?.[1] ?? []);
    return unique(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text)));
  };

  const unique = (texts: string[]): string[] => [...new Set(texts)].sort();

  test('lists every code of a notice, and no other', () => {
    const codes = inCode(/(?:\bcode:|\.add\(|\bnotice\(|\bnotices,)\s*'([a-z]+(?:-[a-z]+)+)'/g);

    expect(codes.length).toBeGreaterThan(20);
    expect(inTable('Notices')).toEqual(codes);
  });

  test('lists every code of an error, and no other', () => {
    const codes = [...read('lib/local/gateway-error.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code);

    expect(codes.length).toBeGreaterThan(10);
    expect(inTable('Errors')).toEqual(unique(codes));
    expect(inCode(/new GatewayError\(\s*'([A-Z_]+)'/g)).toEqual(unique(codes));
  });

  test('lists every option that --help has, and no other', () => {
    expect(inTable('Options')).toEqual(inCode(/^ {2}(--[a-z-]+)/gm));
  });

  test('lists every type of event, and no other', () => {
    const types = read('lib/local/gateway-event.ts').matchAll(/type: ((?:'\w+'(?: \| )?)+);/g);

    const said = [...types].flatMap(([, union]) => union.split(' | ').map((type) => type.slice(1, -1)));
    // The command says one more.
    expect(inTable('For tools: --json')).toEqual(unique([...said, 'stopping']));
  });
});
