import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ConnectAuthorizer, RouteIntegration, WebsocketService, WebsocketServiceProps } from '../lib';
import { inlineFunction, quickStack } from './_helpers/quick-app';

const { HEADER_X_API_KEY, AUTHORIZER_USAGE_IDENTIFIER_KEY } = WebSocketApiKeySelectionExpression;
const ISSUER = { issuer: 'https://login.example.com/', audience: ['chat'] };

let stack: Stack;
beforeEach(() => { stack = quickStack(); });

function service(props: Partial<WebsocketServiceProps>): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { $connect: { integration: RouteIntegration.mock(), apiKeyRequired: true } }, authorizer: ConnectAuthorizer.none(), ...props,
  });
}

describe('a key', () => {
  test('is required on $connect, and a usage plan covers every stage and depends on it', () => {
    // WHEN
    const chat = service({ additionalStages: { beta: {} } });
    chat.addUsagePlan('Gold', { quota: { limit: 100 } });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', ApiKeyRequired: true });
    const [plan] = Object.values(template.findResources('AWS::ApiGateway::UsagePlan'));
    expect(plan.Properties).toEqual({
      ApiStages: ['dev', 'beta'].map((Stage) => ({ ApiId: stack.resolve(chat.apiId), Stage })),
      Quota: { Limit: 100 },
    });
    expect(plan.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::ApiGatewayV2::Stage'))));
  });

  test('is not required by default', () => {
    // WHEN
    service({ routes: { $connect: { integration: RouteIntegration.mock() } } });

    // THEN
    const [route] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Route'));
    expect(route.Properties).not.toHaveProperty('ApiKeyRequired');
  });

  test('is for $connect only', () => {
    expect(() => service({ routes: { send: { integration: RouteIntegration.mock(), apiKeyRequired: true } } })).toThrow(new Error(
      'Stack/Chat: routes["send"].apiKeyRequired: true is for $connect only: a message carries no key; '
      + 'set it on the $connect route, which protects all others',
    ));
  });
});

describe('the place of the key', () => {
  const byAuthorizer = (authorizer: ConnectAuthorizer) => service({ apiKeySelectionExpression: AUTHORIZER_USAGE_IDENTIFIER_KEY, authorizer });

  test.each<[string, () => ConnectAuthorizer]>([
    ['a function', () => ConnectAuthorizer.function(inlineFunction(stack, 'Fn'))],
    ['tokens', () => ConnectAuthorizer.jwt({ ...ISSUER, usageIdentifierClaim: 'api_key' })],
    ['one of your own', () => ConnectAuthorizer.custom({ bind: () => ({ authorizerId: 'abc', authorizationType: 'CUSTOM' }) })],
  ])('may be an authorizer: %s', (_, authorizer) => {
    byAuthorizer(authorizer());

    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', { ApiKeySelectionExpression: '$context.authorizer.usageIdentifierKey' });
  });

  test('may be the header', () => {
    service({ apiKeySelectionExpression: HEADER_X_API_KEY });

    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', { ApiKeySelectionExpression: '$request.header.x-api-key' });
  });

  test('may be a token', () => {
    const late = new CfnParameter(stack, 'Late').valueAsString;
    expect(() => service({ apiKeySelectionExpression: new WebSocketApiKeySelectionExpression(late) })).not.toThrow();
  });

  test.each<[string, () => ConnectAuthorizer]>([
    ['none', () => ConnectAuthorizer.none()],
    ['IAM', () => ConnectAuthorizer.iam()],
    ['IAM of aws-cdk-lib', () => ConnectAuthorizer.custom(new WebSocketIamAuthorizer())],
  ])('is no authorizer that runs no function: %s', (_, authorizer) => {
    expect(() => byAuthorizer(authorizer())).toThrow(new Error(
      'Stack/Chat: apiKeySelectionExpression: "$context.authorizer.usageIdentifierKey" takes the API key from a Lambda authorizer, but the service has none; '
      + 'give `authorizer`, for example ConnectAuthorizer.handler(...) or .jwt(...), or leave it out for the header x-api-key',
    ));
  });

  test('is nowhere else', () => {
    expect(() => service({ apiKeySelectionExpression: new WebSocketApiKeySelectionExpression('$request.querystring.key') })).toThrow(new Error(
      'Stack/Chat: apiKeySelectionExpression: "$request.querystring.key" is not a place where API Gateway looks for an API key; '
      + 'use HEADER_X_API_KEY or AUTHORIZER_USAGE_IDENTIFIER_KEY of WebSocketApiKeySelectionExpression',
    ));
  });

  test('is not a string', () => {
    expect(() => service({ apiKeySelectionExpression: 'x-api-key' as unknown as WebSocketApiKeySelectionExpression })).toThrow(new Error(
      'Stack/Chat: apiKeySelectionExpression: "x-api-key" is not a WebSocketApiKeySelectionExpression; '
      + 'use WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY',
    ));
  });

  test('is not the header for a claim that names a key', () => {
    expect(() => service({ authorizer: ConnectAuthorizer.jwt({ ...ISSUER, usageIdentifierClaim: 'api_key' }) })).toThrow(new Error(
      'Stack/Chat: authorizer.usageIdentifierClaim: "api_key" is the claim of an API key, but the API reads keys from the header x-api-key; '
      + 'set `apiKeySelectionExpression: WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY`',
    ));
  });
});
