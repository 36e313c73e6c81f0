import { javaText, shortened } from './json';
import { jsonPathError, jsonPathReader } from './json-path';
import { UNVERIFIED } from './unverified';

/** What a message selects by; `undefined` if the message is not JSON or the expression is unusable. Never throws. */
type RouteSelector = (body: string) => string | undefined;

/** A part of an expression: text, or a value of the message. */
type Part = string | ((json: unknown) => unknown);

/**
 * Compiles a route selection expression (4.1): `$request.body.action`, `${request.body.service}/${request.body.action}`,
 * or text without variables. An expression that AWS does not support selects nothing, so every message goes to `$default`.
 */
export function routeSelector(expression: string): RouteSelector {
  const parts = partsOf(expression);
  if (typeof parts === 'string') return () => undefined;
  return (body) => {
    try {
      const json: unknown = JSON.parse(body);
      return parts.length === 1 ? textOf(parts[0], json) : parts.map((part) => textOf(part, json)).join('');
    } catch {
      // 4.2.1: not JSON. Also JSON that is nested too deeply to be written as text, or too large for the expression's search.
      return undefined;
    }
  };
}

/** What is wrong with a route selection expression, in one line; `undefined` if nothing is. */
export function selectionError(expression: string): string | undefined {
  const parts = partsOf(expression);
  return typeof parts === 'string' ? parts : undefined;
}

/** The route key for what a message selects by (4.2.2); `undefined` if there is no such route. */
export function chooseRoute(value: string | undefined, routes: { has(key: string): boolean }): string | undefined {
  const key = value === '$connect' || value === '$disconnect' ? UNVERIFIED.lifecycleKeySelects : value;
  if (key !== undefined && routes.has(key)) return key;
  return routes.has('$default') ? '$default' : undefined;
}

/**
 * Why no route takes a message (4.4.1), in one line.
 *
 * @param value what the message selects by
 */
export function noRouteReason(expression: string, value: string | undefined): string {
  const otherwise = 'and there is no $default';
  if (value === undefined) return `${selectionError(expression) ?? 'the message is not JSON (4.2.1)'}, ${otherwise}`;
  if (value === '') return `the message has no value for ${expression}, ${otherwise}`;
  if (value === '$connect' || value === '$disconnect') return `a message cannot select ${value} (4.1.4), ${otherwise}`;
  return `no route ${JSON.stringify(shortened(value))} and no $default`;
}

const VARIABLE = /\$\{([^}]*)\}/g;
const OF_BODY = /^request\.body(?=\.[^.]|\.\.[^.]|\[)/;
// 4.1.5: nothing but the body.
const ONLY_BODY = 'a route is selected by $request.body.<path>, ${request.body.<path>} and plain text only';

/** The parts, or why the expression is unusable. */
function partsOf(expression: string): readonly Part[] | string {
  if (expression === '') return `the route selection expression is empty: ${ONLY_BODY}`;
  if (expression.startsWith('$') && !expression.startsWith('${')) {
    return variable(expression.slice(1), `${expression} is not a route selection expression`);
  }
  const parts: Part[] = [];
  let end = 0;
  for (const match of expression.matchAll(VARIABLE)) {
    const found = variable(match[1], `${match[0]} is not a variable of a route selection expression`);
    if (typeof found === 'string') return found;
    parts.push(plain(expression.slice(end, match.index)), ...found);
    end = match.index + match[0].length;
  }
  parts.push(plain(expression.slice(end)));
  return parts.filter((part) => part !== '');
}

function variable(text: string, error: string): readonly [Part] | string {
  if (!OF_BODY.test(text)) return `${error}: ${ONLY_BODY}`;
  const path = text.replace(OF_BODY, '');
  const pathError = jsonPathError(path);
  return pathError === undefined ? [jsonPathReader(path)] : `${error}: ${pathError}`;
}

/** 4.1.1: `\$default` means `$default`. */
function plain(text: string): string {
  return text.replace(/\\\$/g, '$');
}

function textOf(part: Part, json: unknown): string {
  if (typeof part === 'string') return part;
  const value = part(json);
  if (typeof value === 'string') return value;
  // 4.1.2: no such value.
  if (value === undefined) return '';
  return value === null ? UNVERIFIED.nullSelects : javaText(value);
}
