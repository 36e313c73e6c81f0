/**
 * A function in one line of many. A handler is called as its author wrote it: `Stack/Chat/Handler-src%2Fmessages.send` is
 * `src/messages.send`; any other function by its construct path.
 */
export function functionLabel(path: string): string {
  const handler = /\/Handler-([^/]+)$/.exec(path)?.[1];
  return handler?.replace(/%2F/gi, '/').replace(/%25/g, '%') ?? path;
}
