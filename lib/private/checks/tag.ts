import { Token } from 'aws-cdk-lib';
import { Complaint } from '../problem';

const LONGEST_NAME = 128;
const LONGEST_VALUE = 256;

/**
 * What is wrong with a tag, if anything.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function tagComplaint(name: string, value: unknown): Complaint | undefined {
  if (!Token.isUnresolved(name)) {
    if (/^aws:/i.test(name)) return { reason: 'is of a tag whose name begins with aws:, which is reserved', remedy: 'choose another name' };
    if (name === '' || name.length > LONGEST_NAME) {
      return { reason: `is of a tag whose name does not have 1 to ${LONGEST_NAME} characters`, remedy: 'choose another name' };
    }
  }
  if (Token.isUnresolved(value)) return undefined;
  if (typeof value !== 'string') return { reason: 'is not a string', remedy: `write ${JSON.stringify(String(value))}` };
  return value.length <= LONGEST_VALUE ? undefined : { reason: `is longer than ${LONGEST_VALUE} characters`, remedy: 'shorten it' };
}
