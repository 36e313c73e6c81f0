import { Fault } from '../problem';

/** More would be emptier than the 300 routes of an API are worth. */
const MOST = 50;

/** What is wrong with a number of nested stacks, if anything. */
export function nestedStacksFault(count: number): Fault | undefined {
  if (Number.isInteger(count) && count >= 0 && count <= MOST) return undefined;
  return { reason: 'is not a number of nested stacks', remedy: `use a whole number from 0 to ${MOST}` };
}
