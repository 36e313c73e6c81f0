import { message } from './_helpers/served-app';
import { painter } from '../../../lib/local/terminal/paint';
import { requestDetails } from '../../../lib/local/terminal/request-details';

const plain = painter(false);

test('a request that went well has nothing below', () => {
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

test('an error whose stack does not name it is named first', () => {
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
