import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { CfnDomainName, DomainName, DomainNameProps, EndpointType, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { certificateFault, existingDomainFault, hostedZoneFault, hostOf } from '../../../lib/private/domains/existing-domain';
import { quickApp } from '../../_helpers/quick-app';

const HERE = { account: '111111111111', region: 'eu-west-1' };

let app: App;
let stack: Stack;
beforeEach(() => {
  app = quickApp();
  stack = new Stack(app, 'Stack', { env: HERE });
});

const certificate = (scope: Stack, region = HERE.region, account = HERE.account) => acm.Certificate.fromCertificateArn(
  scope, 'Certificate', `arn:aws:acm:${region}:${account}:certificate/1`,
);

function domain(props: Partial<DomainNameProps> = {}, scope = stack): DomainName {
  return new DomainName(scope, 'Domain', { domainName: 'ws.example.com', certificate: certificate(scope), ...props });
}

describe('the host', () => {
  test('of a domain of the app is its text, so that no reference to it is needed', () => {
    expect(hostOf(domain())).toBe('ws.example.com');
  });

  test('of an imported domain is its name', () => {
    const attributes = { name: 'ws.example.com', regionalDomainName: 'd-1', regionalHostedZoneId: 'Z1' };

    expect(hostOf(DomainName.fromDomainNameAttributes(stack, 'Domain', attributes))).toBe('ws.example.com');
  });

  test('of a domain whose name comes at deployment is a reference', () => {
    const made = domain({ domainName: new CfnParameter(stack, 'Host').valueAsString });

    expect(stack.resolve(hostOf(made))).toEqual({ Ref: stack.getLogicalId(made.node.defaultChild as CfnDomainName) });
  });
});

describe('an existing domain', () => {
  test.each<[string, Partial<DomainNameProps>]>([
    ['as aws-cdk-lib makes it', {}],
    ['with TLS 1.2', { securityPolicy: SecurityPolicy.TLS_1_2, endpointType: EndpointType.REGIONAL }],
  ])('%s will do', (_, props) => {
    expect(existingDomainFault(stack, domain(props))).toBeUndefined();
  });

  test('that is imported is believed', () => {
    const attributes = { name: 'ws.example.com', regionalDomainName: 'd-1', regionalHostedZoneId: 'Z1' };

    expect(existingDomainFault(stack, DomainName.fromDomainNameAttributes(stack, 'Domain', attributes))).toBeUndefined();
  });

  test('must be Regional, also if it has a second endpoint', () => {
    const made = domain();
    made.addEndpoint({ certificate: new acm.Certificate(stack, 'Edge', { domainName: 'ws.example.com' }), endpointType: EndpointType.EDGE });

    expect(existingDomainFault(stack, made)).toEqual({
      reason: 'is edge-optimized, and WebSocket APIs support Regional domain names only', remedy: 'make it with EndpointType.REGIONAL',
    });
  });

  test.each(['TLS_1_0', 'SecurityPolicy_TLS13_1_3_2025_09'])('must not have the security policy %s', (securityPolicy) => {
    expect(existingDomainFault(stack, domain({ securityPolicy: securityPolicy as SecurityPolicy }))).toEqual({
      reason: `has the security policy ${securityPolicy}, and WebSocket APIs support TLS_1_2 only`, remedy: 'make it with SecurityPolicy.TLS_1_2',
    });
  });

  test('must not have mutual TLS', () => {
    expect(existingDomainFault(stack, domain({ mtls: { bucket: new s3.Bucket(stack, 'Bucket'), key: 'truststore.pem' } }))).toEqual({
      reason: 'has mutual TLS, which is for REST and HTTP APIs', remedy: 'make it without, and let an authorizer decide who may connect',
    });
  });

  test('must let mappings lead to APIs', () => {
    const made = domain();
    const resource = made.node.defaultChild as CfnDomainName;
    resource.routingMode = 'ROUTING_RULE_THEN_API_MAPPING';
    expect(existingDomainFault(stack, made)).toBeUndefined();

    resource.routingMode = 'ROUTING_RULE_ONLY';
    expect(existingDomainFault(stack, made)).toEqual({
      reason: 'has the routing mode ROUTING_RULE_ONLY, and routing rules support REST APIs only',
      remedy: 'leave `routingMode` out, so that mappings lead to the API',
    });
  });

  test.each<[string, { account: string; region: string }, string]>([
    ['Region', { ...HERE, region: 'us-east-1' }, 'is in us-east-1, and the API is in eu-west-1'],
    ['account', { ...HERE, account: '222222222222' }, 'is in the account 222222222222, and the API is in 111111111111'],
  ])('must be in the %s of the API', (_, env, reason) => {
    expect(existingDomainFault(stack, domain({}, new Stack(app, 'Other', { env })))).toEqual({
      reason, remedy: 'use one in the same account and Region, since the endpoint is Regional',
    });
  });

  test('may be in another stack, and where a stack does not say where it is', () => {
    expect(existingDomainFault(stack, domain({}, new Stack(app, 'Other', { env: HERE })))).toBeUndefined();
    expect(existingDomainFault(new Stack(app, 'Anywhere'), domain())).toBeUndefined();
  });
});

describe('a certificate', () => {
  const remedy = 'use one in the same account and Region, since the endpoint is Regional';

  test('of the Region and account will do', () => {
    expect(certificateFault(stack, certificate(stack))).toBeUndefined();
  });

  test('tells by its ARN that it is elsewhere', () => {
    expect(certificateFault(stack, certificate(stack, 'us-east-1'))).toEqual({ reason: 'is in us-east-1, and the API is in eu-west-1', remedy });
    expect(certificateFault(stack, certificate(new Stack(app, 'B', { env: HERE }), HERE.region, '222222222222'))).toEqual({
      reason: 'is in the account 222222222222, and the API is in 111111111111', remedy,
    });
  });

  test('tells by its stack that it is elsewhere', () => {
    const other = new Stack(app, 'Other', { env: { ...HERE, region: 'us-east-1' } });

    expect(certificateFault(stack, new acm.Certificate(other, 'Made', { domainName: 'ws.example.com' }))).toEqual({
      reason: 'is in us-east-1, and the API is in eu-west-1', remedy,
    });
  });

  test('whose ARN comes at deployment is believed', () => {
    const arn = new CfnParameter(stack, 'Arn').valueAsString;

    expect(certificateFault(stack, acm.Certificate.fromCertificateArn(stack, 'Certificate', arn))).toBeUndefined();
  });
});

describe('hosted zones', () => {
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
      reason: `is the zone of "example.com", and "${domainName}" is not in it`,
      remedy: `give the zone of "${domainName}", or a name that ends with ".example.com"`,
    });
  });

  test('what a token hides is skipped', () => {
    const { valueAsString } = new CfnParameter(stack, 'Name');

    expect(hostedZoneFault(zone('example.com'), valueAsString, true)).toBeUndefined();
    expect(hostedZoneFault(new route53.PublicHostedZone(stack, 'Public', { zoneName: valueAsString }), 'ws.example.com', true)).toBeUndefined();
  });

  test('a zone that is imported by id has no name, which is not read', () => {
    expect(hostedZoneFault(route53.HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1'), 'ws.example.org', true)).toBeUndefined();
  });

  describe('a private zone', () => {
    const zones: Array<[string, (vpc: ec2.IVpc) => route53.IHostedZone]> = [
      ['PrivateHostedZone', (vpc) => new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'example.com' })],
      ['HostedZone with a VPC', (vpc) => new route53.HostedZone(stack, 'Zone', { vpcs: [vpc], zoneName: 'example.com' })],
    ];

    test.each(zones)('(%s) validates no certificate', (_, make) => {
      expect(hostedZoneFault(make(new ec2.Vpc(stack, 'Vpc')), 'ws.example.com', true)).toEqual({
        reason: 'is private, but ACM validates certificates by public DNS', remedy: 'give a `certificate`, or a public hosted zone',
      });
    });

    test.each(zones)('(%s) may have the records of a domain with a certificate', (_, make) => {
      expect(hostedZoneFault(make(new ec2.Vpc(stack, 'Vpc')), 'ws.example.com', false)).toBeUndefined();
    });
  });
});
