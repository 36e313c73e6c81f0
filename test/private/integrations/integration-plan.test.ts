import { CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { RouteIntegration } from '../../../lib';
import { integrationTimeoutFault } from '../../../lib/private/integrations/integration-plan';
import { quickStack } from '../../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function make(integration: RouteIntegration): void {
  integration._makeIn(new Construct(stack, 'Home'), new WebSocketApi(stack, 'Api'));
}

/** Takes what JavaScript may give. */
const http = (options: unknown) => RouteIntegration.http('https://example.com', options as never);

const KEY_REMEDY = 'use $default, or a regular expression between slashes such as /4\\d\\d/';

test.each<[string, unknown, string]>([
  ['an option that there is not', { timeOut: 5 }, 'timeOut: 5: there is no option `timeOut`; did you mean `timeout`?'],
  ['a timeout that is none', { timeout: 5 }, 'timeout: 5 is not a Duration; use Duration.seconds(30)'],
  ['a timeout beyond the bounds', { timeout: Duration.seconds(30) },
    'timeout: 30 seconds is not between 50 milliseconds and 29 seconds, the bounds of API Gateway; '
    + 'choose a time between them; a function may run on for longer, and answer through the callback URL'],
  ['a parameter that goes nowhere', { requestParameters: { 'request.header.A': "'b'" } },
    'requestParameters: "request.header.A" is not a parameter of a request to a backend; '
    + 'use integration.request.header.<name>, integration.request.querystring.<name> or integration.request.path.<name>'],
  ['a parameter from nowhere', { requestParameters: { 'integration.request.header.A': 'b' } },
    'requestParameters["integration.request.header.A"]: "b" is not a source of a request parameter; use context.<name>, stageVariables.<name>, '
    + "route.request.body.<JSONPath>, literal text in single quotes ('text'), or on $connect route.request.header.<name> and route.request.querystring.<name>"],
  ['a selection of a variable that is meant as a key', { templateSelectionExpression: '$default' },
    'templateSelectionExpression: "$default" would be read as a variable; write "\\$default", in code \'\\\\$default\''],
  ['a response whose key is a status', { responses: [{ key: '200' }] }, `responses: "200" is neither $default nor a /regular expression/; ${KEY_REMEDY}`],
  ['a response whose key is broken', { responses: [{ key: '/(4/' }] }, `responses: "/(4/" is a broken regular expression; ${KEY_REMEDY}`],
  ['two responses of one key', { responses: [{ key: '/a/' }, { key: '$default' }, { key: '/a/' }] },
    'responses: "/a/" is the key of two integration responses; keep one of them'],
  ['a response parameter that goes nowhere', { responses: [{ key: '/a/', responseParameters: { A: "'b'" } }] },
    'responses["/a/"].responseParameters: "A" is not a parameter of a response; use method.response.header.<name>'],
  ['a response parameter from nowhere', { responses: [{ key: '/a/', responseParameters: { 'method.response.header.A': 'b' } }] },
    'responses["/a/"].responseParameters["method.response.header.A"]: "b" is not a source of a response parameter; '
    + "use integration.response.header.<name>, integration.response.body.<JSONPath> or literal text in single quotes ('text')"],
  ['a selection of a response that is none', { responses: [{ key: '/a/', templateSelectionExpression: '${status}' }] },
    'responses["/a/"].templateSelectionExpression: "${status}" is not a selection expression; use ${request.body.<path>}, or the key of a template; '
    + 'a literal $ is written \\$'],
])('%s is refused', (_case, options, message) => {
  expect(() => make(http(options))).toThrow(new Error(`Stack/Home: integration.${message}`));
});

test.each(['requestTemplates', 'responses', 'templateSelectionExpression', 'passthroughBehavior'])('%s is not for a proxy', (option) => {
  const proxy = RouteIntegration.httpProxy('https://example.com', { [option]: 'x' } as never);
  expect(() => make(proxy)).toThrow(new Error(
    `Stack/Home: integration.${option}: "x" is not an option of a proxy integration, which passes message and response through unchanged; `
    + 'leave it out, or use http instead of httpProxy',
  ));
});

test('an option without a value is none', () => {
  expect(() => make(http({ timeOut: undefined, timeout: undefined, responses: undefined }))).not.toThrow();
});

test('what is known at deployment only is let through', () => {
  // GIVEN
  const { valueAsString: token } = new CfnParameter(stack, 'Token');

  // THEN
  expect(() => make(http({
    description: token,
    timeout: Duration.millis(new CfnParameter(stack, 'Time', { type: 'Number' }).valueAsNumber),
    requestParameters: { 'integration.request.header.A': token },
    templateSelectionExpression: token,
    responses: [{ key: '/a/', responseParameters: { 'method.response.header.A': token } }],
  }))).not.toThrow();
});

test('_check says where an integration is given', () => {
  expect(() => http({ timeout: 5 })._check(stack, 'routes["a"].integration')).toThrow(new Error(
    'Stack: routes["a"].integration.timeout: 5 is not a Duration; use Duration.seconds(30)',
  ));
});

describe('integrationTimeoutFault', () => {
  test.each([
    Duration.millis(50), Duration.millis(51), Duration.seconds(1), Duration.millis(28_999), Duration.seconds(29),
  ])('%s is a timeout', (timeout) => {
    expect(integrationTimeoutFault(timeout)).toBeUndefined();
  });

  test('a token in milliseconds is let through', () => {
    expect(integrationTimeoutFault(Duration.millis(Token.asNumber({ Ref: 'Millis' })))).toBeUndefined();
  });

  test('a token in another unit is refused: the template has milliseconds', () => {
    expect(integrationTimeoutFault(Duration.seconds(Token.asNumber({ Ref: 'Seconds' })))).toEqual({
      reason: 'is known only at deployment, and cannot be converted to milliseconds before that',
      remedy: 'make it with Duration.millis()',
    });
  });

  test.each([
    Duration.millis(0), Duration.millis(49), Duration.millis(29_001), Duration.seconds(30), Duration.minutes(1),
  ])('%s is refused', (timeout) => {
    expect(integrationTimeoutFault(timeout)).toEqual({
      reason: 'is not between 50 milliseconds and 29 seconds, the bounds of API Gateway',
      remedy: 'choose a time between them; a function may run on for longer, and answer through the callback URL',
    });
  });
});
