/** Milliseconds of a clock that all processes of a machine share, and that only goes forward. */
export function systemTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
