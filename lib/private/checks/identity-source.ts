import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const LEGAL = /^(route\.request\.(header|querystring)|stageVariables|context)\.[^\s$]+$/;

/** How the same source is spelled for REST and HTTP APIs, and in selection expressions. */
const OTHER_SPELLINGS: Array<[RegExp, string]> = [
  [/^(?:\$|method\.)?request\.header\.(.+)$/, 'route.request.header.'],
  [/^(?:\$|method\.)?request\.querystring\.(.+)$/, 'route.request.querystring.'],
  [/^\$route\.request\.header\.(.+)$/, 'route.request.header.'],
  [/^\$route\.request\.querystring\.(.+)$/, 'route.request.querystring.'],
  [/^\$stageVariables\.(.+)$/, 'stageVariables.'],
  [/^\$context\.(.+)$/, 'context.'],
];

/**
 * What is wrong with an identity source of a WebSocket authorizer, if anything.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-authorizer.html
 */
export function identitySourceFault(source: string): Fault | undefined {
  if (Token.isUnresolved(source) || LEGAL.test(source)) return undefined;
  for (const [pattern, prefix] of OTHER_SPELLINGS) {
    const name = source.match(pattern)?.[1];
    if (name) {
      return { reason: 'is not the form that WebSocket APIs take', remedy: `write "${prefix}${name}"` };
    }
  }
  return {
    reason: 'is not an identity source',
    remedy: 'use route.request.header.<name>, route.request.querystring.<name>, stageVariables.<name> or context.<name>',
  };
}
