import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const REMEDY = 'use $default, or a regular expression between slashes such as /4\\d\\d/';

/**
 * What is wrong with the key of an integration response, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
 */
export function responseKeyFault(key: string): Fault | undefined {
  if (Token.isUnresolved(key) || key === '$default') return undefined;
  const [, pattern] = /^\/(.+)\/$/s.exec(key) ?? [];
  if (pattern === undefined) return { reason: 'is neither $default nor a /regular expression/', remedy: REMEDY };
  try {
    new RegExp(withoutJava(pattern));
    return undefined;
  } catch {
    return { reason: 'is a broken regular expression', remedy: REMEDY };
  }
}

/** API Gateway reads it as Java does: inline flags and possessive quantifiers are legal there. */
function withoutJava(pattern: string): string {
  return pattern.replace(/\(\?[a-z]+\)/g, '').replace(/([*+?}])\+/g, '$1');
}
