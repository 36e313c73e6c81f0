import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DomainName, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

const HOST = 'ws.example.com';

let folder: AppFolder;
let app: App;
let stack: Stack;
beforeAll(() => { folder = new AppFolder({ 'src/messages.ts': 'export const fallback = async () => ({});' }); });
afterAll(() => folder.leave());
beforeEach(() => {
  app = quickApp();
  stack = new Stack(app, 'Stack');
});

function service(props: Partial<WebsocketServiceProps>, scope: Construct = stack): WebsocketService {
  return new WebsocketService(scope, 'Chat', {
    routes: { $default: { handler: 'src/messages.fallback' } }, authorizer: ConnectAuthorizer.none(), ...props,
  });
}

const zone = (scope: Construct = stack) => new route53.PublicHostedZone(scope, 'Zone', { zoneName: 'example.com' });
const certificate = (scope: Construct = stack) => new acm.Certificate(scope, 'Cert', { domainName: HOST });

test.each([[undefined, HOST], ['chat', `${HOST}/chat`]])('the mapping key %s is in the URLs, and the stage is not', (mappingKey, address) => {
  // WHEN
  const { url, callbackUrl } = service({ domain: { domainName: HOST, hostedZone: zone(), mappingKey }, stageName: 'prod' });

  // THEN
  expect([url, callbackUrl]).toEqual([`wss://${address}`, `https://${address}`]);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { WEBSOCKET_CALLBACK_URL: `https://${address}` } },
  });
});

test('a grant is for the stage, as without a domain', () => {
  // WHEN
  const chat = service({ domain: { domainName: HOST, hostedZone: zone(), mappingKey: 'chat' } });

  // THEN
  const { partition, region, account } = stack;
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [Match.objectLike({
        Resource: stack.resolve(`arn:${partition}:execute-api:${region}:${account}:${chat.api.apiId}/dev/*/@connections/*`),
      })],
    },
  });
});

test.each<[boolean | undefined, unknown]>([[true, true], [false, false], [undefined, Match.absent()]])(
  'disableExecuteApiEndpoint: %j', (disableExecuteApiEndpoint, expected) => {
    // WHEN
    service({ domain: { domainName: HOST, hostedZone: zone() }, disableExecuteApiEndpoint });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: expected });
  },
);

test('disableExecuteApiEndpoint without a domain fails', () => {
  expect(() => service({ disableExecuteApiEndpoint: true })).toThrow(new Error(
    'Stack/Chat: disableExecuteApiEndpoint: true would leave `url` and `callbackUrl` without an endpoint; give `domain`, with `existing` for a domain name that '
    + 'is made elsewhere',
  ));
});

test('what is wrong with the domain names the service', () => {
  expect(() => service({ domain: { domainName: HOST } })).toThrow(new Error(
    `Stack/Chat: domain.domainName: "${HOST}" has no certificate; give \`certificate\`, or \`hostedZone\` to have one made and validated there`,
  ));
});

test('the domain has the IP address type of the API', () => {
  // WHEN
  service({ domain: { domainName: HOST, hostedZone: zone() }, ipAddressType: IpAddressType.DUAL_STACK });

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainNameConfigurations: [Match.objectLike({ IpAddressType: 'dualstack' })],
  });
});

test('a function of another stack has the URL too, since no reference is in it', () => {
  // GIVEN
  const other = new Stack(app, 'Other');

  // WHEN
  service({ domain: { domainName: HOST, hostedZone: zone() }, routes: { $default: { function: inlineFunction(other, 'Fn') } } });
  app.synth();

  // THEN
  Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { WEBSOCKET_CALLBACK_URL: `https://${HOST}` } } });
  expect([stack.dependencies, other.dependencies]).toEqual([[other], []]);
});

test('services of several stacks share a domain of another one', () => {
  // GIVEN
  const shared = new Stack(app, 'Shared');
  const existing = new DomainName(shared, 'Domain', { domainName: HOST, certificate: certificate(shared) });
  const stacks = ['News', 'Talk'].map((id) => new Stack(app, id));

  // WHEN
  const urls = stacks.map((home) => service({ domain: { existing, mappingKey: home.stackName.toLowerCase() } }, home).url);
  app.synth();

  // THEN
  expect(urls).toEqual([`wss://${HOST}/news`, `wss://${HOST}/talk`]);
  expect(stacks.map((home) => home.dependencies)).toEqual([[shared], [shared]]);
});

test.each<[string, (home: Stack) => WebsocketServiceProps['domain']]>([
  ['existing', (home) => ({ existing: new DomainName(home, 'Domain', { domainName: HOST, certificate: certificate(home) }) })],
  ['certificate', (home) => ({ domainName: HOST, certificate: certificate(home) })],
  ['hostedZone', (home) => ({ domainName: HOST, hostedZone: zone(home) })],
])('a grant to a role of the stack that `%s` is from is no cycle', (_, domain) => {
  // GIVEN
  const other = new Stack(app, 'Other');
  const chat = service({ domain: domain(other) });

  // WHEN
  chat.grantManageConnections(new iam.Role(other, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }));
  app.synth();

  // THEN
  expect([stack.dependencies, other.dependencies]).toEqual([[other], []]);
  expect(warnings(stack)).toEqual([]);
});
