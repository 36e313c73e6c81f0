/** Waits for a promise, but not longer than the given time, so that nothing that hangs delays the end. */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, milliseconds); });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
