import { Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, RouteIntegration, WebsocketService, WebsocketServiceProps } from '../lib';
import { inlineFunction, quickStack } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { $default: { function: inlineFunction(stack, 'Fn') } }, authorizer: ConnectAuthorizer.none(), ...props,
  });
}

test.each<[string, number, number, (text: string) => Partial<WebsocketServiceProps>]>([
  ['apiName', 1, 128, (apiName) => ({ apiName })],
  ['apiVersion', 1, 64, (apiVersion) => ({ apiVersion })],
  ['description', 0, 1024, (description) => ({ description })],
  ['stageDescription', 0, 1024, (stageDescription) => ({ stageDescription })],
  ['additionalStages["beta"].stageDescription', 0, 1024, (stageDescription) => ({ additionalStages: { beta: { stageDescription } } })],
  ['stageVariables["v"]', 1, 2048, (v) => ({ stageVariables: { v } })],
  ['authorizer.authorizerName', 1, 128, (authorizerName) => ({
    authorizer: ConnectAuthorizer.function(inlineFunction(stack, 'Authorizer'), { authorizerName }),
  })],
  ['authorizer.authorizerName', 1, 128, (authorizerName) => ({
    authorizer: ConnectAuthorizer.jwt({ issuer: 'https://issuer.example.com', audience: ['chat'], authorizerName }),
  })],
  ['routes["a"].integration.description', 0, 1024, (description) => ({
    routes: { a: { integration: RouteIntegration.http('https://a.b', { description }) } },
  })],
])('fails for a long `%s`', (property, least, most, props) => {
  // WHEN
  expect(() => service(props('x'.repeat(most)))).not.toThrow();

  // THEN
  stack = quickStack();
  expect(() => service(props('x'.repeat(most + 1)))).toThrow(new Error(
    `Stack/Chat: ${property}: "${most < 100 ? 'x'.repeat(most + 1) : `${'x'.repeat(100)}...`}" has ${most + 1} characters; use ${least} to ${most}`,
  ));
});

test('fails for more tags than a resource has', () => {
  const tags = (count: number): WebsocketServiceProps['tags'] => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x']));
  expect(() => service({ tags: tags(50) })).not.toThrow();
  stack = quickStack();
  expect(() => service({ tags: tags(51) })).toThrow(new Error('Stack/Chat: tags: 51 tags are more than the 50 of a resource; use fewer of them'));
});
