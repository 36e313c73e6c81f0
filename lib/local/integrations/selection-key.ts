import { javaText, parsedJson } from '../protocol/json';
import { payloadPath } from '../protocol/json-path';
import { UNVERIFIED } from '../protocol/unverified';

/** Reads a variable of a selection expression by its name; `undefined` if there is no such variable. */
export type SelectionVariable = (name: string) => unknown;

/**
 * The key that a selection expression gives: `$name`, `${name}` among other text, or plain text; `\$` is a dollar sign (4.1.1).
 * A variable without a value is empty (4.1.2).
 */
export function selectionKey(expression: string, variable: SelectionVariable): string {
  const whole = /^\$([A-Za-z][^{}]*)$/.exec(expression);
  if (whole) return text(variable(whole[1]));
  // One pass, so that the value of a variable is not evaluated again.
  return expression.replace(/\\\$|\$\{([^}]*)\}/g, (found, name?: string) => name === undefined ? found.slice(1) : text(variable(name)));
}

/**
 * The mapping template that a template selection expression picks (5.3.1, 5.3.6), else a catch-all; `undefined` if there is none.
 *
 * @param expression absent: only a catch-all is picked
 */
export function selectedTemplate(
  templates: Readonly<Record<string, string>>,
  expression: string | undefined,
  variable: SelectionVariable,
): string | undefined {
  const selected = expression === undefined || expression === '' ? [] : [selectionKey(expression, variable)];
  const key = [...selected, ...UNVERIFIED.catchAllTemplates].find((candidate) => Object.hasOwn(templates, candidate));
  return key === undefined ? undefined : templates[key];
}

/** The variables `request.body` and `request.body.JSONPATH`. */
export function requestVariables(body: string): SelectionVariable {
  return (name) => {
    const path = after(name, 'request.body');
    if (path === undefined) return undefined;
    const json = parsedJson(body);
    return path === '' ? json : payloadPath(json, path.replace(/^\./, ''));
  };
}

/** The rest of a name behind a prefix; `undefined` if the name does not start with it. */
export function after(name: string, prefix: string): string | undefined {
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : javaText(value);
}
