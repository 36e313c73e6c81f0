import { errorFrame } from '../../../lib/local/protocol/error-frame';

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
