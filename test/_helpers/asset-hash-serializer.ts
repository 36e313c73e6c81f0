/** Asset hashes change with every line of a handler: a snapshot of a template is about the template. */
const HASH = /\b[0-9a-f]{64}\b/;

export const test = (value: unknown): boolean => typeof value === 'string' && HASH.test(value);

export const serialize = (value: string): string => JSON.stringify(value.replace(HASH, '<hash>'));
