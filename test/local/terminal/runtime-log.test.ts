import { readableLine } from '../../../lib/local/terminal/runtime-log';
import { WebsocketError } from '../../../lib/runtime/error';
import { countFailure, logFailure } from '../../../lib/runtime/log';

/** What the runtime prints, as the gateway gets it. */
function printedBy(print: () => void): string {
  const lines: string[] = [];
  const error = jest.spyOn(console, 'error').mockImplementation((line: string) => { lines.push(line); });
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((line) => { lines.push(String(line).trimEnd()); return true; });
  try {
    print();
  } finally {
    error.mockRestore();
    stdout.mockRestore();
  }
  return lines.join('\n');
}

const event = { requestContext: { routeKey: 'say', connectionId: 'abc=', requestId: 'def=' } } as never;

test('an error that the runtime logs is its stack, with the code and what caused it', () => {
  // GIVEN
  const cause = Object.assign(new Error('socket hang up'), { stack: 'Error: socket hang up\n    at src/db.ts:1:1' });
  const error = Object.assign(new WebsocketError('STORE_FAILED', 'DynamoDB did not answer', { cause }), {
    stack: 'WebsocketError: DynamoDB did not answer\n    at src/rooms.ts:7:3',
  });

  // WHEN
  const line = readableLine(printedBy(() => logFailure('onMessage', event, error)));

  // THEN
  expect(line).toBe('onMessage failed: WebsocketError STORE_FAILED: DynamoDB did not answer\n    at src/rooms.ts:7:3\n'
    + 'caused by Error: socket hang up\n    at src/db.ts:1:1');
});

test('an error that is thrown on is printed once', () => {
  const line = printedBy(() => logFailure('onMessage', event, new Error('no such table')));

  expect(readableLine(line, 'no such table')).toBeUndefined();
  expect(readableLine(line, 'another one')).toMatch(/^onMessage failed: Error: no such table\n {4}at /);
});

test('a message that its schema refuses names what is wrong with it', () => {
  const issues = [{ message: 'expected a string', path: ['to', 0] }, { message: 'expected an object', path: [] }];

  expect(readableLine(JSON.stringify({ message: 'the message is invalid', requestId: 'def=', issues })))
    .toBe('the message is invalid\n  to.0: expected a string\n  body: expected an object');
});

test('the metric of the runtime is not printed, and any other is', () => {
  const metric = printedBy(countFailure);
  const other = metric.replace('"Namespace":"cdk-websocket-service"', '"Namespace":"shop"');

  expect([readableLine(metric), readableLine(other)]).toEqual([undefined, other]);
});

test('control characters that were inside of the JSON are escaped', () => {
  const line = JSON.stringify({ message: 'onMessage failed', requestId: 'def=', error: { stack: 'Error: \u001b]0;title\u0007' } });

  expect(readableLine(line)).toBe('onMessage failed: Error: \\x1B]0;title\\x07');
});

test.each([
  'hello', '{"message":"hello"}', '{"message":"hello","requestId":"def="}', '{"message":7,"requestId":"def=","error":{"stack":"x"}}', '{"message":',
  '{"_aws":null}', '{"_aws":{"CloudWatchMetrics":[]}}', '{"message":"hello","requestId":"def=","error":null,"issues":{}}',
  '{"_aws":{"CloudWatchMetrics":7}}', '{"_aws":{"CloudWatchMetrics":[null]}}', '{"message":"hello","requestId":"def=","issues":[null]}',
  '{"message":"hello","requestId":"def=","issues":[{"path":7}]}', '{"message":"hello","requestId":"def=","issues":[{"message":{"toString":1}}]}',
])('any other line stays as it is: %s', (line) => {
  expect(readableLine(line)).toBe(line);
});
