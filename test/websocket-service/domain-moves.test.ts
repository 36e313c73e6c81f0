import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ConnectAuthorizer, WebsocketDomainOptions, WebsocketService, WebsocketServiceProps } from '../../lib';
import { inlineFunction, quickApp } from '../_helpers/quick-app';

const HOST = 'ws.example.com';
const REPLACED_BY_NAME = ['ApiGatewayV2::ApiMapping', 'ApiGatewayV2::DomainName', 'CertificateManager::Certificate', 'Route53::RecordSet'];

type Services = Record<string, Partial<WebsocketServiceProps>>;

interface Resource { readonly Properties: Record<string, unknown> }

/** What a deployment of these services makes of the resources that AWS takes once. */
function deployment(services: (stack: Stack) => Services): Record<string, Resource> {
  const stack = new Stack(quickApp(), 'Stack');
  for (const [id, props] of Object.entries(services(stack))) {
    new WebsocketService(stack, id, {
      routes: { $default: { function: inlineFunction(stack, `Fn${id}`) } }, authorizer: ConnectAuthorizer.none(), ...props,
    });
  }
  const template = Template.fromStack(stack);
  return Object.assign({}, ...REPLACED_BY_NAME.map((type) => template.findResources(`AWS::${type}`))) as Record<string, Resource>;
}

/** The properties that differ between two deployments of the same logical ids. */
function updates(before: Record<string, Resource>, after: Record<string, Resource>): string[] {
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  const differing = Object.entries(before).flatMap(([id, { Properties }]) => Object.keys(Properties)
    // The certificate of aws-cdk-lib has its construct path in a tag, which is updated in place.
    .filter((name) => name !== 'Tags' && JSON.stringify(Properties[name]) !== JSON.stringify(after[id].Properties[name])));
  return [...new Set(differing)].sort();
}

const existing = (stack: Stack): WebsocketDomainOptions => ({
  existing: new DomainName(stack, 'Domain', {
    domainName: HOST, certificate: acm.Certificate.fromCertificateArn(stack, 'Cert', 'arn:aws:acm:eu-west-1:111122223333:certificate/a'),
  }),
  mappingKey: 'chat',
});

const own = (stack: Stack): WebsocketDomainOptions => ({
  domainName: HOST, hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' }),
});

const imported = (stack: Stack): WebsocketDomainOptions => ({
  existing: DomainName.fromDomainNameAttributes(stack, 'Domain', {
    name: new CfnParameter(stack, 'Name').valueAsString, regionalDomainName: 'd-abc', regionalHostedZoneId: 'Z1',
  }),
});

const late = (stack: Stack): WebsocketDomainOptions => ({
  existing: new DomainName(stack, 'Domain', {
    domainName: new CfnParameter(stack, 'Name').valueAsString,
    certificate: acm.Certificate.fromCertificateArn(stack, 'Cert', 'arn:aws:acm:eu-west-1:111122223333:certificate/a'),
  }),
});

const ownLate = (stack: Stack): WebsocketDomainOptions => ({
  domainName: new CfnParameter(stack, 'Name').valueAsString,
  hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' }),
});

const DOMAINS: Array<[string, (stack: Stack) => WebsocketDomainOptions]> = [
  ['that exists', existing], ['that the service makes', own], ['that is imported by a token', imported],
  ['that exists with a token for a name', late], ['that the service makes with a token for a name', ownLate],
];

describe.each(DOMAINS)('a domain %s', (_kind, domainOf) => {
  test('moves to a second service in one deployment: all that AWS takes once is updated in place', () => {
    // WHEN
    const before = deployment((stack) => ({ Chat: { domain: domainOf(stack) }, Chat2: { nestedStacks: 8 } }));
    const after = deployment((stack) => ({ Chat: {}, Chat2: { nestedStacks: 8, domain: domainOf(stack) } }));

    // THEN
    expect(updates(before, after)).toEqual(['ApiId']);
  });

  test('moves to another stage of the service in one deployment', () => {
    // WHEN
    const before = deployment((stack) => ({ Chat: { domain: domainOf(stack), additionalStages: { green: {} } } }));
    const after = deployment((stack) => ({ Chat: { additionalStages: { green: { domain: domainOf(stack) } } } }));

    // THEN
    expect(updates(before, after)).toEqual(['Stage']);
  });

  test('changes its key without taking the old one from anybody', () => {
    const ids = (mappingKey: string): string[] => Object.keys(deployment((stack) => ({ Chat: { domain: { ...domainOf(stack), mappingKey } } })));
    const [mine, others] = [ids('a'), ids('b')];
    expect(mine.filter((id) => others.includes(id)).length).toBe(mine.length - 1);
  });
});

test('two services that swap their keys are updated in place', () => {
  const swapped = (first: string, second: string): Record<string, Resource> => deployment((stack) => {
    const domain = existing(stack);
    return { Chat: { domain: { ...domain, mappingKey: first } }, News: { domain: { ...domain, mappingKey: second } } };
  });
  expect(updates(swapped('a', 'b'), swapped('b', 'a'))).toEqual(['ApiId']);
});

test('two services with the same key at one domain are still refused, by name', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Stack');
  const domain = existing(stack);
  for (const id of ['Chat', 'News']) {
    new WebsocketService(stack, id, { routes: { a: { function: inlineFunction(stack, id + 'Fn') } }, authorizer: ConnectAuthorizer.none(), domain });
  }
  expect(() => app.synth()).toThrow('domain.mappingKey: "chat" is already mapped to another stage at "ws.example.com" (Stack/Chat/ApiMapping)');
});

test('two services that make one domain, named by a token, are refused by name', () => {
  const app = quickApp();
  const stack = new Stack(app, 'Stack');
  const domain = ownLate(stack);
  for (const id of ['Chat', 'News']) {
    new WebsocketService(stack, id, {
      routes: { a: { function: inlineFunction(stack, id + 'Fn') } }, authorizer: ConnectAuthorizer.none(), domain: { ...domain, mappingKey: id },
    });
  }
  expect(() => app.synth()).toThrow('is also made by Stack/Chat/Domain, but a domain name exists only once');
});

test('the logical ids are a contract', () => {
  expect(Object.keys(deployment((stack) => ({ Chat: { domain: { ...own(stack), mappingKey: 'v1/chat' } } })))).toEqual([
    expect.stringMatching(/^ApiMappingwsexamplecomv1chat[0-9A-F]{8}$/),
    'DomainNamewsexamplecom6CAEA0B8',
    'Certificatewsexamplecom20588FA6',
    expect.stringMatching(/^AliasRecordwsexamplecom[0-9A-F]{8}$/),
    expect.stringMatching(/^AliasRecordIpv6wsexamplecom[0-9A-F]{8}$/),
  ]);
});
