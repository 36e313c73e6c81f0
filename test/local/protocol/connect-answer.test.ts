import fc from 'fast-check';
import { connectStatus, missingParametersRefusal, subprotocol } from '../../../lib/local/protocol/connect-answer';

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
