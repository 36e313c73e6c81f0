import * as path from 'node:path';
import { readText } from './text-file';

type Environment = Record<string, string | undefined>;

/** A line, or several if quotes span them: `export NAME='value' # comment`. */
const ASSIGNMENT = new RegExp(String.raw`^[^\S\n]*(?:export\s+)?([\w.-]+)(?:[^\S\n]*=|:[^\S\n]+)[^\S\n]*`
  + String.raw`('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|\x60(?:\\\x60|[^\x60])*\x60|[^#\n]*)`, 'gm');
const REFERENCE = /(?<!\\)\$(?:\{([\w.]+)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/g;

/** As `useDotenv: true` says: `.env.<stage>` of the folder or, without one, `.env`. What is set already stays as it is. */
export function loadDotenv(folder: string, stage: string, environment: Environment): void {
  const text = readText(path.join(folder, `.env.${stage}`)) ?? readText(path.join(folder, '.env')) ?? '';
  const values: Environment = {};
  for (const [, name, value] of text.replace(/\r\n?/g, '\n').matchAll(ASSIGNMENT)) {
    values[name] = unquoted(value.trim());
  }
  for (const [name, value] of Object.entries(values)) {
    environment[name] ??= expanded(value ?? '', { ...values, ...environment });
  }
}

function unquoted(text: string): string {
  const quote = /^(['"`])[\s\S]*\1$/.test(text) && text.length > 1 ? text[0] : '';
  const inner = quote === '' ? text : text.slice(1, -1);
  return quote === '"' ? inner.replace(/\\n/g, '\n').replace(/\\r/g, '\r') : inner;
}

/** References to other names are replaced; those within replaced text are not. */
function expanded(text: string, environment: Environment): string {
  return text.replace(REFERENCE, (_, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
    environment[braced ?? bare ?? ''] || (fallback ?? '')).replace(/\\\$/g, '$');
}
