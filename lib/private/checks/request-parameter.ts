import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const LEGAL = /^route\.request\.(?:header|querystring)\.[^\s$]+$/;

/** How the same parameter is spelled for REST APIs, in selection expressions, and by whoever forgets half of it. */
const OTHER_SPELLING = /^(?:\$?(?:route\.|method\.)?request\.)?(header|querystring)\.([^\s$]+)$/;

/**
 * What is wrong with the name of a parameter of `$connect`, if anything.
 *
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
 */
export function requestParameterFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || LEGAL.test(name)) return undefined;
  const [, kind, rest] = OTHER_SPELLING.exec(name) ?? [];
  if (kind) return { reason: 'is not the form that WebSocket APIs take', remedy: `write "route.request.${kind}.${rest}"` };
  return { reason: 'is no parameter of a handshake', remedy: 'use route.request.querystring.<name> or route.request.header.<name>' };
}
