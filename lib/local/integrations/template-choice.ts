import { selectionKey } from './selection-expression';
import type { SelectionVariable } from './selection-expression';
import { UNVERIFIED } from '../protocol/unverified';

/**
 * The mapping template that a template selection expression picks (5.3.1, 5.3.6), else a catch-all; `undefined` if there is none.
 *
 * @param expression absent: only a catch-all is picked
 */
export function chosenTemplate(
  templates: Readonly<Record<string, string>>,
  expression: string | undefined,
  variable: SelectionVariable,
): string | undefined {
  const chosen = expression === undefined || expression === '' ? [] : [selectionKey(expression, variable)];
  const key = [...chosen, ...UNVERIFIED.catchAllTemplates].find((candidate) => Object.hasOwn(templates, candidate));
  return key === undefined ? undefined : templates[key];
}
