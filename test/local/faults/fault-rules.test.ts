import * as fs from 'fs';
import * as path from 'path';
import { FAULT_RULES, FaultRule } from '../../../lib/local/faults/fault-rules';
import { MIXTURE } from '../../../lib/local/faults/random-faults';
import { tablesOf } from '../../../projenrc/reference';

const page = fs.readFileSync(path.join(__dirname, '../../../docs/faults.md'), 'utf8');
const faults: readonly FaultRule[] = Object.values(FAULT_RULES);

const NUMBER = /\d+(?:\.\d+)+/g;

test('docs/faults.md has the table of the listing, row by row', () => {
  const rows = faults.map(({ fault, text, rule, unverified }) => `| \`${fault}\` | ${text} | ${rule}${unverified ? ', not verified' : ''} |`);

  expect(page.split('\n').filter((line) => /^\| `\w+\(\{/.test(line))).toEqual(rows);
});

test('each fault names rules of docs/fidelity.md', () => {
  const known = Object.values(tablesOf('docs/fidelity.md')).flatMap(({ rows }) => rows.map(([number]) => number));

  expect(faults.flatMap(({ rule }) => rule.match(NUMBER) ?? ['none']).filter((rule) => !known.includes(rule))).toEqual([]);
});

test('docs/faults.md has the shares of the mixture', () => {
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  const rows = Object.entries(MIXTURE).map(([action, chances]) => (
    `| ${action} | ${chances.map(({ share, fault }) => `${percent(share)} \`${fault}\``).join(', ')} |`));

  expect(page.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
});
