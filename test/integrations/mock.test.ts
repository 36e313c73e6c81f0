import { Stack } from 'aws-cdk-lib';
import { RouteIntegration } from '../../lib';
import { CONTEXT, IntegrationParts } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

const parts = (integration: RouteIntegration) => new IntegrationParts(stack, integration);

test('mock: a status, and nothing to say', () => {
  // WHEN
  const made = parts(RouteIntegration.mock());

  // THEN
  expect(made.integration).toEqual({
    ApiId: expect.anything(), IntegrationType: 'MOCK', RequestTemplates: { $default: '{"statusCode":200}' }, TemplateSelectionExpression: '\\$default',
  });
  expect(made.all('AWS::ApiGatewayV2::IntegrationResponse')).toEqual([{
    ApiId: expect.anything(), IntegrationId: expect.anything(), IntegrationResponseKey: '$default',
  }]);
});

test('mock: another status, with an answer that a template makes', () => {
  // WHEN
  const made = parts(RouteIntegration.mock({ statusCode: 403, response: '{"you":"$context.connectionId"}' }));

  // THEN
  expect(made.request('')).toBe('{"statusCode":403}');
  expect(made.response('')).toBe(`{"you":"${CONTEXT.connectionId}"}`);
});

test('ping: answers pong', () => {
  expect(parts(RouteIntegration.ping()).response('')).toBe('{"message":"pong"}');
});

test('ping: answers with what the user says', () => {
  // WHEN
  const made = parts(RouteIntegration.ping({ response: 'pong', description: 'keeps connections open' }));

  // THEN
  expect([made.response(''), made.integration.Description]).toEqual(['pong', 'keeps connections open']);
});

test.each([99, 600, 200.5])('mock: the status %s is refused', (statusCode) => {
  expect(() => parts(RouteIntegration.mock({ statusCode }))).toThrow(new Error(
    `Stack/Home: integration.statusCode: ${statusCode} is not an HTTP status; use one from 200 to 599`,
  ));
});
