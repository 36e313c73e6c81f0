// A handler may replace the clocks of its process.
const { bigint } = process.hrtime;
const number = Number;

/** Milliseconds of a clock that all processes of a machine share, and that only goes forward. */
export function systemTime(): number {
  return number(bigint()) / 1e6;
}
