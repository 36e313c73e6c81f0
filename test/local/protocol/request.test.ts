import fc from 'fast-check';
import {
  authorizerHeaders, connectHeaders, disconnectHeaders, headerMaps, headerValue, parseTarget, percentDecoded, queryMaps,
} from '../../../lib/local/protocol/request';

test.each([
  ['/production', { path: '/production', query: '' }],
  ['/production/?room=1', { path: '/production/', query: 'room=1' }],
  ['/?a=1?b', { path: '/', query: 'a=1?b' }],
  ['?a=1', { path: '/', query: 'a=1' }],
  ['', { path: '/', query: '' }],
  ['http://localhost:3001/production?a=1#top', { path: '/production', query: 'a=1' }],
  ['/production/%40connections/R0oXAdfD0kwCH6w%3D', { path: '/production/%40connections/R0oXAdfD0kwCH6w%3D', query: '' }],
])('1.1.1: the target %j', (url, target) => {
  expect(parseTarget(url)).toEqual(target);
});

test.each(['', '&', '&&'])('1.3.1: the query string %j has no maps', (query) => {
  expect(queryMaps(query)).toBeUndefined();
});

test('1.3.1: of a repeated key the single map has the last value, the other one all of them in order', () => {
  expect(queryMaps('path=one&path=two&path=three&b=2')).toEqual({
    single: { path: 'three', b: '2' },
    multi: { path: ['one', 'two', 'three'], b: ['2'] },
  });
});

test.each([
  ['token=a%20b%2Bc', { token: 'a b+c' }],
  ['token=a+b', { token: 'a b' }],
  ['a=1=2', { a: '1=2' }],
  ['flag', { flag: '' }],
  ['flag=', { flag: '' }],
  ['=x', { '': 'x' }],
  ['%C3%A4=%E2%82%AC', { ä: '€' }],
  ['a=%E0%A4%A', { a: '%E0%A4%A' }],
  ['a=%', { a: '%' }],
])('1.3.1: %j is decoded', (query, single) => {
  expect(queryMaps(query)?.single).toEqual(single);
});

test('1.3.1: names that objects know are names like any other', () => {
  // WHEN
  const maps = queryMaps('__proto__=a&constructor=b&__proto__=c');

  // THEN
  expect(JSON.stringify(maps)).toBe(
    '{"single":{"__proto__":"c","constructor":"b"},"multi":{"__proto__":["a","c"],"constructor":["b"]}}',
  );
  expect(maps?.single.toString).toBeUndefined();
});

test('1.3.1: no query string throws, and the single map has the last of each list', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webQueryParameters(), fc.stringMatching(/^[%&=a+0-9]*$/)), (query) => {
    const maps = queryMaps(query);
    if (!maps) return;
    for (const [name, values] of Object.entries(maps.multi)) expect(maps.single[name]).toBe(values[values.length - 1]);
    expect(Object.keys(maps.single)).toEqual(Object.keys(maps.multi));
  }));
});

test('1.1.1: no target throws, and its path starts with a slash', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (url) => {
    expect(parseTarget(url).path).toMatch(/^\//);
  }));
});

test('6.2: whatever was escaped comes back', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    expect(percentDecoded(encodeURIComponent(text))).toBe(text);
  }));
});

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
