import { JSONPath } from 'jsonpath-plus';

/** Finds one value in parsed JSON; `undefined`: there is none. Never throws. */
type JsonPathReader = (json: unknown) => unknown;

type Json = string | number | boolean | object | null;

const DOTTED_NAMES = /^(?:\.[\p{L}\p{N}_-]+)+$/u;
// 4.1.3: these find any number of values, and the result is the list of them.
const INDEFINITE = /\.\.|\*|\?\(|\[[^\]]*[,:][^\]]*\]/;

/**
 * Compiles a JSONPath.
 *
 * @param path what follows `$`: `.action`, `.items[0].name`, `..id`
 */
export function jsonPathReader(path: string): JsonPathReader {
  if (path === '') return (json) => json;
  if (DOTTED_NAMES.test(path)) {
    const names = path.slice(1).split('.');
    return (json) => names.reduce<unknown>(member, json);
  }
  return (json) => searched(`$${path}`, json, INDEFINITE.test(path));
}

/** Own properties of objects only: not `length` of an array, not what objects inherit. */
function member(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder) || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}

function searched(path: string, json: unknown, indefinite: boolean): unknown {
  try {
    // Filters are interpreted by the library, never run as JavaScript.
    const found = JSONPath<unknown[] | undefined>({ path, json: json as Json, wrap: true, eval: 'safe' }) ?? [];
    return indefinite && found.length > 0 ? found : found[0];
  } catch {
    // A filter that the library cannot evaluate, or data that is nested too deep for it, finds nothing.
    return undefined;
  }
}
