import { BuiltHandler } from '../../lib/private/bundling/esbuild';
import { Handler, resolveHandler } from '../../lib/private/bundling/handler';

/** A handler whose file is there. */
export function handler(text: string): Handler {
  const resolved = resolveHandler(text);
  if ('reason' in resolved) throw new Error(`${text} ${resolved.reason}`);
  return resolved;
}

/** The files of a built handler by path, byte for byte. */
export function filesOf(built?: BuiltHandler): Record<string, string> {
  return Object.fromEntries((built?.files ?? []).map((file) => [file.path, Buffer.from(file.contents).toString('latin1')]));
}
