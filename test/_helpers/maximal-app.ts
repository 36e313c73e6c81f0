import { Duration, Stack } from 'aws-cdk-lib';
import { VpcLink } from 'aws-cdk-lib/aws-apigateway';
import { ContentHandling, HttpMethod, IpAddressType, PassthroughBehavior, WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { inlineFunction, quickApp } from './quick-app';
import {
  ConnectAuthorizer,
  RouteIntegration,
  WebsocketLoggingLevel,
  WebsocketModel,
  WebsocketServiceRoute,
  WebsocketRoutes,
  WebsocketService,
  WebsocketServiceProps,
  WebsocketStageOptions,
} from '../../lib';
import { WebsocketRouteSettings } from '../../lib/route-settings';

/** An app that sets everything that there is, for docs/coverage.md. */
export function maximalTemplates(): object[] {
  const app = quickApp();
  const stack = new Stack(app, 'Owner');
  new WebsocketService(stack, 'Chat', { ...apiProps(), ...stageOptions(stack), routes: { ...connect(stack), ...messages(stack) } });

  const guest = new Stack(app, 'Guest');
  const service = WebsocketService.fromAttributes(guest, 'Chat', { apiId: 'abc123', stageName: 'dev' });
  new WebsocketRoutes(guest, 'Routes', { service, deploy: true, routes: { more: { function: inlineFunction(guest, 'More') } } });
  return app.synth().stacks.map(({ template }) => template as object);
}

function apiProps(): Omit<WebsocketServiceProps, 'routes'> {
  return {
    apiName: 'chat',
    apiVersion: '1.2.3',
    apiKeySelectionExpression: WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY,
    authorizer: ConnectAuthorizer.jwt({ issuer: 'https://issuer.example.com', audience: ['chat'], authorizerName: 'tokens' }),
    description: 'Everybody talks to everybody',
    disableExecuteApiEndpoint: true,
    disableSchemaValidation: true,
    ipAddressType: IpAddressType.DUAL_STACK,
    routeSelectionExpression: '$request.body.type',
    tags: { team: 'chat' },
    additionalStages: { beta: {} },
  };
}

const ROUTE_SETTINGS: WebsocketRouteSettings = {
  throttle: { rateLimit: 100, burstLimit: 200 },
  detailedMetricsEnabled: true,
  loggingLevel: WebsocketLoggingLevel.INFO,
  dataTraceEnabled: true,
};

function stageOptions(stack: Stack): WebsocketStageOptions & { readonly stageName: string } {
  return {
    ...ROUTE_SETTINGS,
    stageName: 'prod',
    accessLog: {},
    autoDeploy: false,
    clientCertificateId: 'certificate',
    stageDescription: 'The real one',
    stageVariables: { table: 'chat' },
    domain: {
      domainName: 'ws.example.com',
      certificate: Certificate.fromCertificateArn(stack, 'Certificate', stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: '1' })),
      certificateName: 'ws',
      hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
      ipAddressType: IpAddressType.DUAL_STACK,
      mappingKey: 'chat',
    },
  };
}

function connect(stack: Stack): Record<string, WebsocketServiceRoute> {
  return {
    $connect: {
      ...ROUTE_SETTINGS,
      function: inlineFunction(stack, 'Connect'),
      apiKeyRequired: true,
      contentHandling: ContentHandling.CONVERT_TO_TEXT,
      integrationTimeout: Duration.seconds(5),
      requestParameters: { 'route.request.querystring.room': true },
    },
  };
}

function messages(stack: Stack): Record<string, WebsocketServiceRoute> {
  const model = WebsocketModel.fromSchema({ type: 'object' }, { modelName: 'Order', description: 'An order', contentType: 'application/json' });
  return {
    order: {
      integration: direct(stack),
      operationName: 'Order',
      requestModels: { $default: model },
      modelSelectionExpression: '$request.body.kind',
      returnResponse: true,
      responseModels: { $default: model },
      responseParameters: { 'route.response.header.order': true },
    },
    stock: {
      integration: RouteIntegration.http('https://stock.example.com', {
        method: HttpMethod.PUT,
        vpcLink: VpcLink.fromVpcLinkId(stack, 'Link', 'abc123'),
        requestParameters: { 'integration.request.header.connection': 'context.connectionId' },
      }),
    },
  };
}

function direct(stack: Stack): RouteIntegration {
  return RouteIntegration.sqs(new Queue(stack, 'Queue'), {
    contentHandling: ContentHandling.CONVERT_TO_TEXT,
    description: 'Keeps orders',
    passthroughBehavior: PassthroughBehavior.NEVER,
    templateSelectionExpression: '\\$default',
    timeout: Duration.seconds(5),
    responses: [{
      key: '/2\\d\\d/',
      contentHandling: ContentHandling.CONVERT_TO_TEXT,
      responseParameters: { 'method.response.header.order': 'integration.response.header.order' },
      responseTemplates: { $default: '{"accepted":true}' },
      templateSelectionExpression: '\\$default',
    }],
  });
}
