import { message } from './_helpers/served-app';
import { painter } from '../../../lib/local/terminal/output';
import { below, clock, elapsed, requestDetails, RequestLine, size } from '../../../lib/local/terminal/request-text';

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

test('columns have room for routes that are reserved', () => {
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

test('a gateway with several stages names the stage', () => {
  const line = new RequestLine(painter(false));

  expect([line.of(message({ api: 'Games' }), true), line.of(message(), true)]).toEqual([
    '14:03:07.123  L0SM9cOF  message     Games/dev  send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
    '14:03:07.123  L0SM9cOF  message     Chat/dev   send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
  ]);
});

test('a request that leads to no stage has neither id nor stage', () => {
  const nowhere = { connectionId: undefined, api: undefined, stage: undefined, routeKey: undefined, target: undefined, status: 403 } as const;
  const line = new RequestLine(painter(false));

  expect([line.of(message(), true), line.of(message({ ...nowhere, type: 'connect', bytesIn: 0, bytesOut: 0 }), true)]).toEqual([
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

test('a running request says how long it has run', () => {
  const { time, connectionId, requestId, routeKey, target } = message();

  expect(new RequestLine(painter(false)).running({ type: 'running', time, connectionId, requestId, routeKey, target, duration: 2_003 })).toBe(
    '14:03:07.123  L0SM9cOF  running     send -> src/messages.send  still running after 2 s',
  );
});

describe('below a request', () => {
  test('text is indented line by line', () => {
    expect(below('one\n  two  \n\n')).toBe('    one\n      two\n');
  });

  test('an empty line stays a line', () => {
    expect(below('')).toBe('\n');
  });

  const plain = painter(false);

  test('a request that succeeded has no details', () => {
    expect(requestDetails(message(), plain)).toBe('');
  });

  test('reason, error, event and result stand below each other', () => {
    const details = requestDetails(message({
      reason: 'the handler threw (4.3.1)',
      error: {
        type: 'TypeError', message: 'x is undefined', stackTrace: ['TypeError: x is undefined', '    at send (src/messages.ts:12:9)'],
      },
      event: '{"body":"1"}',
      result: 'null',
    }), plain);

    expect(details).toBe([
      '    why: the handler threw (4.3.1)',
      '    TypeError: x is undefined',
      '        at send (src/messages.ts:12:9)',
      '    event: {"body":"1"}',
      '    result: null',
      '',
    ].join('\n'));
  });

  test('an error whose stack does not begin with it is named first', () => {
    const error = { type: 'KeyError', message: "'x'\nin d", stackTrace: ['  File "/app/index.py", line 3, in send\n    d["x"]\n'] };

    expect(requestDetails(message({ error }), plain)).toBe([
      "    KeyError: 'x'",
      '    in d',
      '      File "/app/index.py", line 3, in send',
      '        d["x"]',
      '',
    ].join('\n'));
  });

  test('a reason that only repeats the error is left out', () => {
    const error = { type: 'TypeError', message: 'x is undefined', stackTrace: [] };

    expect(requestDetails(message({ reason: 'TypeError: x is undefined', error }), plain)).toBe('    TypeError: x is undefined\n');
  });

  test.each([
    ['Unauthorized', ['Error: Unauthorized'], '    why: auth: the authorizer failed with the message "Unauthorized"\n'],
    ['Unauthorized', ['Error: Unauthorized', '    at authorize (src/auth.ts:3:9)'],
      '    why: auth: the authorizer failed with the message "Unauthorized"\n    Error: Unauthorized\n        at authorize (src/auth.ts:3:9)\n'],
  ])('an error that the reason quotes is left out unless it has a stack: %s %j', (text, stackTrace, details) => {
    const reason = `auth: the authorizer failed with the message "${text}"`;

    expect(requestDetails(message({ reason, error: { type: 'Error', message: text, stackTrace } }), plain)).toBe(details);
  });
});

test('a time is in the time zone of the developer', () => {
  expect(clock(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
});

test.each([
  [0, '0.0 ms'], [0.44, '0.4 ms'], [9.949, '9.9 ms'], [9.95, '10 ms'], [12.5, '13 ms'], [999, '999 ms'],
  [1000, '1.00 s'], [29_003, '29.00 s'],
])('%d milliseconds are shown as %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text);
});

test.each([
  [0, '0 B'], [9_999, '9999 B'], [10_000, '9.8 KB'], [32_768, '32.0 KB'], [131_072, '128.0 KB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
