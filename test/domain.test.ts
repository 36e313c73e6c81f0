import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DomainName, EndpointType, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { WebsocketDomainOptions } from '../lib';
import { checkDefaultEndpoint, domainNameFault, mappingKeyFault, planDomain } from '../lib/domain';
import { quickApp, quickStack } from './_helpers/quick-app';
import { Checks } from '../lib/private/checks/checks';

let stack: Stack;
let certificate: acm.ICertificate;
let hostedZone: route53.IHostedZone;
beforeEach(() => {
  stack = quickStack();
  certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:111111111111:certificate/1');
  hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
});

const imported = (name = 'ws.example.com') => DomainName.fromDomainNameAttributes(stack, 'Domain', {
  name, regionalDomainName: 'd-1.execute-api.eu-west-1.amazonaws.com', regionalHostedZoneId: 'Z2',
});

/** What a computed object or JavaScript may bring. */
const plan = (options: unknown, ipAddressType?: IpAddressType) => planDomain(new Checks(stack, 'domain'), options as WebsocketDomainOptions, ipAddressType);

const name = 'ws.example.com';

describe('the plan', () => {
  test('of a domain name with a certificate', () => {
    expect(plan({ domainName: name, certificate, certificateName: 'ws', aliasRecords: false, ipAddressType: IpAddressType.IPV4 })).toEqual({
      address: name,
      host: name,
      mappingKey: undefined,
      existing: undefined,
      certificate,
      certificateName: 'ws',
      hostedZone: undefined,
      aliasRecords: false,
      ipAddressType: 'ipv4',
    });
  });

  test('of a domain name with a hosted zone has alias records', () => {
    expect(plan({ domainName: name, hostedZone })).toMatchObject({ host: name, hostedZone, aliasRecords: true });
  });

  test.each([['chat', `${name}/chat`], ['v1/chat', `${name}/v1/chat`]])('has the mapping key %s in its address', (mappingKey, address) => {
    expect(plan({ domainName: name, certificate, mappingKey }).address).toBe(address);
    expect(plan({ existing: imported(), mappingKey }).address).toBe(address);
  });

  test('has the IP address type of the API, or its own', () => {
    expect(plan({ domainName: name, certificate }, IpAddressType.DUAL_STACK).ipAddressType).toBe('dualstack');
    expect(plan({ domainName: name, certificate, ipAddressType: IpAddressType.IPV4 }, IpAddressType.DUAL_STACK).ipAddressType).toBe('ipv4');
  });

  test('makes nothing', () => {
    // GIVEN
    const before = stack.node.findAll().length;

    // WHEN
    plan({ domainName: name, hostedZone, mappingKey: 'chat' });

    // THEN
    expect(stack.node.findAll()).toHaveLength(before);
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  });

  test('lets tokens through', () => {
    // GIVEN
    const [host, key] = ['Host', 'Key'].map((id) => new CfnParameter(stack, id).valueAsString);

    // THEN
    expect(stack.resolve(plan({ domainName: host, hostedZone, mappingKey: key }).address)).toEqual({
      'Fn::Join': ['', [{ Ref: 'Host' }, '/', { Ref: 'Key' }]],
    });
  });
});

