import { Token } from 'aws-cdk-lib';
import { Complaint } from '../problem';

const PREDEFINED = ['$connect', '$disconnect', '$default'];

/**
 * What is wrong with a route key, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function routeKeyComplaint(key: string): Complaint | undefined {
  const remedy = 'name the value of the selection expression that selects the route, for example "sendMessage"';
  if (Token.isUnresolved(key)) return { reason: 'is not known before deployment', remedy };
  if (key === '') return { reason: 'is empty', remedy };
  if (key.startsWith('$') && !PREDEFINED.includes(key)) {
    const bare = key.replace(/^\$+/, '');
    return {
      reason: 'is not a predefined route, and the $ prefix is reserved for those',
      remedy: `use $connect, $disconnect or $default${bare && `, or drop the $ ("${bare}")`}`,
    };
  }
  if (key !== key.trim() || /\p{Cc}/u.test(key)) {
    return { reason: 'has white space around it or a control character in it', remedy: 'remove it' };
  }
  return undefined;
}
