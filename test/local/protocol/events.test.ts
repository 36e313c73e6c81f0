import fc from 'fast-check';
import {
  authorizerEvent, clfTime, connectEvent, contextVariables, disconnectEvent, isId, messageEvent, newId, newRequest, newTraceId,
} from '../../../lib/local/protocol/events';
import type { ConnectionContext, HandshakeRequest } from '../../../lib/local/protocol/events';

const context: ConnectionContext = {
  connectionId: 'PJqB0fHsqRcCHlw=',
  connectedAt: 1_701_245_041_796,
  apiId: 'aabbccdd',
  stage: 'production',
  domainName: 'aabbccdd.execute-api.ap-northeast-1.amazonaws.com',
  identity: { sourceIp: '203.0.113.7' },
  stageVariables: {},
};
const stamp = { requestId: 'PJqB0E1tKRcF-Qw=', time: 1_701_245_041_798 };
const handshake: HandshakeRequest = {
  rawHeaders: [
    'Host', 'aabbccdd.execute-api.ap-northeast-1.amazonaws.com', 'Connection', 'Upgrade', 'Upgrade', 'websocket',
    'Sec-WebSocket-Key', 'asdf==',
  ],
  query: '',
  traceId: 'Root=1-65d2ff2e-718990494fd688f062bf1571',
  sourceIp: '203.0.113.7',
  port: 443,
  secure: true,
};
const authorizer = { tenant_id: 'x', principalId: 'user-1' };
const common = {
  extendedRequestId: 'PJqB0E1tKRcF-Qw=',
  requestTime: '29/Nov/2023:08:04:01 +0000',
  messageDirection: 'IN',
  stage: 'production',
  connectedAt: 1_701_245_041_796,
  requestTimeEpoch: 1_701_245_041_798,
  identity: { sourceIp: '203.0.113.7' },
  requestId: 'PJqB0E1tKRcF-Qw=',
  domainName: 'aabbccdd.execute-api.ap-northeast-1.amazonaws.com',
  connectionId: 'PJqB0fHsqRcCHlw=',
  apiId: 'aabbccdd',
};
const connectHeaders = {
  'Host': 'aabbccdd.execute-api.ap-northeast-1.amazonaws.com',
  'Sec-WebSocket-Key': 'asdf==',
  'X-Amzn-Trace-Id': 'Root=1-65d2ff2e-718990494fd688f062bf1571',
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};
const message = { routeKey: 'sendMessage', messageId: 'PJqCFfHyKRcCHlw=', body: '{"action":"sendMessage"}' };

describe('$connect', () => {
  test('1.3, 1.3.1, 1.3.2, 1.3.3, 1.3.5, 1.3.7, 1.3.10: nothing speaks of what there is not', () => {
    expect(asJson(connectEvent(context, stamp, handshake))).toStrictEqual({
      headers: connectHeaders,
      multiValueHeaders: lists(connectHeaders),
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', ...common },
      isBase64Encoded: false,
    });
  });

  test('1.3: with all there is', () => {
    // GIVEN
    const identity = { sourceIp: '203.0.113.7', userAgent: 'Mozilla/5.0' };
    const full = { ...context, authorizer, stageVariables: { table: 'rooms' }, identity };

    // WHEN
    const event = connectEvent(full, stamp, { ...handshake, query: 'path=one&path=two' }, 21);

    // THEN
    expect(asJson(event)).toStrictEqual({
      headers: connectHeaders,
      multiValueHeaders: lists(connectHeaders),
      queryStringParameters: { path: 'two' },
      multiValueQueryStringParameters: { path: ['one', 'two'] },
      stageVariables: { table: 'rooms' },
      requestContext: {
        routeKey: '$connect',
        authorizer: { tenant_id: 'x', principalId: 'user-1', integrationLatency: 21 },
        eventType: 'CONNECT',
        ...common,
        identity,
      },
      isBase64Encoded: false,
    });
  });

  test('3.9: the authorizer\'s latency is a number, also if it is 0', () => {
    expect(connectEvent({ ...context, authorizer }, stamp, handshake, 0)).toMatchObject({
      requestContext: { authorizer: { integrationLatency: 0 } },
    });
  });
});

