/**
 * A Lambda handler of any style: async, with a callback, or wrapped by a middleware. A method, since the parameters of a method may be
 * of any type, and one without a type is `unknown` and not `never`.
 */
export type AnyHandler = { handle(event: unknown, lambda: unknown, callback: unknown): unknown }['handle'];

type Callback = (error?: unknown, result?: unknown) => void;

/** Lambda tells the styles apart by the number of parameters, too. */
export function isCallbackHandler(handler: { readonly length: number }): boolean {
  return handler.length >= 3;
}

/** Lambda has removed callbacks with Node.js 24. */
export function takesCallbacks(): boolean {
  const major = /nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? parseInt(process.versions.node, 10);
  return Number(major) < 24;
}

/** Calls a handler as Lambda does. */
export function call(handler: AnyHandler, event: unknown, lambda: unknown): unknown {
  const run = handler as (event: unknown, lambda: unknown, callback?: Callback) => unknown;
  if (!isCallbackHandler(handler)) return run(event, lambda);
  return new Promise((resolve, reject) => {
    const result = run(event, lambda, (error, value) => (error === undefined || error === null ? resolve(value) : reject(error)));
    // A handler may be asynchronous and have a third parameter nevertheless.
    if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') resolve(result);
  });
}
