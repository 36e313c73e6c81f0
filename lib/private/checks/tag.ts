import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const LONGEST_NAME = 128;
const LONGEST_VALUE = 256;
const MOST = 50;

/** What every service takes. */
const LEGAL = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

const REMEDY = 'use letters, digits, spaces and _.:/=+-@';

/** What is wrong with a number of tags, if anything. */
export function tagCountFault(count: number): Fault | undefined {
  return count <= MOST ? undefined : { reason: `tags are more than the ${MOST} of a resource`, remedy: 'use fewer of them' };
}

/**
 * What is wrong with a tag, if anything.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function tagFault(name: string, value: unknown): Fault | undefined {
  if (!Token.isUnresolved(name)) {
    if (/^aws:/i.test(name)) return { reason: 'is of a tag whose name begins with aws:, which is reserved', remedy: 'choose another name' };
    if (name === '' || name.length > LONGEST_NAME) {
      return { reason: `is of a tag whose name does not have 1 to ${LONGEST_NAME} characters`, remedy: 'choose another name' };
    }
    if (!LEGAL.test(name)) return { reason: 'is of a tag whose name has a character that a tag cannot have', remedy: REMEDY };
  }
  if (Token.isUnresolved(value)) return undefined;
  if (typeof value !== 'string') return { reason: 'is not a string', remedy: `write ${JSON.stringify(String(value))}` };
  if (value.length > LONGEST_VALUE) return { reason: `is longer than ${LONGEST_VALUE} characters`, remedy: 'shorten it' };
  return LEGAL.test(value) ? undefined : { reason: 'has a character that a tag cannot have', remedy: REMEDY };
}
