import { jsonPathReader } from '../protocol/json-path';

// A function of JSONPath for Java, which API Gateway uses.
const LENGTH = /\.(?:length|size)\(\)$/;

/**
 * What a JSONPath finds in a payload; `undefined` if nothing.
 *
 * @param path with `$`, or what comes after `$.`
 */
export function payloadPath(json: unknown, path: string): unknown {
  const steps = afterRoot(path.trim());
  const found = jsonPathReader(steps.replace(LENGTH, ''))(json);
  return LENGTH.test(steps) ? length(found) : found;
}

function afterRoot(path: string): string {
  if (path.startsWith('$')) return path.slice(1);
  return path.startsWith('[') ? path : `.${path}`;
}

function length(value: unknown): number | undefined {
  if (Array.isArray(value) || typeof value === 'string') return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}
