import { Stack, Token } from 'aws-cdk-lib';
import { CfnHostedZone, IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Fault } from '../problem';

/**
 * What is wrong with the hosted zone of a domain, if anything.
 *
 * @param validates whether a certificate is validated by a record in it
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
export function hostedZoneFault(zone: IHostedZone, domainName: string, validates: boolean): Fault | undefined {
  if (validates && isPrivate(zone)) {
    return { reason: 'is private, and ACM validates a certificate by public DNS', remedy: 'give a `certificate`, or a public hosted zone' };
  }
  const zoneName = nameOf(zone);
  if (zoneName === undefined || Token.isUnresolved(zoneName) || Token.isUnresolved(domainName)) return undefined;
  if (domainName === zoneName || domainName.endsWith(`.${zoneName}`)) return undefined;
  return {
    reason: `is the zone of ${JSON.stringify(zoneName)}, which ${JSON.stringify(domainName)} is no part of`,
    remedy: `give the zone of ${JSON.stringify(domainName)}, or a name that ends with ${JSON.stringify(`.${zoneName}`)}`,
  };
}

/** A zone that is imported by its id alone throws when it is asked. */
function nameOf(zone: IHostedZone): string | undefined {
  try {
    return zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

/** Where the app knows: an imported zone does not tell. */
function isPrivate(zone: IHostedZone): boolean {
  if (zone instanceof PrivateHostedZone) return true;
  const resource = zone.node.defaultChild;
  if (!(resource instanceof CfnHostedZone)) return false;
  const vpcs = Stack.of(zone).resolve(resource.vpcs) as unknown;
  return Array.isArray(vpcs) && vpcs.length > 0;
}
