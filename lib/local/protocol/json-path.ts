import { parsedPath } from './json-path-parser';
import { Budget, JsonPathError, member, quotedPath, search } from './json-path-search';

/** Finds one value in parsed JSON; `undefined`: there is none. */
type JsonPathReader = (json: unknown) => unknown;

const DOTTED_NAMES = /^(?:\.[\p{L}\p{N}_-]+)+$/u;

/**
 * Compiles a JSONPath (4.1.3). The paths of a mapping template may come from a client, so nothing of a path is ever run as code: it is
 * parsed here, finds only what JSON itself holds, and looks at a limited number of values.
 *
 * Names, indexes from either end, `*`, `..`, slices, lists of names or indexes, filters, and `length()` or `size()` at the end.
 * Text that is not a JSONPath finds nothing.
 *
 * @param path what follows `$`: `.action`, `.items[0].name`, `..id`
 * @returns a reader that throws if the search is too much work
 * @throws Error a path that API Gateway supports and the gateway does not, such as one with a regular expression
 */
export function jsonPathReader(path: string): JsonPathReader {
  if (path === '') return (json) => json;
  if (DOTTED_NAMES.test(path)) {
    const names = path.slice(1).split('.');
    return (json) => names.reduce<unknown>(member, json);
  }
  const parsed = parsedPath(path);
  return parsed ? (json) => search(parsed, json, new Budget(path)) : () => undefined;
}

/** Why a JSONPath finds nothing in any document, in one line; absent if it can be used. */
export function jsonPathComplaint(path: string): string | undefined {
  try {
    return path === '' || parsedPath(path) ? undefined : `${quotedPath(path)} is not a JSONPath`;
  } catch (thrown) {
    if (thrown instanceof JsonPathError) return thrown.message;
    throw thrown;
  }
}

/**
 * What a JSONPath finds in a payload; `undefined` if nothing.
 *
 * @param path with `$`, or what comes after `$.`
 * @throws Error as `jsonPathReader` and its reader
 */
export function payloadPath(json: unknown, path: string): unknown {
  return jsonPathReader(afterRoot(path.trim()))(json);
}

function afterRoot(path: string): string {
  if (path.startsWith('$')) return path.slice(1);
  return path.startsWith('[') ? path : `.${path}`;
}
