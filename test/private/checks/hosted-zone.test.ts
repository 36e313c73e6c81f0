import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { hostedZoneFault } from '../../../lib/private/checks/hosted-zone';
import { quickStack } from '../../_helpers/quick-app';

let stack: Stack;
beforeEach(() => { stack = quickStack(); });

const zone = (zoneName: string) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName, hostedZoneId: 'Z1' });

test.each([
  ['example.com', 'ws.example.com'],
  ['example.com', 'example.com'],
  ['example.com.', 'a.b.example.com'],
])('a zone of %s is one for %s', (zoneName, domainName) => {
  expect(hostedZoneFault(zone(zoneName), domainName, true)).toBeUndefined();
});

test.each(['ws.example.org', 'wsexample.com', 'com'])('a zone of example.com is none for %s', (domainName) => {
  expect(hostedZoneFault(zone('example.com'), domainName, true)).toEqual({
    reason: `is the zone of "example.com", which "${domainName}" is no part of`,
    remedy: `give the zone of "${domainName}", or a name that ends with ".example.com"`,
  });
});

test('what a token hides is skipped', () => {
  const { valueAsString } = new CfnParameter(stack, 'Name');

  expect(hostedZoneFault(zone('example.com'), valueAsString, true)).toBeUndefined();
  expect(hostedZoneFault(new route53.PublicHostedZone(stack, 'Public', { zoneName: valueAsString }), 'ws.example.com', true)).toBeUndefined();
});

test('a zone that is imported by its id has no name, and is not asked for it', () => {
  expect(hostedZoneFault(route53.HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1'), 'ws.example.org', true)).toBeUndefined();
});

describe('a private zone', () => {
  const zones: Array<[string, (vpc: ec2.IVpc) => route53.IHostedZone]> = [
    ['PrivateHostedZone', (vpc) => new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'example.com' })],
    ['HostedZone with a VPC', (vpc) => new route53.HostedZone(stack, 'Zone', { vpcs: [vpc], zoneName: 'example.com' })],
  ];

  test.each(zones)('(%s) validates no certificate', (_, make) => {
    expect(hostedZoneFault(make(new ec2.Vpc(stack, 'Vpc')), 'ws.example.com', true)).toEqual({
      reason: 'is private, and ACM validates a certificate by public DNS', remedy: 'give a `certificate`, or a public hosted zone',
    });
  });

  test.each(zones)('(%s) may have the records of a domain with a certificate', (_, make) => {
    expect(hostedZoneFault(make(new ec2.Vpc(stack, 'Vpc')), 'ws.example.com', false)).toBeUndefined();
  });
});
