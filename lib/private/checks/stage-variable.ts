import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

/**
 * What is wrong with a stage variable, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
 */
export function stageVariableFault(name: string, value: unknown): Fault | undefined {
  if (!Token.isUnresolved(name) && !/^\w+$/.test(name)) {
    return { reason: 'is of a variable whose name is not legal', remedy: 'use letters, digits and underscores in names of variables' };
  }
  if (Token.isUnresolved(value)) return undefined;
  if (typeof value !== 'string') return { reason: 'is not a string', remedy: `write ${JSON.stringify(String(value))}` };
  if (/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(value)) return undefined;
  return {
    reason: 'is empty, or has a character that a stage variable cannot have',
    remedy: 'use letters, digits and -._~:/?#&=, or put the value into `environment`',
  };
}
