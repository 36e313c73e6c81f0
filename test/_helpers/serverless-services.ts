import * as fs from 'fs';
import * as path from 'path';
import type { Dialect, ReadOptions } from '../../lib/serverless/service';
import type { Template } from '../../lib/serverless/template';

const FIXTURES = path.join(__dirname, '..', 'fixtures', 'serverless');
const MAIN_FILES = ['serverless.yml', 'serverless.ts', 'serverless.js', 'serverless.json'];
const SUFFIX_OF_GOLDEN = '.serverless.yml';

export const DIALECTS: readonly Dialect[] = ['serverless', 'osls'];

/** A configuration file beside what the Serverless CLIs compiled from it. */
export interface ServerlessCase {
  readonly name: string;
  readonly options: ReadOptions;
  /** Absolute; missing if the CLI refused the file. */
  readonly compiled: Readonly<Record<Dialect, string | undefined>>;
}

/** The folders `services` or `inputs`. */
export function serviceCases(group: 'services' | 'inputs'): ServerlessCase[] {
  const root = path.join(FIXTURES, group);
  const folders = fs.readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders.map((name) => {
    const file = (base: string): string => path.join(root, name, base);
    const main = MAIN_FILES.map(file).find((candidate) => fs.existsSync(candidate));
    if (main === undefined) throw new Error(`no configuration file in ${name}`);
    const given = fs.existsSync(file('options.json')) ? JSON.parse(fs.readFileSync(file('options.json'), 'utf8')) as Partial<ReadOptions> : {};
    return {
      name,
      options: { environment: {}, ...given, path: main },
      compiled: { serverless: existing(file('compiled.v3.json')), osls: existing(file('compiled.osls4.json')) },
    };
  });
}

/** Small inputs; of their templates, only the part of the API, of the roles and of the logs was kept. */
export function goldenCases(): ServerlessCase[] {
  const root = path.join(FIXTURES, 'golden');
  const names = fs.readdirSync(root).filter((file) => file.endsWith(SUFFIX_OF_GOLDEN)).map((file) => file.slice(0, -SUFFIX_OF_GOLDEN.length));
  return names.map((name) => ({
    name,
    options: { environment: {}, path: path.join(root, `${name}${SUFFIX_OF_GOLDEN}`) },
    compiled: { serverless: existing(path.join(root, `${name}.v3.json`)), osls: existing(path.join(root, `${name}.osls4.json`)) },
  }));
}

export function readTemplate(file: string): Template {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Template;
}

/** One test for each pair of a case and a dialect: `[name, dialect, file, case]`. */
export function pairs(cases: readonly ServerlessCase[]): Array<[string, Dialect, string, ServerlessCase]> {
  return cases.flatMap((each) => DIALECTS.flatMap((dialect) => {
    const file = each.compiled[dialect];
    return file === undefined ? [] : [[each.name, dialect, file, each] as [string, Dialect, string, ServerlessCase]];
  }));
}

function existing(file: string): string | undefined {
  return fs.existsSync(file) ? file : undefined;
}
