/** Bundled around the handlers of `$connect` and `$disconnect`. */
export function tracked<T>(handler: T): T {
  return handler;
}
