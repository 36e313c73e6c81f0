import { javaText, shortened } from './json';
import { jsonPathComplaint, jsonPathReader } from './json-path';
import { UNVERIFIED } from './unverified';

/** What a message selects by; `undefined`: it is no JSON, or the expression is none. Never throws. */
type RouteSelector = (body: string) => string | undefined;

/** Text of the result, as it stands or from the message. */
type Part = string | ((json: unknown) => unknown);

/**
 * Compiles a route selection expression (4.1): `$request.body.action`, `${request.body.service}/${request.body.action}`,
 * or text without variables. One that AWS would not know (`selectionComplaint`) selects nothing, so every message goes to `$default`.
 */
export function routeSelector(expression: string): RouteSelector {
  const parts = partsOf(expression);
  if (typeof parts === 'string') return () => undefined;
  return (body) => {
    try {
      const json: unknown = JSON.parse(body);
      return parts.length === 1 ? textOf(parts[0], json) : parts.map((part) => textOf(part, json)).join('');
    } catch {
      // 4.2.1; the same for JSON that is nested too deep to be written as text, or too large for what the expression searches.
      return undefined;
    }
  };
}

/** What is wrong with a route selection expression, in one line; absent if it can be used. */
export function selectionComplaint(expression: string): string | undefined {
  const parts = partsOf(expression);
  return typeof parts === 'string' ? parts : undefined;
}

/** The route for what a message selects by (4.2.2); absent: nobody answers it. */
export function chooseRoute(value: string | undefined, routes: { has(key: string): boolean }): string | undefined {
  const key = value === '$connect' || value === '$disconnect' ? UNVERIFIED.lifecycleKeySelects : value;
  if (key !== undefined && routes.has(key)) return key;
  return routes.has('$default') ? '$default' : undefined;
}

/**
 * Why no route takes a message (4.4.1), in one line.
 *
 * @param value what it selects by
 */
export function noRouteReason(expression: string, value: string | undefined): string {
  const otherwise = 'and there is no $default';
  if (value === undefined) return `${selectionComplaint(expression) ?? 'the message is not JSON (4.2.1)'}, ${otherwise}`;
  if (value === '') return `the message has nothing for ${expression}, ${otherwise}`;
  if (value === '$connect' || value === '$disconnect') return `a message cannot select ${value} (4.1.4), ${otherwise}`;
  return `no route ${JSON.stringify(shortened(value))} and no $default`;
}

const VARIABLE = /\$\{([^}]*)\}/g;
const OF_BODY = /^request\.body(?=\.[^.]|\.\.[^.]|\[)/;
// 4.1.5
const ONLY_BODY = 'a route is selected by $request.body.<path>, ${request.body.<path>} and plain text only';

/** The parts, or why the expression has none. */
function partsOf(expression: string): readonly Part[] | string {
  if (expression === '') return `the route selection expression is empty: ${ONLY_BODY}`;
  if (expression.startsWith('$') && !expression.startsWith('${')) {
    return variable(expression.slice(1), `${expression} is no route selection expression`);
  }
  const parts: Part[] = [];
  let end = 0;
  for (const match of expression.matchAll(VARIABLE)) {
    const found = variable(match[1], `${match[0]} is no variable of a route selection expression`);
    if (typeof found === 'string') return found;
    parts.push(plain(expression.slice(end, match.index)), ...found);
    end = match.index + match[0].length;
  }
  parts.push(plain(expression.slice(end)));
  return parts.filter((part) => part !== '');
}

function variable(text: string, complaint: string): readonly [Part] | string {
  if (!OF_BODY.test(text)) return `${complaint}: ${ONLY_BODY}`;
  const path = text.replace(OF_BODY, '');
  const ofPath = jsonPathComplaint(path);
  return ofPath === undefined ? [jsonPathReader(path)] : `${complaint}: ${ofPath}`;
}

/** 4.1.1: `\$default` means `$default`. */
function plain(text: string): string {
  return text.replace(/\\\$/g, '$');
}

function textOf(part: Part, json: unknown): string {
  if (typeof part === 'string') return part;
  const value = part(json);
  if (typeof value === 'string') return value;
  // 4.1.2
  if (value === undefined) return '';
  return value === null ? UNVERIFIED.nullSelects : javaText(value);
}