describe('a message', () => {
  test('1.4, 1.4.1, 1.4.2, 1.4.4: has neither headers nor query parameters', () => {
    expect(asJson(messageEvent(context, stamp, message))).toStrictEqual({
      requestContext: { routeKey: 'sendMessage', messageId: 'PJqCFfHyKRcCHlw=', eventType: 'MESSAGE', ...common },
      body: '{"action":"sendMessage"}',
      isBase64Encoded: false,
    });
  });

  test('1.4.4: an empty message has no body', () => {
    expect(asJson(messageEvent(context, stamp, { ...message, body: '' }))).not.toHaveProperty('body');
  });

  test('1.4.5: has the authorizer\'s context, without the latency', () => {
    expect(asJson(messageEvent({ ...context, authorizer, stageVariables: { table: 'rooms' } }, stamp, message))).toStrictEqual({
      stageVariables: { table: 'rooms' },
      requestContext: { routeKey: 'sendMessage', authorizer, messageId: 'PJqCFfHyKRcCHlw=', eventType: 'MESSAGE', ...common },
      body: '{"action":"sendMessage"}',
      isBase64Encoded: false,
    });
  });

  test('1.4.3: the body is the text as it came', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), (body) => {
      expect(asJson(messageEvent(context, stamp, { ...message, body }))).toMatchObject({ body });
    }));
  });
});

describe('$disconnect', () => {
  test('1.5, 1.5.1, 1.5.4: has four headers, the code and the reason', () => {
    // WHEN
    const event = disconnectEvent(context, stamp, { code: 1005, reason: 'Client-side close frame status not set', host: 'localhost:3001' });

    // THEN
    expect(asJson(event)).toStrictEqual({
      headers: { 'Host': 'localhost:3001', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
      multiValueHeaders: { 'Host': ['localhost:3001'], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
      requestContext: {
        routeKey: '$disconnect',
        disconnectStatusCode: 1005,
        disconnectReason: 'Client-side close frame status not set',
        eventType: 'DISCONNECT',
        ...common,
      },
      isBase64Encoded: false,
    });
  });

  test('1.4.5: has the authorizer\'s context', () => {
    expect(disconnectEvent({ ...context, authorizer }, stamp, { code: 1001, reason: '', host: 'h' })).toMatchObject({
      requestContext: { authorizer: { tenant_id: 'x', principalId: 'user-1' }, disconnectReason: '' },
    });
  });
});

describe('the authorizer', () => {
  const methodArn = 'arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/production/$connect';

  test('3.2, 1.3.10: always has stage variables and the headers of the connection, never isBase64Encoded', () => {
    // GIVEN
    const headers = { 'Connection': 'upgrade', 'content-length': '0', 'Upgrade': 'websocket', ...connectHeaders };

    // THEN
    expect(asJson(authorizerEvent(context, stamp, { ...handshake, query: 'token=a' }, methodArn))).toStrictEqual({
      type: 'REQUEST',
      methodArn,
      headers,
      multiValueHeaders: lists(headers),
      queryStringParameters: { token: 'a' },
      multiValueQueryStringParameters: { token: ['a'] },
      stageVariables: {},
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', ...common },
    });
  });

  test('3.2: without a query string its maps are empty', () => {
    expect(authorizerEvent({ ...context, stageVariables: { table: 'rooms' } }, stamp, handshake, methodArn)).toMatchObject({
      queryStringParameters: {}, multiValueQueryStringParameters: {}, stageVariables: { table: 'rooms' },
    });
  });
});

describe('$context', () => {
  test('8.3: of a message', () => {
    expect(contextVariables({ ...context, authorizer }, stamp, { eventType: 'MESSAGE', routeKey: 'send', messageId: 'm=' })).toStrictEqual({
      eventType: 'MESSAGE', routeKey: 'send', messageId: 'm=', authorizer, ...common,
    });
  });

  test('8.3: of a failure', () => {
    // GIVEN
    const failure = { eventType: 'MESSAGE', routeKey: 'send', status: 400, error: { messageString: '"Invalid request body"' } } as const;

    // THEN
    expect(contextVariables(context, stamp, failure)).toStrictEqual({ ...failure, ...common });
  });
});

test.each([
  [1_701_245_041_796, '29/Nov/2023:08:04:01 +0000'],
  [1_701_245_041_000, '29/Nov/2023:08:04:01 +0000'],
  [0, '01/Jan/1970:00:00:00 +0000'],
  [1_709_251_199_999, '29/Feb/2024:23:59:59 +0000'],
])('1.3.6: %d is %s', (ms, text) => {
  expect(clfTime(ms)).toBe(text);
});

test('1.3.6: the time reads back to the second', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
    const [, day, month, year, clock] = /^(\d\d)\/(\w{3})\/(\d{4}):([\d:]{8}) \+0000$/.exec(clfTime(ms))!;
    expect(Date.parse(`${day} ${month} ${year} ${clock} GMT`)).toBe(Math.floor(ms / 1000) * 1000);
  }));
});

