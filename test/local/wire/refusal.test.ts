import { Duplex } from 'stream';
import { refusalHeaders, refusedHandshake, sayLast } from '../../../lib/local/wire/refusal';

const ID = 'PJqCFEqHqRcFd0w=';

test('6.8: a refusal has its length in bytes and its error type in a header', () => {
  expect(refusalHeaders({ status: 403, body: '{"message":"nö"}', errorType: 'ForbiddenException' }, ID)).toEqual({
    'Content-Type': 'application/json', 'Content-Length': '17', 'x-amzn-RequestId': ID, 'x-amzn-ErrorType': 'ForbiddenException',
  });
});

test('2.2, 6.8: without a body there is no type, and without an error type no header', () => {
  expect(refusalHeaders({ status: 401, body: '', errorType: '' }, ID)).toEqual({ 'Content-Length': '0', 'x-amzn-RequestId': ID });
});

test.each([[401, 'Unauthorized'], [429, 'Too Many Requests'], [599, 'Unknown']])('2.2: a handshake refused with %d', (status, text) => {
  expect(refusedHandshake({ status, body: '{}', errorType: 'X' }, ID).split('\r\n')).toEqual([
    `HTTP/1.1 ${status} ${text}`,
    expect.stringMatching(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
    'Content-Type: application/json',
    'Content-Length: 2',
    `x-amzn-RequestId: ${ID}`,
    'x-amzn-ErrorType: X',
    'Connection: close',
    '',
    '{}',
  ]);
});

test('a client that does not end its side of a connection after the last word is cut off', () => {
  // GIVEN
  jest.useFakeTimers();
  const said: string[] = [];
  const socket = new Duplex({ read: () => undefined, write: (chunk, _encoding, done) => { said.push(String(chunk)); done(); } });

  // WHEN
  sayLast(socket, 'bye');
  sayLast(socket, 'bye again');
  jest.advanceTimersByTime(1_900);

  // THEN
  expect([said, socket.destroyed]).toEqual([['bye'], false]);
  jest.advanceTimersByTime(100);
  expect(socket.destroyed).toBe(true);
  jest.useRealTimers();
});
