const KEY = /* @__PURE__ */ Symbol.for('cdk-websocket-service.process');

/** What lives as long as the process, one member for each module that needs one: `import` and `require` load two copies of those. */
export function processState<State extends object>(): Partial<State> {
  const all = globalThis as { [key: symbol]: object | undefined };
  return all[KEY] ??= {};
}
