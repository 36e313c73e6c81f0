const KEY = /* @__PURE__ */ Symbol.for('cdk-websocket-service.process');

/** What lives as long as the process, one member for each module that needs one: `import` and `require` load two copies of those. */
export function processState<State extends object>(): Partial<State> {
  const all = globalThis as { [key: symbol]: object | undefined };
  return all[KEY] ??= {};
}

const MOST = 100;

const remembered = /* @__PURE__ */ new Map<string, unknown>();

/** What `make` makes of a text, for as long as there are few. The text itself must say what is made of it. */
export function once<T>(text: string, make: () => T): T {
  let value = remembered.get(text) as T | undefined;
  if (value === undefined) {
    // Credentials, and with them keys, change every few hours.
    if (remembered.size >= MOST) remembered.clear();
    remembered.set(text, value = make());
  }
  return value;
}
