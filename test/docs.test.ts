import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { PAGES as TABLED, tablesOf, withTables } from '../projenrc/reference';

const ROOT = path.join(__dirname, '..');
const PAGES = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md')).map((page) => `docs/${page}`)];

const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** The files below a folder. */
const sourcesOf = (folder: string): string[] => fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`);

/** The texts and patterns in a source; `'a' + 'b'` is one. */
function textsIn(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text === undefined) ts.forEachChild(node, visit);
    else texts.push(text);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return texts;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isRegularExpressionLiteral(node)) return node.text.replace(/\\(?=\W)/g, '');
  if (ts.isTemplateExpression(node)) return [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('...');
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? '...'}${right ?? '...'}`;
}

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
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(110);
});

test('README.md and docs/migration.md have the same table of keys', () => {
  const [readme, guide] = ['README.md', 'docs/migration.md'].map((page) => (
    /^\| serverless\.yml \| here \|\n(?:\|.*\n)+/m.exec(read(page))![0].replaceAll('](docs/', '](')
  ));

  // The links of the guide are seen from docs/; their texts are the same.
  expect(guide).toBe(readme);
  expect(guide.split('\n').length).toBeGreaterThan(20);
});

test.each(Object.keys(TABLED))('%s has the tables of its source; `npx projen reference` writes them', (page) => {
  expect(read(page)).toBe(withTables(page));
});

describe('docs/errors.md', () => {
  /** The code spans with words in them of the first cell that has any: what a message says. */
  const messagesIn = (row: readonly string[]): string[] => row
    .map((cell) => [...cell.matchAll(/``(.+?)``|`([^`]+)`/g)].map(([, double, single]) => double ?? single).filter((text) => text.includes(' ')))
    .find((texts) => texts.length > 0) ?? [];

  /** The same, cut where values are filled in. */
  const fragmentsOf = (message: string): string[] => message
    .split(/\.\.\.|"[^"]*"|`[^`]*`|\d+|routes\[.*?\](?:\.\w+)?|\$\{\w+\}|request\.header/)
    .map((fragment) => fragment.trim().replace(/^[,;:]\s*/, ''))
    .filter((fragment) => fragment.length >= 8);

  const rows = Object.entries(tablesOf('docs/errors.md')).filter(([name]) => name !== 'Warnings').flatMap(([, table]) => table.rows);
  const fragments = new Set(rows.filter(([first]) => first.startsWith('`')).flatMap(messagesIn).flatMap(fragmentsOf));

  /** What the tests of the construct expect: every text in them, joined where it is written in parts. */
  const asserted = sourcesOf('test').filter((file) => file.endsWith('.test.ts') && !file.startsWith('test/local/') && file !== 'test/docs.test.ts')
    .flatMap((file) => textsIn(read(file))).join('\n');

  test('has messages to check', () => {
    expect(fragments.size).toBeGreaterThan(30);
  });

  test.each([...fragments])('lists a message that a test expects: %s', (fragment) => {
    expect(asserted.includes(fragment)).toBe(true);
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
    const codes = inCode(/(?:\bcode:|\.add\(|\.note\(|\bnotice\(|\bnotices,)\s*'([a-z]+(?:-[a-z]+)+)'/g);

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

  test('lists every option of startGateway, and no other', () => {
    const [, section] = read('docs/local.md').split('\n## Options\n');
    const cells = [...section.split('\n## ')[0].matchAll(/^\|[^|]+\|([^|]+)\|/gm)].map(([, cell]) => cell);
    const declared = [...read('lib/local/gateway-options.ts').split('\n}\n')[0].matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);

    expect(declared.length).toBeGreaterThan(10);
    expect(unique(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)).filter((name) => name !== 'startGateway'))).toEqual(unique(declared));
  });

  test('lists every type of event, and no other', () => {
    const types = read('lib/local/gateway-event.ts').matchAll(/type: ((?:'\w+'(?: \| )?)+);/g);

    const said = [...types].flatMap(([, union]) => union.split(' | ').map((type) => type.slice(1, -1)));
    // The command says one more.
    expect(inTable('For tools: --json')).toEqual(unique([...said, 'stopping']));
  });
});

describe('docs/runtime.md', () => {
  const page = read('docs/runtime.md');
  const index = read('lib/runtime/index.ts');

  /** The code spans in a text, each once. */
  const spans = (text: string): string[] => [...new Set([...text.matchAll(/`(\w+)(?:<[^`]*)?`/g)].map(([, name]) => name))].sort();
  const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1].split('\n## ')[0];
  /** The rows of the table behind a line of the page. */
  const rowsBehind = (line: RegExp): string[][] => {
    const [, behind] = page.split(line);
    return [...behind.split(/\n\n(?!\|)/)[0].matchAll(/^\|(.+)\|$/gm)].slice(2).map(([, cells]) => cells.split('|'));
  };
  const namesOf = (declaration: RegExp): string[] => (
    [...index.matchAll(declaration)].flatMap(([, names]) => names.split(',').map((name) => name.trim())).filter(Boolean).sort()
  );

  test('lists every exported value, and no other', () => {
    const values = namesOf(/^export \{([^}]+)\}/gm);

    expect(values).toHaveLength(14);
    expect(rowsBehind(/Fourteen values, all on this page:\n\n/).flatMap(([, names]) => spans(names)).sort()).toEqual(values);
  });

  test('lists every exported type, and no other', () => {
    const types = namesOf(/^export type \{([^}]+)\}/gm);

    expect(types.length).toBeGreaterThan(30);
    expect(spans(section('Types')).filter((name) => /^[A-Z]/.test(name))).toEqual(types);
  });

  test('lists every code that the runtime throws, and no other', () => {
    const [, union] = /RuntimeErrorCode =([^;]+);/.exec(read('lib/runtime/error.ts'))!;
    const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);

    expect(codes.length).toBeGreaterThan(10);
    expect([...section('Errors').matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)).toEqual(codes);
  });

  test('lists the codes that the runtime answers clients with', () => {
    const sources = ['message', 'routes'].map((file) => read(`lib/runtime/${file}.ts`)).join('\n');
    const codes = [...sources.matchAll(/(?:new WebsocketError\(|errorText\(id, |code: )'([A-Z_]+)'/g)].map(([, code]) => code);

    expect(spans(rowsBehind(/The codes of `error`:\n\n/).map(([code]) => code).join())).toEqual([...new Set(codes)].sort());
  });
});
