/** Waits for something that should soon be over, and no longer than that: what is stuck shall hold up no end. */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, milliseconds); });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
