import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const REMEDY = 'use a host such as "ws.example.com": lower-case letters, digits, hyphens and dots, without scheme, port or path';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LEGAL = new RegExp(`^${LABEL}(?:\\.${LABEL})+$`);
const LONGEST = 253;

/**
 * What is wrong with a custom domain name, if anything.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-domainname.html
 */
export function domainNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name)) return undefined;
  if (name.startsWith('*.')) {
    return {
      reason: 'stands for many hosts, and `url` and `callbackUrl` name one',
      remedy: `name the host, for example "chat${name.slice(1)}"; a wildcard belongs into the certificate`,
    };
  }
  if (isLegal(name)) return undefined;
  const lower = name.toLowerCase();
  if (isLegal(lower)) return { reason: 'has upper-case letters, which API Gateway does not take', remedy: `write "${lower}"` };
  return { reason: 'is not a domain name', remedy: REMEDY };
}

function isLegal(name: string): boolean {
  return LEGAL.test(name) && name.length <= LONGEST;
}
