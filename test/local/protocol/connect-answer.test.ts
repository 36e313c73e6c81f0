import fc from 'fast-check';
import {
  connectStatus, missingIdentitySource, missingParameters, missingParametersRefusal, subprotocol,
} from '../../../lib/local/protocol/connect-answer';

test.each([200, 201, 204, 299])('2.1: %d opens the connection', (status) => {
  expect(connectStatus(status)).toBe(101);
});

test.each([301, 400, 401, 403, 429, 500, 501])('2.2: %d is what the client gets', (status) => {
  expect(connectStatus(status)).toBe(status);
});

test.each([100, 101, 199])('2.2: %d is not a final status', (status) => {
  expect(connectStatus(status)).toBe(502);
});

test('2.8: a subprotocol is never chosen for the function', () => {
  expect(subprotocol({})).toBeUndefined();
  expect(subprotocol({ 'sec-websocket-protocol': '' })).toBeUndefined();
});

test('2.8, 2.9: the function\'s subprotocol is copied, however the header is spelled', () => {
  expect(subprotocol({ 'Sec-WebSocket-Protocol': 'b' })).toBe('b');
  expect(subprotocol({ 'sec-websocket-protocol': 'c' })).toBe('c');
});

test('2.9: no value breaks out of the header', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => {
    expect(subprotocol({ 'sec-websocket-protocol': value }) ?? '').toMatch(/^[\x20-\x7e]*$/);
  }));
  expect(subprotocol({ 'sec-websocket-protocol': 'a\r\nSet-Cookie: b' })).toBeUndefined();
});

test('5.4.2: the refusal names the missing parameters', () => {
  expect(missingParametersRefusal(['route.request.querystring.token', 'route.request.header.X-Client'])).toEqual({
    status: 400, errorType: 'BadRequestException', body: '{"message":"Missing required request parameters: [token, X-Client]"}',
  });
});

const request = {
  headers: { authorization: 'Bearer x', empty: '' },
  query: { token: 't' },
  stageVariables: { tenant: 'a' },
  context: { connectionId: 'c=', connectedAt: 0, identity: { sourceIp: '203.0.113.7' } },
};

test.each([
  [[]],
  [['route.request.header.Authorization']],
  [['route.request.querystring.token', 'stageVariables.tenant']],
  [['context.identity.sourceIp', 'context.connectionId', 'context.connectedAt']],
])('3.3: nothing of %j is missing', (sources) => {
  expect(missingIdentitySource(sources, request)).toBeUndefined();
});

test.each([
  'route.request.header.X-Token',
  'route.request.header.empty',
  'route.request.querystring.Token',
  'stageVariables.none',
  'context.identity.userArn',
  'context.connectionId.length',
  'context.constructor',
  'route.request.header.__proto__',
  'route.request.querystring.__proto__',
  'route.request.body.token',
  '',
])('3.4: %j is missing', (source) => {
  expect(missingIdentitySource(['route.request.header.Authorization', source], request)).toBe(source);
});

test('3.3, 3.4: no source and no request throw', () => {
  const prefix = fc.constantFrom('route.request.header.', 'route.request.querystring.', 'stageVariables.', 'context.', '');
  const source = fc.tuple(prefix, fc.string());
  const values = fc.dictionary(fc.string(), fc.string());
  fc.assert(fc.property(fc.array(source.map((parts) => parts.join(''))), values, (sources, map) => {
    const missing = missingIdentitySource(sources, { headers: map, query: map, stageVariables: map, context: map });
    if (missing !== undefined) expect(sources).toContain(missing);
  }));
});

const QUERY = 'route.request.querystring.token';
const HEADER = 'route.request.header.X-Client';

test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  ['both', { 'x-client': 'web' }, { token: 'abc' }, []],
  ['one', {}, { token: 'abc' }, [HEADER]],
  ['none', {}, {}, [QUERY, HEADER]],
  ['an empty one', { 'X-Client': 'web' }, { token: '' }, [QUERY]],
  ['one in the wrong place', { token: 'abc' }, { 'X-Client': 'web' }, [QUERY, HEADER]],
])('5.4.2: a handshake with %s', (_, headers, query, missing) => {
  expect(missingParameters([QUERY, HEADER], { headers, query })).toEqual(missing);
});
