import { message } from './_helpers/served-app';
import { painter } from '../../../lib/local/terminal/paint';
import { RequestLine } from '../../../lib/local/terminal/request-line';

function lines(...events: Array<Parameters<typeof message>[0]>): string[] {
  const line = new RequestLine(painter(false));
  return events.map((event) => line.of(message(event), false));
}

test('columns stay aligned', () => {
  expect(lines(
    {},
    { type: 'disconnect', routeKey: '$disconnect', target: undefined, status: 1001, duration: 0.25, bytesIn: 0, bytesOut: 0 },
    { type: 'post', routeKey: undefined, target: undefined, status: 410, duration: 1200, bytesIn: 40_000, bytesOut: 0 },
    { routeKey: undefined, target: undefined, status: 403 },
  )).toEqual([
    '14:03:07.123  L0SM9cOF  message     send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
    '14:03:07.123  L0SM9cOF  disconnect  $disconnect                1001   0.3 ms',
    '14:03:07.123  L0SM9cOF  post        @connections                410   1.20 s  39.1 KB in',
    '14:03:07.123  L0SM9cOF  message     -                           403   3.2 ms  41 B in, 12 B out',
  ]);
});

test('columns have room for the routes that are known', () => {
  const line = new RequestLine(painter(false));
  line.reserve({ routeKey: 'subscribe', target: 'Test/Chat/Handler-src%2Fmessages.subscribe' });

  expect(line.of(message(), false)).toBe(
    '14:03:07.123  L0SM9cOF  message     send -> src/messages.send             200   3.2 ms  41 B in, 12 B out',
  );
});

test('a long construct path does not push later lines off the screen', () => {
  const [long, short] = lines({ target: 'x'.repeat(100) }, {});

  expect(long).toContain(`send -> ${'x'.repeat(100)}   200`);
  expect(short).toContain(`${'send -> src/messages.send'.padEnd(60)}   200`);
});

test('a gateway with several stages names them', () => {
  const line = new RequestLine(painter(false));

  expect([line.of(message({ api: 'Games' }), true), line.of(message(), true)]).toEqual([
    '14:03:07.123  L0SM9cOF  message     Games/dev  send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
    '14:03:07.123  L0SM9cOF  message     Chat/dev   send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
  ]);
});

test('a request that leads to no stage has neither id nor place', () => {
  const stray = { connectionId: undefined, api: undefined, stage: undefined, routeKey: undefined, target: undefined, status: 403 } as const;
  const line = new RequestLine(painter(false));

  expect([line.of(message(), true), line.of(message({ ...stray, type: 'connect', bytesIn: 0, bytesOut: 0 }), true)]).toEqual([
    '14:03:07.123  L0SM9cOF  message     Chat/dev  send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
    '14:03:07.123            connect               -                           403   3.2 ms',
  ]);
});

test.each([
  ['message', 200, 32], ['message', 403, 33], ['message', 502, 31],
  ['connect', 101, 32], ['connect', 401, 33],
  ['disconnect', 1000, 32], ['disconnect', 1001, 32], ['disconnect', 1005, 32], ['disconnect', 1006, 33], ['disconnect', 1009, 33],
] as const)('the status of a %s with %d has the colour %d', (type, status, colour) => {
  const line = new RequestLine(painter(true)).of(message({ type, status }), false);

  expect(line).toContain(`\u001b[${colour}m${String(status).padStart(4)}\u001b[39m`);
});

test('the status of an error is red', () => {
  const line = new RequestLine(painter(true)).of(message({ error: { type: 'Error', message: '', stackTrace: [] } }), false);

  expect(line).toContain('\u001b[31m 200\u001b[39m');
});

test('what is not over says how long it has run', () => {
  const { time, connectionId, requestId, routeKey, target } = message();

  expect(new RequestLine(painter(false)).running({ type: 'running', time, connectionId, requestId, routeKey, target, duration: 2_003 })).toBe(
    '14:03:07.123  L0SM9cOF  running     send -> src/messages.send  still running after 2 s',
  );
});
