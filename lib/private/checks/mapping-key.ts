import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const LEGAL = /^[A-Za-z0-9$\-_.+!*'()]+(?:\/[A-Za-z0-9$\-_.+!*'()]+)*$/;
const LONGEST = 300;

/**
 * What is wrong with the key of an API mapping, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
 */
export function mappingKeyFault(key: string): Fault | undefined {
  if (Token.isUnresolved(key)) return undefined;
  if (/^\/*$/.test(key)) return { reason: 'names no path', remedy: 'leave it out for the domain itself' };
  if (key.length > LONGEST) return { reason: `is longer than the ${LONGEST} characters that API Gateway takes`, remedy: 'shorten it' };
  if (LEGAL.test(key)) return undefined;
  const bare = key.replace(/^\/+|\/+$/g, '');
  if (LEGAL.test(bare)) return { reason: 'has a slash at its start or end', remedy: `write "${bare}"` };
  return {
    reason: 'is not a mapping key',
    remedy: 'use letters, digits and $-_.+!*\'(), in one or more parts with a slash between them, for example "chat" or "v1/chat"',
  };
}
