import fc from 'fast-check';
import { authorizerHeaders, connectHeaders, disconnectHeaders, headerMaps, headerValue } from '../../../lib/local/protocol/headers';

const origin = { traceId: 'Root=1-65d2ff2e-718990494fd688f062bf1571', sourceIp: '203.0.113.7', port: 443, secure: true };
const handshake = [
  'Host', 'abc.execute-api.eu-central-1.amazonaws.com',
  'Connection', 'Upgrade', 'Upgrade', 'websocket', 'Content-Length', '0',
  'Sec-WebSocket-Key', 'asdf==', 'HeaderAuth1', 'secret', 'cookie', 'a=1',
];

test('1.3.4: $connect has the client\'s headers in its spelling, without those of the connection, and what the service adds', () => {
  expect(connectHeaders(handshake, origin).single).toEqual({
    'Host': 'abc.execute-api.eu-central-1.amazonaws.com',
    'Sec-WebSocket-Key': 'asdf==',
    'HeaderAuth1': 'secret',
    'cookie': 'a=1',
    'X-Amzn-Trace-Id': 'Root=1-65d2ff2e-718990494fd688f062bf1571',
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  });
});

test('1.3.4: what the client sends under the names of the service is replaced', () => {
  // WHEN
  const { multi } = connectHeaders(['x-forwarded-for', '10.0.0.1', 'X-AMZN-Trace-Id', 'mine'], origin);

  // THEN
  expect(multi).toEqual({
    'X-Amzn-Trace-Id': ['Root=1-65d2ff2e-718990494fd688f062bf1571'],
    'X-Forwarded-For': ['203.0.113.7'],
    'X-Forwarded-Port': ['443'],
    'X-Forwarded-Proto': ['https'],
  });
});

test('1.3.4: without TLS the protocol is http', () => {
  expect(connectHeaders([], { ...origin, port: 3001, secure: false }).single).toMatchObject({
    'X-Forwarded-Port': '3001', 'X-Forwarded-Proto': 'http',
  });
});

test('1.1.6: through a mapping key of several levels all names are in lower case', () => {
  // WHEN
  const { single } = connectHeaders(['Host', 'api.example.com', 'HeaderAuth1', 'Secret'], { ...origin, lowerCaseNames: true });

  // THEN
  expect(Object.keys(single)).toEqual([
    'host', 'headerauth1', 'x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto',
  ]);
});

test('3.2: the authorizer sees the headers of the connection too, in the spelling of AWS', () => {
  expect(authorizerHeaders(handshake, origin)).toEqual({
    single: { 'Connection': 'upgrade', 'content-length': '0', 'Upgrade': 'websocket', ...connectHeaders(handshake, origin).single },
    multi: { 'Connection': ['upgrade'], 'content-length': ['0'], 'Upgrade': ['websocket'], ...connectHeaders(handshake, origin).multi },
  });
});

test('1.5: $disconnect has four headers, three of them empty', () => {
  expect(disconnectHeaders('localhost:3001')).toEqual({
    single: { 'Host': 'localhost:3001', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
    multi: { 'Host': ['localhost:3001'], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
  });
});

test('1.3.1: of a repeated header the single map has the last value', () => {
  expect(headerMaps(['a', '1', 'b', '', 'a', '2'])).toEqual({ single: { a: '2', b: '' }, multi: { a: ['1', '2'], b: [''] } });
});

test('1.3.4: a header named __proto__ is a header', () => {
  expect(JSON.stringify(headerMaps(['__proto__', 'x']))).toBe('{"single":{"__proto__":"x"},"multi":{"__proto__":["x"]}}');
});

test('3.3: a header is found in any spelling', () => {
  expect(headerValue({ authorization: 'x' }, 'Authorization')).toBe('x');
  expect(headerValue({ AUTHORIZATION: '' }, 'Authorization')).toBe('');
  expect(headerValue({}, 'toString')).toBeUndefined();
});

test('1.3.4: no headers throw, and events never tell of the connection', () => {
  fc.assert(fc.property(fc.array(fc.string()), (raw) => {
    const names = Object.keys(connectHeaders(raw, origin).single).map((name) => name.toLowerCase());
    expect(names).not.toContain('upgrade');
    expect(JSON.parse(JSON.stringify(authorizerHeaders(raw, origin)))).toMatchObject({ single: { Upgrade: 'websocket' } });
  }));
});
