import { Token } from 'aws-cdk-lib';
import { IVpcLink } from 'aws-cdk-lib/aws-apigateway';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { CommonIntegrationOptions, TemplatedIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { Kind, STRING } from '../private/checks/kind';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { Fault } from '../private/problem';

/**
 * Options of `RouteIntegration.http`.
 *
 * @example
 * RouteIntegration.http('https://example.com/rooms/{room}', {
 *   method: apigatewayv2.HttpMethod.PUT,
 *   requestParameters: { 'integration.request.path.room': 'route.request.body.room' },
 * });
 */
export interface WebsocketHttpIntegrationOptions extends TemplatedIntegrationOptions {
  /**
   * The method of the request.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default HttpMethod.POST
   */
  readonly method?: HttpMethod;

  /**
   * A VPC link of REST APIs, for a Network Load Balancer in a VPC. WebSocket APIs support no other kind of VPC link.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
   * @default - API Gateway reaches the URL over the internet
   */
  readonly vpcLink?: IVpcLink;
}

/**
 * Options of `RouteIntegration.httpProxy`.
 *
 * @example
 * RouteIntegration.httpProxy('https://example.com/search', {
 *   requestParameters: { 'integration.request.header.ConnectionId': 'context.connectionId' },
 * });
 */
export interface WebsocketHttpProxyIntegrationOptions extends CommonIntegrationOptions {
  /**
   * The method of the request.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default HttpMethod.POST
   */
  readonly method?: HttpMethod;

  /**
   * The way into a VPC: a VPC link of REST APIs, which leads to a Network Load Balancer. WebSocket APIs take no other kind.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
   * @default - API Gateway reaches the URL over the internet
   */
  readonly vpcLink?: IVpcLink;

  /**
   * Parameters of the request to the backend, as in `WebsocketHttpIntegrationOptions`. The backend needs them to know the connection:
   * `{ 'integration.request.header.ConnectionId': 'context.connectionId' }`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
   * @default - no parameters
   */
  readonly requestParameters?: { [destination: string]: string };
}

const URL: Kind = { ...STRING, example: "'https://example.com'" };

type Backend = Pick<WebsocketHttpIntegrationOptions, 'method' | 'vpcLink'>;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html */
export function httpIntegration(url: string, options: WebsocketHttpIntegrationOptions): IntegrationPlan {
  return { factory: 'http', struct: 'WebsocketHttpIntegrationOptions', options, ...request('HTTP', url, options) };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html */
export function httpProxyIntegration(url: string, options: WebsocketHttpProxyIntegrationOptions): IntegrationPlan {
  return {
    factory: 'httpProxy',
    struct: 'WebsocketHttpProxyIntegrationOptions',
    options,
    templatedFactory: 'http',
    ...request('HTTP_PROXY', url, options),
  };
}

function request(type: 'HTTP' | 'HTTP_PROXY', url: string, options: Backend): Pick<IntegrationPlan, 'target' | 'check' | 'define'> {
  return {
    target: { name: 'url', value: url, kind: URL },
    check: (checks) => checkBackend(checks, url, options),
    define: () => ({ type, uri: url, method: options.method ?? 'POST', vpcLinkId: options.vpcLink?.vpcLinkId }),
  };
}

function checkBackend(checks: Checks, url: string, { vpcLink }: Backend): void {
  checks.that('url', url, () => urlFault(url, vpcLink !== undefined));
  if (vpcLink !== undefined && !Construct.isConstruct(vpcLink)) {
    checks.refuse('vpcLink', vpcLink, { reason: 'is not a VPC link', remedy: "use VpcLink.fromVpcLinkId(this, 'Imported', id) for an id" });
  }
  // Only a VPC link of HTTP APIs has the property.
  if (vpcLink && 'vpc' in vpcLink) {
    checks.refuse('vpcLink', vpcLink, {
      reason: 'is a VPC link of HTTP APIs, but WebSocket APIs need one of REST APIs',
      remedy: 'make one with VpcLink of aws-cdk-lib/aws-apigateway, for a Network Load Balancer',
    });
  }
}

function urlFault(url: string, throughVpcLink: boolean): Fault | undefined {
  if (Token.isUnresolved(url) && !/^[a-z]+:/i.test(url)) return undefined;
  if (!/^https?:\/\/[^\s/]\S*$/i.test(url)) {
    return {
      reason: 'is not an http or https URL',
      remedy: 'write "https://<host>/<path>"; ${stageVariables.<name>} may replace anything after https://',
    };
  }
  if (throughVpcLink && /^https:\/\/[^/]*\.elb\.[^/]*amazonaws\.com/i.test(url)) {
    return {
      reason: 'is https to the AWS name of a load balancer, for which no certificate can be issued',
      remedy: 'use http, or a name in the certificate of the load balancer: the VPC link says where the request goes',
    };
  }
  return undefined;
}
