import { javaText } from '../protocol/java-text';
import { parsedJson } from '../protocol/json';
import { payloadPath } from '../protocol/json-path';

/** What a variable of a selection expression is; `undefined`: there is none of that name. */
export type SelectionVariable = (name: string) => unknown;

/**
 * The key that a selection expression gives: `$name`, `${name}` among other text, or plain text; `\$` is a dollar sign (4.1.1).
 * A variable without a value is empty (4.1.2).
 */
export function selectionKey(expression: string, variable: SelectionVariable): string {
  const whole = /^\$([A-Za-z][^{}]*)$/.exec(expression);
  if (whole) return text(variable(whole[1]));
  // One pass: what a variable brings in is not evaluated again.
  return expression.replace(/\\\$|\$\{([^}]*)\}/g, (found, name?: string) => name === undefined ? found.slice(1) : text(variable(name)));
}

/** `request.body.JSONPATH` */
export function requestVariables(body: string): SelectionVariable {
  return (name) => {
    const path = after(name, 'request.body');
    if (path === undefined) return undefined;
    const json = parsedJson(body);
    return path === '' ? json : payloadPath(json, path.replace(/^\./, ''));
  };
}

/** What follows a prefix; `undefined` if the name does not start with it. */
export function after(name: string, prefix: string): string | undefined {
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : javaText(value);
}
