import * as fs from 'fs';
import * as path from 'path';

/** The tables of a page: those of docs/errors.md and docs/fidelity.md, by their names. */
export type Tables = Readonly<Record<string, Table>>;

export interface Table {
  readonly columns: readonly string[];
  /** The cells of each row, in Markdown. */
  readonly rows: ReadonlyArray<readonly string[]>;
}

const ROOT = path.join(__dirname, '..');

/** The pages whose tables are generated, each with the source of them that the tests read too. */
export const PAGES: Readonly<Record<string, string>> = {
  'docs/errors.md': 'test/reference/errors.json',
  'docs/fidelity.md': 'test/reference/rules.json',
};

/** A marker, and the table below it if one was written already. */
const TABLE = /<!-- table: (.+?) -->\n(?:\|.*\n)*/g;

/** The tables of a page. */
export function tablesOf(page: string): Tables {
  return JSON.parse(fs.readFileSync(path.join(ROOT, PAGES[page]), 'utf8')) as Tables;
}

/** The page with each marker followed by its table. */
export function withTables(page: string): string {
  const tables = tablesOf(page);
  const missing = new Set(Object.keys(tables));
  const text = fs.readFileSync(path.join(ROOT, page), 'utf8').replace(TABLE, (_, name: string) => {
    if (!missing.delete(name)) throw new Error(`${page}: ${PAGES[page]} has no table "${name}", or the page names it twice`);
    return `<!-- table: ${name} -->\n${markdownOf(tables[name])}`;
  });
  if (missing.size > 0) throw new Error(`${page} has no marker for the table "${[...missing][0]}": add <!-- table: ${[...missing][0]} -->`);
  return text;
}

function markdownOf({ columns, rows }: Table): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => (
    `|${cells.map((cell) => (cell === '---' ? cell : cell === '' ? ' ' : ` ${cell} `)).join('|')}|\n`)).join('');
}

if (require.main === module) {
  for (const page of Object.keys(PAGES)) fs.writeFileSync(path.join(ROOT, page), withTables(page));
}
