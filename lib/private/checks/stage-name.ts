import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const REMEDY = 'use 1 to 128 letters, digits, hyphens and underscores, for example "dev"';

/**
 * What is wrong with a stage name, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
 */
export function stageNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || /^[a-zA-Z0-9_-]{1,128}$/.test(name)) return undefined;
  if (name === '$default') {
    return { reason: 'is a stage of HTTP APIs, and a WebSocket API cannot have it', remedy: REMEDY };
  }
  return { reason: 'is not a legal stage name', remedy: REMEDY };
}
