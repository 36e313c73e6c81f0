import { CLOSES, disconnectOf, errorFrame } from '../../../lib/local/protocol/frames';

test('4.4: the frame has the spacing of AWS', () => {
  expect(errorFrame('Forbidden', 'XDmENcnwIE0CFEQ=', 'XDmGEE2RoE0FRdQ='))
    .toBe('{"message": "Forbidden", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}');
});

test.each([
  ['4.4.1', 'Forbidden'],
  ['4.4.2', 'Internal server error'],
  ['4.4.5', 'Endpoint request timed out'],
  ['4.4.6', 'Invalid request body'],
  ['4.4.7', 'Too Many Requests'],
] as const)('%s: the frame with "%s" is JSON', (_rule, message) => {
  expect(JSON.parse(errorFrame(message, 'a=', 'b='))).toEqual({ message, connectionId: 'a=', requestId: 'b=' });
});

test('4.3.1, 6.14, 7.2.1, 7.2.2, 7.2.3, 7.3, 7.4: what the gateway closes with', () => {
  expect(CLOSES).toEqual({
    idle: { code: 1001, reason: 'Going away' },
    duration: { code: 1001, reason: 'Going away' },
    deployed: { code: 1001, reason: 'Going away' },
    deleted: { code: 1000, reason: 'Connection Closed Normally' },
    binary: { code: 1003, reason: '' },
    tooBig: { code: 1009, reason: '' },
    shutdown: { code: 1001, reason: 'Shutdown' },
  });
});

test.each([
  ['close() without a code', 1005, '', { code: 1005, reason: 'Client-side close frame status not set' }],
  ['a tab that is closed', 1001, '', { code: 1001, reason: '' }],
  ['close(4000, "bye")', 4000, 'bye', { code: 4000, reason: 'bye' }],
  ['a lost network', 1006, '', { code: 1006, reason: '' }],
])('7.3: %s', (_cause, code, reason, close) => {
  expect(disconnectOf(code, reason)).toEqual(close);
});
