import { Lazy } from 'aws-cdk-lib';
import { WebsocketAccessLogFormat } from '../lib';
import { quickStack } from './_helpers/quick-app';
import { ACCESS_LOG_VARIABLES } from '../lib/access-log-format';
import { Checks } from '../lib/private/checks/checks';

const check = (format: WebsocketAccessLogFormat) => () => format._check(new Checks(quickStack(), 'accessLog.format'));
const fault = (message: string): Error => new Error(`Stack: accessLog.format: ${message}`);

/** The table of the page websocket-api-logging, `authorizer.<property>` apart. */
const DOCUMENTED = [
  'apiId', 'authorize.error', 'authorize.latency', 'authorize.status', 'authorizer.error', 'authorizer.integrationLatency',
  'authorizer.integrationStatus', 'authorizer.latency', 'authorizer.requestId', 'authorizer.status', 'authorizer.principalId',
  'authenticate.error', 'authenticate.latency', 'authenticate.status', 'connectedAt', 'connectionId', 'domainName', 'error.message',
  'error.messageString', 'error.responseType', 'error.validationErrorString', 'eventType', 'extendedRequestId', 'identity.accountId',
  'identity.apiKey', 'identity.apiKeyId', 'identity.caller', 'identity.cognitoAuthenticationProvider', 'identity.cognitoAuthenticationType',
  'identity.cognitoIdentityId', 'identity.cognitoIdentityPoolId', 'identity.principalOrgId', 'identity.sourceIp', 'identity.user',
  'identity.userAgent', 'identity.userArn', 'integration.error', 'integration.integrationStatus', 'integration.latency',
  'integration.requestId', 'integration.status', 'integrationLatency', 'messageId', 'requestId', 'requestTime', 'requestTimeEpoch',
  'routeKey', 'stage', 'status', 'waf.error', 'waf.latency', 'waf.status',
];

describe('json', () => {
  test('has every variable, each below its own name', () => {
    // WHEN
    const format = WebsocketAccessLogFormat.json();
    const line = JSON.parse(format._text) as Record<string, string | Record<string, string>>;

    // THEN
    const found = Object.entries(line).flatMap(([name, value]) => typeof value === 'string'
      ? [[name, value]]
      : Object.entries(value).map(([property, inner]) => [`${name}.${property}`, inner]));
    expect(found.map(([name]) => name).sort()).toEqual([...DOCUMENTED].sort());
    expect(found.filter(([name, value]) => value !== `$context.${name}`)).toEqual([]);
    expect(check(format)).not.toThrow();
  });

  test('has the variables that are chosen, in their order', () => {
    const format = WebsocketAccessLogFormat.json(['requestId', 'identity.sourceIp', 'status', 'authorizer.tenant', 'identity.user']);

    expect(format._text).toBe('{"requestId":"$context.requestId","identity":{"sourceIp":"$context.identity.sourceIp",'
      + '"user":"$context.identity.user"},"status":"$context.status","authorizer":{"tenant":"$context.authorizer.tenant"}}');
    expect(check(format)).not.toThrow();
  });

  test('is JSON also if properties of the authorizer have dots in them', () => {
    const format = WebsocketAccessLogFormat.json(['requestId', 'authorizer.a', 'authorizer.a.b']);

    expect(JSON.parse(format._text)).toEqual({
      requestId: '$context.requestId', authorizer: { 'a': '$context.authorizer.a', 'a.b': '$context.authorizer.a.b' },
    });
  });

  test.each([[['waf', 'waf.error']], [['waf.error', 'waf']]])('refuses a group instead of its variables: %j', (variables) => {
    expect(check(WebsocketAccessLogFormat.json(['requestId', ...variables])))
      .toThrow(fault('"$context.waf" is not a variable of WebSocket access logs; the nearest is $context.stage'));
  });
});

test('clf', () => {
  const format = WebsocketAccessLogFormat.clf();

  expect(format._text).toBe('$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] '
    + '"$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId');
  expect(check(format)).not.toThrow();
});

describe('custom', () => {
  test.each([
    '$context.requestId',
    '$context.extendedRequestId',
    'request $context.requestId.',
    '<$context.requestId>,$context.authorizer.anything,$context.authorizer.a-b',
    '$context.requestId $input',
  ])('takes %s as it is', (text) => {
    const format = WebsocketAccessLogFormat.custom(text);

    expect(format._text).toBe(text);
    expect(check(format)).not.toThrow();
  });

  test.each([
    ['$context.ip', '"$context.ip" is not a variable of WebSocket access logs; the nearest is $context.apiId'],
    ['$context.integrationStatus', '"$context.integrationStatus" is not a variable of WebSocket access logs; the nearest is $context.integration.status'],
    ['$context.requestid', '"$context.requestid" is not a variable of WebSocket access logs; the nearest is $context.requestId'],
    ['$context.identity.sourceIP', '"$context.identity.sourceIP" is not a variable of WebSocket access logs; the nearest is $context.identity.sourceIp'],
    ['$context.requestId $context', '"$context" is not a variable of WebSocket access logs; the nearest is $context.apiId'],
    ['$context.requestId $context.authorizer', '"$context.authorizer" is not a variable of WebSocket access logs; the nearest is $context.authorize.error'],
    ['$context.requestId\n', '"$context.requestId\\n" has a line break, but API Gateway accepts a single line only; '
      + 'write it on one line, as JSON.stringify does'],
    ['$context.status', '"$context.status" has neither $context.requestId nor $context.extendedRequestId, but API Gateway requires one of them; add one'],
    ['', '"" has neither $context.requestId nor $context.extendedRequestId, but API Gateway requires one of them; add one'],
    ['x'.repeat(101), `"${'x'.repeat(100)}..." has neither $context.requestId nor $context.extendedRequestId, but API Gateway requires one of them; add one`],
  ])('refuses %j', (text, message) => {
    expect(check(WebsocketAccessLogFormat.custom(text))).toThrow(fault(message));
  });

  test('accepts 3 KB and not a byte more', () => {
    const fits = '$context.requestId'.padEnd(3_070) + 'é';

    expect(check(WebsocketAccessLogFormat.custom(fits))).not.toThrow();
    expect(check(WebsocketAccessLogFormat.custom(`${fits}.`)))
      .toThrow(fault('3073 bytes are more than the 3072 that API Gateway allows for a format; log fewer variables'));
  });

  test('accepts a token', () => {
    expect(check(WebsocketAccessLogFormat.custom(Lazy.string({ produce: () => 'later' })))).not.toThrow();
  });

  test('rejects a value that is not a string', () => {
    expect(check(WebsocketAccessLogFormat.custom({ requestId: 1 } as unknown as string)))
      .toThrow(fault("{ requestId } is not a string; use 'src/messages.send'"));
  });
});

test('no variable is there twice', () => {
  expect(new Set(ACCESS_LOG_VARIABLES).size).toBe(ACCESS_LOG_VARIABLES.length);
});