describe('fails for', () => {
  const fails = (options: unknown, message: string) => expect(() => plan(options)).toThrow(new Error(`Stack: ${message}`));

  test('an empty name of the certificate', () => {
    fails({ domainName: name, hostedZone, certificateName: '' }, 'domain.certificateName: "" has 0 characters; use 1 to 128');
  });

  test.each<[unknown, string]>([['ws.example.com', '"ws.example.com"'], [[], '[]'], [null, 'null']])('%j', (options, shown) => {
    fails(options, `domain: ${shown} is not an object; use { domainName: 'ws.example.com', hostedZone }`);
  });

  test.each<[string, unknown, string]>([
    ['domainName', 1, "1 is not a string; use 'ws.example.com'"],
    ['certificate', 'arn:x', "\"arn:x\" is not a certificate of ACM; use acm.Certificate.fromCertificateArn(this, 'Certificate', arn) for an ARN"],
    ['certificateName', true, "true is not a string; use 'ws'"],
    ['hostedZone', 'example.com', '"example.com" is not a hosted zone; use route53.HostedZone.fromLookup(this, \'Zone\', { domainName: \'example.com\' })'],
    ['aliasRecords', 'yes', '"yes" is not a boolean; use true or false'],
    ['ipAddressType', 'ipv6', '"ipv6" is not an IpAddressType; use IpAddressType.IPV4 or IpAddressType.DUAL_STACK'],
    ['existing', name, `"${name}" is not a domain name of aws-apigatewayv2; use DomainName.fromDomainNameAttributes(...) for one that is not of this app`],
    ['mappingKey', 1, "1 is not a string; use 'chat'"],
  ])('%s: %j', (property, value, fault) => {
    fails({ [property]: value }, `domain.${property}: ${fault}`);
  });

  test('no domain', () => {
    fails({ mappingKey: 'chat' }, 'domain: { mappingKey } names no domain; give `domainName`, or `existing` for one that is made elsewhere');
  });

  test('a domain name without a certificate', () => {
    fails({ domainName: name }, `domain.domainName: "${name}" has no certificate; give \`certificate\`, or \`hostedZone\` to have one made and validated there`);
  });

  test('text that is not a domain name', () => {
    fails({ domainName: 'WS.example.com', hostedZone },
      'domain.domainName: "WS.example.com" has upper-case letters, which API Gateway does not accept; write "ws.example.com"');
  });

  test('text that is not a mapping key', () => {
    fails({ domainName: name, hostedZone, mappingKey: '/chat' }, 'domain.mappingKey: "/chat" has a slash at its start or end; write "chat"');
  });

  test('the zone of another domain', () => {
    fails({ domainName: 'ws.example.org', hostedZone }, 'domain.hostedZone: Stack/Zone is the zone of "example.com", and "ws.example.org" is '
      + 'not in it; give the zone of "ws.example.org", or a name that ends with ".example.com"');
  });

  test('a certificate of another Region', () => {
    // GIVEN
    stack = new Stack(quickApp(), 'Stack', { env: { region: 'eu-central-1' } });

    // THEN
    fails({ domainName: name, certificate }, 'domain.certificate: Stack/Certificate is in eu-west-1, and the API is in eu-central-1; use one in the '
      + 'same account and Region, since the endpoint is Regional');
  });

  test('a name that ACM makes no certificate for, unless there is one', () => {
    // GIVEN
    const domainName = `${'a'.repeat(54)}.example.com`;

    // THEN
    fails({ domainName, hostedZone }, `domain.domainName: "${domainName}" is longer than the 64 characters that ACM makes a certificate for; `
      + 'shorten it, or give a `certificate` that has it as an alternative name');
    expect(plan({ domainName, hostedZone, certificate }).host).toBe(domainName);
    expect(plan({ domainName: domainName.slice(2), hostedZone }).host).toHaveLength(64);
  });

  test('alias records without a zone', () => {
    fails({ domainName: name, certificate, aliasRecords: true },
      'domain.aliasRecords: true requires a hosted zone, but none is given; give `hostedZone`');
  });

  test.each<[keyof WebsocketDomainOptions, () => unknown, string]>([
    ['domainName', () => name, `"${name}"`],
    ['certificate', () => certificate, 'Stack/Certificate'],
    ['certificateName', () => 'ws', '"ws"'],
    ['hostedZone', () => hostedZone, 'Stack/Zone'],
    ['aliasRecords', () => false, 'false'],
    ['ipAddressType', () => IpAddressType.IPV4, '"ipv4"'],
  ])('`existing` with `%s`', (property, value, shown) => {
    fails({ existing: imported(), [property]: value() },
      `domain.${property}: ${shown} is set here, but \`existing\` has its own; keep one of them`);
  });

  test('an existing wildcard', () => {
    fails({ existing: imported('*.example.com') }, 'domain.existing: "*.example.com" is a wildcard for many hosts, but `url` and `callbackUrl` need one host; '
      + 'name the host, for example "chat.example.com"; a wildcard belongs in the certificate');
  });

  test('an existing domain that cannot serve a WebSocket API', () => {
    const existing = new DomainName(stack, 'Edge', { domainName: name, certificate, endpointType: EndpointType.EDGE });

    fails({ existing }, 'domain.existing: Stack/Edge is edge-optimized, and WebSocket APIs support Regional domain names only; make it with '
      + 'EndpointType.REGIONAL');
  });
});

