/** Milliseconds that the last attempt of a request has (`LEAST` of lib/runtime/aws/transport.ts), and those that it has here. */
const [LEAST, PLENTY] = [250, 40_000];

/** Runs a test whose requests begin at the deadline: an attempt of 250 ms has as long as a busy machine needs. */
export async function unhurried<T>(fn: () => Promise<T>): Promise<T> {
  const real = globalThis.setTimeout;
  const longer = (callback: () => void, milliseconds?: number): NodeJS.Timeout => real(callback, milliseconds === LEAST ? PLENTY : milliseconds);
  const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation(longer as typeof setTimeout);
  try {
    return await fn();
  } finally {
    spy.mockRestore();
  }
}
