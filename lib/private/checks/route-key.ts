import { Token } from 'aws-cdk-lib';
import { nearest } from '../nearest';
import { Fault } from '../problem';

const PREDEFINED = ['$connect', '$disconnect', '$default'];

/** The predefined route that a key without a $ was meant to be, unless a message is routed by that word. */
export function predefinedFor(key: string): string | undefined {
  return PREDEFINED.find((predefined) => predefined === `$${key.toLowerCase()}`);
}

/**
 * What is wrong with a route key, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function routeKeyFault(key: string): Fault | undefined {
  const remedy = 'name the value of the selection expression that selects the route, for example "sendMessage"';
  if (typeof key !== 'string') return { reason: 'is not a string', remedy };
  if (Token.isUnresolved(key)) return { reason: 'is not known before deployment', remedy };
  if (key === '') return { reason: 'is empty', remedy };
  if (key.startsWith('$') && !PREDEFINED.includes(key)) {
    const [bare, meant] = [key.replace(/^\$+/, ''), nearest(key, PREDEFINED)];
    return {
      reason: 'is not a predefined route, and the $ prefix is reserved for those',
      remedy: meant !== undefined ? `did you mean \`${meant}\`?` : `use $connect, $disconnect or $default${bare && `, or drop the $ ("${bare}")`}`,
    };
  }
  if (key !== key.trim() || /\p{Cc}/u.test(key)) {
    return { reason: 'has white space around it or a control character in it', remedy: 'remove it' };
  }
  return undefined;
}