describe('the default endpoint', () => {
  test('is not switched off without a domain', () => {
    expect(() => checkDefaultEndpoint(new Checks(stack), true)).toThrow(new Error(
      'Stack: disableExecuteApiEndpoint: true would leave `url` and `callbackUrl` without an endpoint; give `domain`, with `existing` for a domain name that '
      + 'is made elsewhere',
    ));
  });

  test.each<[boolean | undefined, WebsocketDomainOptions | undefined]>([
    [true, { domainName: name }], [false, undefined], [undefined, undefined], [undefined, { domainName: name }],
  ])('may be: %j, with the domain %j', (disabled, domain) => {
    expect(() => checkDefaultEndpoint(new Checks(new App()), disabled, domain)).not.toThrow();
  });
});

describe('mapping keys', () => {
  test.each(['chat', 'v1/chat', "$-_.+!*'()", 'A9', 'a'.repeat(300)])('%s is a mapping key', (key) => {
    expect(mappingKeyFault(key)).toBeUndefined();
  });

  test('a token may be one', () => {
    expect(mappingKeyFault(new CfnParameter(quickStack(), 'Key').valueAsString)).toBeUndefined();
  });

  test.each<[string, string, string]>([
    ['', 'names no path', 'leave it out for the domain itself'],
    ['/', 'names no path', 'leave it out for the domain itself'],
    ['/chat', 'has a slash at its start or end', 'write "chat"'],
    ['v1/chat/', 'has a slash at its start or end', 'write "v1/chat"'],
    ['a'.repeat(301), 'is longer than the 300 characters that API Gateway allows', 'shorten it'],
    ...['a b', 'chat?x', 'v1//chat', '@connections', 'ä', '{id}'].map((key): [string, string, string] => [
      key, 'is not a mapping key',
      'use letters, digits and $-_.+!*\'(), in one or more parts with a slash between them, for example "chat" or "v1/chat"',
    ]),
  ])('%j is none', (key, reason, remedy) => {
    expect(mappingKeyFault(key)).toEqual({ reason, remedy });
  });
});

describe('domain names', () => {
  const label = 'a'.repeat(63);

  test.each(['ws.example.com', 'a.b', '1.example.com', 'x-y.example.co.uk', 'xn--bcher-kva.example', `${label}.com`])('%s is a domain name', (host) => {
    expect(domainNameFault(host)).toBeUndefined();
  });

  test('a token may be one', () => {
    expect(domainNameFault(new CfnParameter(quickStack(), 'Host').valueAsString)).toBeUndefined();
  });

  test.each([
    '', 'localhost', 'wss://ws.example.com', 'ws.example.com/chat', 'ws.example.com:443', 'ws_1.example.com', '-ws.example.com', 'ws-.example.com',
    'ws..example.com', 'ws.example.com.', `a${label}.com`, `${[label, label, label, label].join('.')}.com`, 'https://WS.example.com',
  ])('%j is none', (host) => {
    expect(domainNameFault(host)).toEqual({
      reason: 'is not a domain name',
      remedy: 'use a host such as "ws.example.com": lower-case letters, digits, hyphens and dots, without scheme, port or path',
    });
  });

  test('upper case is not for API Gateway', () => {
    expect(domainNameFault('WS.Example.com')).toEqual({
      reason: 'has upper-case letters, which API Gateway does not accept', remedy: 'write "ws.example.com"',
    });
  });

  test('a wildcard has no URL', () => {
    expect(domainNameFault('*.example.com')).toEqual({
      reason: 'is a wildcard for many hosts, but `url` and `callbackUrl` need one host',
      remedy: 'name the host, for example "chat.example.com"; a wildcard belongs in the certificate',
    });
  });
});
