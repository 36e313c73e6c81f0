import type { Difference } from './difference';
import type { OutputDifference } from './output-differences';
import type { Effect, PropertyChange } from './property-changes';
import type { ResourceDifference, Verdict } from './resource-difference';
import type { Json } from '../../serverless/template';
import { harmless } from '../terminal/harmless';

/** How long a line of ids may become, in characters. */
const WIDTH = 120;

const LONGEST_VALUE = 100;

const HEADINGS: ReadonlyArray<readonly [Verdict, string]> = [
  ['kept', 'Kept'], ['renewed', 'Renewed, as by any deployment'], ['added', 'Added'], ['changed', 'Changed in place'],
  ['removed', 'Removed'], ['replaced', 'Replaced'],
];

const EFFECTS: Readonly<Record<Effect, string>> = {
  'update': '',
  'replace': ', which replaces it',
  'may replace': ', which may replace it',
  'unknown': ', which may replace it',
};

/** A difference for a terminal; the last line counts. What matters most stands last. */
export function differenceText(difference: Difference): string {
  const { resources, outputs, warnings } = difference;
  const sections = [
    ...HEADINGS.flatMap(([verdict, heading]) => resourceSection(heading, resources.filter((resource) => resource.verdict === verdict))),
    ...outputs.length > 0 ? [['Outputs:', ...outputs.map(outputLine)]] : [],
    ...warnings.length > 0 ? [['Warnings:', ...warnings.map(({ text }) => `  ${text}`)]] : [],
    [countsLine(difference)],
  ];
  return harmless(`${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

/** `12 kept, 3 changed in place, 0 added, 0 removed, 0 replaced`. What is renewed is listed above it. */
function countsLine({ counts: { kept, changed, added, removed, replaced } }: Difference): string {
  return `${kept} kept, ${changed} changed in place, ${added} added, ${removed} removed, ${replaced} replaced`;
}

function resourceSection(heading: string, resources: readonly ResourceDifference[]): string[][] {
  if (resources.length === 0) return [];
  const isKept = resources[0].verdict === 'kept';
  return [[`${heading}:`, ...isKept ? wrapped(resources.map(({ logicalId }) => logicalId)) : resources.flatMap(resourceLines)]];
}

function resourceLines(resource: ResourceDifference): string[] {
  const { type, verdict, changes, successor, takenName, isOrphaned, isUncertain, condition } = resource;
  const head = `  ${resource.logicalId} (${type})`;
  if (verdict === 'added') return [head];
  if (verdict === 'renewed') return [successor === undefined ? head : `${head} -> ${successor}`];
  if (verdict === 'changed') return [`${head}: ${changes.map(changedPath).join(', ')}`];
  const lines = [verdict === 'replaced' && isUncertain ? `${head}: it may be replaced` : head];
  if (condition !== undefined) lines.push(`    only under the condition ${condition}${isUncertain ? '' : ', which does not hold'}`);
  if (successor !== undefined) lines.push(`    ${moveText(resource)}`);
  if (isOrphaned) lines.push('    DeletionPolicy Retain: it stays in the account, but not in the stack');
  const causes = verdict === 'replaced' ? changes.filter(({ effect }) => effect !== 'update') : [];
  lines.push(...causes.map((change) => `    ${changeText(change)}`));
  if (takenName !== undefined) lines.push(`    creation would fail: the name ${quoted(takenName)} exists`);
  return lines;
}

function moveText({ type, successor, sameBy }: ResourceDifference): string {
  const what = sameBy === undefined ? `probably the same ${nounOf(type)}` : `the same ${nounOf(type)}`;
  return `${successor} is ${what} under a new id${sameBy === undefined ? '' : ` (same ${sameBy})`}; it would be deleted and created`;
}

/** The last word of a type, as people say it: `log group`. */
function nounOf(type: string): string {
  const last = type.slice(type.lastIndexOf(':') + 1);
  return /^[A-Z]+$/.test(last) ? last : last.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function changedPath({ path, effect, because }: PropertyChange): string {
  const name = path === 'Code' ? 'Code (code)' : path;
  return `${name}${because === undefined ? '' : ` (${because} is replaced)`}${EFFECTS[effect]}`;
}

function changeText({ path, effect, before, after, because }: PropertyChange): string {
  if (because !== undefined) return `${path}: refers to ${because}, which is replaced${EFFECTS[effect]}`;
  return `${path}: ${quoted(before)} -> ${quoted(after)}${EFFECTS[effect]}`;
}

function outputLine({ name, verdict, exportName, isLost, before, after }: OutputDifference): string {
  const exported = exportName === undefined ? '' : ` (export ${exportName})`;
  const refusal = exportName === undefined ? '' : '; as long as another stack imports it, CloudFormation refuses that';
  if (isLost) return `  ${name}${exported}: the export is lost${refusal}`;
  if (verdict === 'changed') return `  ${name}${exported}: ${quoted(before)} -> ${quoted(after)}${refusal}`;
  return `  ${name}${exported}: ${verdict}`;
}

function quoted(value: Json | undefined): string {
  if (value === undefined) return '(nothing)';
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

/** Ids as lines, as many in each as fit. */
function wrapped(ids: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, id] of ids.entries()) {
    const piece = index < ids.length - 1 ? `${id},` : id;
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + piece.length < WIDTH) lines[last] += ` ${piece}`;
    else lines.push(`  ${piece}`);
  }
  return lines;
}
