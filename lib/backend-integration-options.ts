import { IVpcLink } from 'aws-cdk-lib/aws-apigateway';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { WebsocketIntegrationBaseOptions, WebsocketIntegrationOptions, WebsocketServiceIntegrationOptions } from './integration-options';

/**
 * Options of `RouteIntegration.http`.
 *
 * @example
 * RouteIntegration.http('https://example.com/rooms/{room}', {
 *   method: apigatewayv2.HttpMethod.PUT,
 *   requestParameters: { 'integration.request.path.room': 'route.request.body.room' },
 * });
 */
export interface WebsocketHttpIntegrationOptions extends WebsocketIntegrationOptions {
  /**
   * The method of the request.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default HttpMethod.POST
   */
  readonly method?: HttpMethod;

  /**
   * The way into a VPC: a VPC link of REST APIs, which leads to a Network Load Balancer. WebSocket APIs take no other.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
   * @default - the URL is reached through the internet
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
export interface WebsocketHttpProxyIntegrationOptions extends WebsocketIntegrationBaseOptions {
  /**
   * The method of the request.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default HttpMethod.POST
   */
  readonly method?: HttpMethod;

  /**
   * The way into a VPC: a VPC link of REST APIs, which leads to a Network Load Balancer. WebSocket APIs take no other.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
   * @default - the URL is reached through the internet
   */
  readonly vpcLink?: IVpcLink;

  /**
   * Parameters of the request to the backend, as those of `WebsocketIntegrationOptions`. The backend learns of the connection
   * by them only: `{ 'integration.request.header.ConnectionId': 'context.connectionId' }`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
   * @default - none
   */
  readonly requestParameters?: { [destination: string]: string };
}

/**
 * Options of `RouteIntegration.mock`.
 *
 * @example
 * RouteIntegration.mock({ response: '{"you":"$context.connectionId"}' });
 */
export interface WebsocketMockIntegrationOptions extends WebsocketIntegrationOptions {
  /**
   * The status that the integration responses are chosen by; on `$connect` the one that the client gets.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   * @default 200
   */
  readonly statusCode?: number;

  /**
   * What a two-way route sends to the client: a mapping template.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - nothing
   */
  readonly response?: string;
}

/**
 * Options of `RouteIntegration.ping`.
 *
 * @example
 * service.addRoute('ping', { integration: RouteIntegration.ping({ response: '{"pong":true}' }), returnResponse: true });
 */
export interface WebsocketPingIntegrationOptions {
  /**
   * The answer: a mapping template.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default '{"message":"pong"}'
   */
  readonly response?: string;

  /**
   * What the integration is for.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default - no description
   */
  readonly description?: string;
}

/**
 * Options of `RouteIntegration.lambda`.
 *
 * @example
 * service.addRoute('report', { integration: RouteIntegration.lambda(worker, { asynchronous: true }) });
 */
export interface WebsocketLambdaIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * Whether Lambda queues the event and answers at once, without the result.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
   * @default false
   */
  readonly asynchronous?: boolean;

  /**
   * More members of the event, beside `requestContext` and `body`: each a text or one variable.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - none
   */
  readonly attributes?: { [name: string]: string };
}

/**
 * Options of `RouteIntegration.lambdaAlias`.
 *
 * @example
 * service.addRoute('beta', { integration: RouteIntegration.lambdaAlias(worker, { aliases: [blue, green], stageVariable: 'colour' }) });
 */
export interface WebsocketLambdaAliasIntegrationOptions extends WebsocketIntegrationBaseOptions {
  /**
   * The aliases of the function that the stage variable may name. API Gateway may invoke these and no others.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
   */
  readonly aliases: lambda.IAlias[];

  /**
   * The variable of the stage that holds the name of the alias.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default 'alias'
   */
  readonly stageVariable?: string;
}
