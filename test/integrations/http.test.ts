import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { HttpMethod, VpcLink } from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { WebsocketHttpIntegrationOptions, RouteIntegration } from '../../lib';
import { IntegrationParts } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

const URL = 'https://example.com/messages';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

const link = () => apigateway.VpcLink.fromVpcLinkId(stack, 'Link', 'abc123');

function parts(url: string, options: WebsocketHttpIntegrationOptions = {}): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.http(url, options));
}

test('http: a request to the URL, with the message, and a response for everything', () => {
  // WHEN
  const made = parts(URL);

  // THEN
  expect(made.integration).toEqual({ ApiId: expect.anything(), IntegrationType: 'HTTP', IntegrationMethod: 'POST', IntegrationUri: URL });
  expect(made.all('AWS::ApiGatewayV2::IntegrationResponse')).toEqual([{
    ApiId: expect.anything(), IntegrationId: expect.anything(), IntegrationResponseKey: '$default',
  }]);
  expect(made.all('AWS::IAM::Role')).toEqual([]);
});

test('httpProxy: the same without responses', () => {
  // WHEN
  const made = new IntegrationParts(stack, RouteIntegration.httpProxy(URL, {
    method: HttpMethod.PUT, requestParameters: { 'integration.request.header.ConnectionId': 'context.connectionId' },
  }));

  // THEN
  expect(made.integration).toEqual({
    ApiId: expect.anything(),
    IntegrationType: 'HTTP_PROXY',
    IntegrationMethod: 'PUT',
    IntegrationUri: URL,
    RequestParameters: { 'integration.request.header.ConnectionId': 'context.connectionId' },
  });
  expect(made.all('AWS::ApiGatewayV2::IntegrationResponse')).toEqual([]);
});

test.each([
  ['http', (vpcLink: apigateway.IVpcLink) => RouteIntegration.http('http://internal.example.com/', { vpcLink })],
  ['httpProxy', (vpcLink: apigateway.IVpcLink) => RouteIntegration.httpProxy('http://internal.example.com/', { vpcLink })],
])('%s: through a VPC link of REST APIs', (_factory, make) => {
  expect(new IntegrationParts(stack, make(link())).integration).toMatchObject({ ConnectionType: 'VPC_LINK', ConnectionId: 'abc123' });
});

test.each([
  ['a variable of the stage', 'https://${stageVariables.host}/messages/{id}'],
  ['a port', 'http://example.com:8080'],
])('the URL may have %s', (_case, url) => {
  expect(parts(url).integration.IntegrationUri).toBe(url);
});

test('the URL may be known at deployment only, in part or all of it', () => {
  // GIVEN
  const { valueAsString } = new CfnParameter(stack, 'Url');

  // THEN
  expect(parts(valueAsString).integration.IntegrationUri).toEqual({ Ref: 'Url' });
  expect(() => new IntegrationParts(quickStack(), RouteIntegration.http(`ftp://${valueAsString}`))).toThrow('is not an http or https URL');
});

describe('the URL', () => {
  const check = (url: string, options: WebsocketHttpIntegrationOptions = {}) => RouteIntegration.http(url, options)._check(stack, 'integration');

  test.each([
    'https://example.com', 'http://example.com:8080/a/{id}?b=c', 'HTTPS://example.com', 'https://${stageVariables.host}/a', '${Token[TOKEN.1]}',
    'https://${Token[TOKEN.1]}/a', 'http://nlb-1.elb.eu-west-1.amazonaws.com/',
  ])('%s is legal', (url) => {
    expect(() => check(url, { vpcLink: link() })).not.toThrow();
  });

  test.each(['', 'example.com', 'ftp://example.com', 'ws://example.com', 'https://', 'https:///a', 'https://exa mple.com', 'wss://${Token[TOKEN.1]}'])('%s is refused', (url) => {
    expect(() => check(url)).toThrow('is not an http or https URL');
  });

  test('https to the AWS name of a load balancer is refused behind a VPC link only: without one, a proxy may answer', () => {
    const url = 'https://nlb-1.elb.eu-west-1.amazonaws.com/';
    expect(() => check(url, { vpcLink: link() })).toThrow('is https to the AWS name of a load balancer, for which no certificate can be issued');
    expect(() => check(url)).not.toThrow();
  });
});

describe('refused is', () => {
  const NO_URL = 'is not an http or https URL; write "https://<host>/<path>"; ${stageVariables.<name>} may replace anything after https://';
  test.each<[string, string, () => WebsocketHttpIntegrationOptions, string]>([
    ['another protocol', 'ftp://example.com', () => ({}), `url: "ftp://example.com" ${NO_URL}`],
    ['no protocol', 'example.com/messages', () => ({}), `url: "example.com/messages" ${NO_URL}`],
    ['no host', 'https:///messages', () => ({}), `url: "https:///messages" ${NO_URL}`],
    ['https to the name that a load balancer has of its own', 'https://nlb-1.elb.eu-west-1.amazonaws.com/', () => ({ vpcLink: link() }),
      'url: "https://nlb-1.elb.eu-west-1.amazonaws.com/" is https to the AWS name of a load balancer, for which no certificate can be issued; '
      + 'use http, or a name in the certificate of the load balancer: the VPC link says where the request goes'],
    ['the id of a VPC link', 'http://example.com', () => ({ vpcLink: 'abc123' as never }),
      'vpcLink: "abc123" is not a VPC link; use VpcLink.fromVpcLinkId(this, \'Imported\', id) for an id'],
    ['a VPC link of HTTP APIs', 'http://example.com', () => ({ vpcLink: new VpcLink(stack, 'Link', { vpc: new ec2.Vpc(stack, 'Vpc') }) as never }),
      'vpcLink: Stack/Link is a VPC link of HTTP APIs, but WebSocket APIs need one of REST APIs; '
      + 'make one with VpcLink of aws-cdk-lib/aws-apigateway, for a Network Load Balancer'],
  ])('%s', (_case, url, options, message) => {
    expect(() => parts(url, options())).toThrow(new Error(`Stack/Home: integration.${message}`));
  });
});
