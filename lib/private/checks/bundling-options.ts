import { Token } from 'aws-cdk-lib';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Complaint } from '../problem';

/** What is wrong with one of the bundling options, if anything. */
export function bundlingComplaint(options: BundlingOptions): { option: string; value: unknown; complaint: Complaint } | undefined {
  const { sourceMap, sourceMapMode, banner, footer, define } = options;
  if (sourceMap === false && sourceMapMode !== undefined) {
    return {
      option: 'sourceMapMode',
      value: sourceMapMode,
      complaint: { reason: 'says how to write a source map, but `sourceMap` is false', remedy: 'leave one of them out' },
    };
  }
  const [late] = Object.entries({ banner, footer, ...define }).filter(([, value]) => Token.isUnresolved(value));
  if (!late) return undefined;
  const [name, value] = late;
  return {
    option: name in options ? name : `define["${name}"]`,
    value,
    complaint: {
      reason: 'is known when the stack is deployed, and the code is bundled before that',
      remedy: 'put the value into `environment`',
    },
  };
}