test('1.3, 1.4, 1.5, 3.2: whatever clients send, events become JSON', () => {
  fc.assert(fc.property(fc.array(fc.string()), fc.string(), fc.dictionary(fc.string(), fc.string()), (rawHeaders, query, anything) => {
    // GIVEN
    const strange = { ...context, stageVariables: anything, authorizer: anything };
    const request = { ...handshake, rawHeaders, query };

    // THEN
    for (const event of [
      connectEvent(strange, stamp, request, 1),
      authorizerEvent(strange, stamp, request, 'arn'),
      messageEvent(strange, stamp, { ...message, body: query }),
      disconnectEvent(strange, stamp, { code: 1000, reason: query, host: query }),
    ]) {
      expect(asJson(event)).toHaveProperty('requestContext.connectionId', 'PJqB0fHsqRcCHlw=');
    }
  }));
});

function asJson(event: object): unknown {
  return JSON.parse(JSON.stringify(event));
}

function lists(headers: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

test('1.3.8: an id is 11 bytes in 16 characters that end in =', () => {
  // WHEN
  const ids = Array.from({ length: 5000 }, newId);

  // THEN
  expect(ids.filter((id) => !/^[A-Za-z0-9_-]{15}=$/.test(id))).toEqual([]);
  expect(ids.filter((id) => Buffer.from(id, 'base64url').length !== 11)).toEqual([]);
});

test('1.3.7, 1.4.4: no id comes twice', () => {
  expect(new Set(Array.from({ length: 20_000 }, newId)).size).toBe(20_000);
});

test('6.7: ids of AWS and of this gateway are well formed', () => {
  for (const id of ['PJqB0fHsqRcCHlw=', 'JC1dgf9yoAMCK-g=', 'HXT_RfBnPHcCIIg=', newId()]) expect(isId(id)).toBe(true);
});

test.each(['', 'x', 'PJqB0fHsqRcCHlw', 'PJqB0fHsqRcCHlw%3D', 'PJqB0fHsqRcCHlw==', 'PJqB0fHs/RcCHlw=', 'PJqB0fHsqRcCHlw=\n',
  '4e5b6a1c-4a4b-4f0e-9d3e-0a1b2c3d4e5f'])('6.7: %j is no id', (text) => {
  expect(isId(text)).toBe(false);
});

test('1.3.4: a trace id has the second in hexadecimal and 24 random digits', () => {
  // WHEN
  const ids = [newTraceId(1_708_326_702_500), newTraceId(1_708_326_702_500)];

  // THEN
  expect(ids[0]).toMatch(/^Root=1-65d2ff2e-[0-9a-f]{24}$/);
  expect(ids[1]).not.toBe(ids[0]);
});

test('6.7: isId takes any text', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isId(text) === 'boolean'));
});

test('a request has an id of its own and the time at which it begins', () => {
  const before = Date.now();
  const stamps = [newRequest(), newRequest()];

  expect(stamps.map(({ requestId }) => isId(requestId))).toEqual([true, true]);
  expect(stamps[0].requestId).not.toBe(stamps[1].requestId);
  expect(stamps.every(({ time }) => time >= before && time <= Date.now())).toBe(true);
});
