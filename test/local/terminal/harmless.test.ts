import { message } from './_helpers/served-app';
import { OutputEvent } from '../../../lib/local/gateway-event';
import { harmless, harmlessEvent, harmlessReport, jsonLine, jsonText } from '../../../lib/local/terminal/harmless';

test('control characters of a client are escaped', () => {
  expect(harmless('a\u001b[2Jb\u0007\u009bc\nd\te')).toBe('a\\x1B[2Jb\\x07\\x9Bc\nd\te');
});

test.each([
  ['C0', '\u0000\u0008\r\u001b', '\\x00\\x08\\x0D\\x1B'],
  ['DEL and C1', '\u007f\u0085\u009b', '\\x7F\\x85\\x9B'],
  ['bidirectional controls', '\u061c\u200e\u200f\u202a\u202e\u2066\u2069', '\\u061C\\u200E\\u200F\\u202A\\u202E\\u2066\\u2069'],
  ['separators of lines', '\u2028\u2029', '\\u2028\\u2029'],
])('%s are escaped', (_what, characters, shown) => {
  expect(harmless(characters)).toBe(shown);
});

test('letters of any language, and emoji of several characters, stay as they are', () => {
  const text = 'na\u00efve \u0645\u0631\u062d\u0628\u0627 \u{1f468}\u200d\u{1f469} \u65e5\u672c';
  expect([harmless(text), jsonLine(text)]).toEqual([text, `"${text}"\n`]);
});

test('all members of an event are escaped, line feeds only in members of one line', () => {
  const hostile = 'a\u001b[2J\nb';
  expect(harmlessEvent(message({ connectionId: hostile, routeKey: hostile, reason: hostile, event: hostile, error: { type: 'X', message: hostile, stackTrace: [hostile] } }), true))
    .toEqual(message({
      connectionId: 'a\\x1B[2J\\x0Ab',
      routeKey: 'a\\x1B[2J\\x0Ab',
      reason: 'a\\x1B[2J\nb',
      event: 'a\\x1B[2J\nb',
      error: { type: 'X', message: 'a\\x1B[2J\nb', stackTrace: ['a\\x1B[2J\nb'] },
    }));
});

describe('a line that a handler printed', () => {
  const printed = (text: string, coloured: boolean): string => {
    const event: OutputEvent = { type: 'output', time: 0, functionId: 'fn', stream: 'stdout', text };
    return harmlessEvent(event, coloured).text;
  };

  test('keeps its colours on a terminal with colours, and ends them', () => {
    expect(printed('a \u001b[1;31mred\u001b[38:5:4m word', true)).toBe('a \u001b[1;31mred\u001b[38:5:4m word\u001b[0m');
    expect(printed('a \u001b[1;31mred\u001b[39m\tword', false)).toBe('a red\tword');
  });

  test.each([
    ['clears the screen', '\u001b[2J', '\\x1B[2J'],
    ['moves the cursor', '\u001b[1A\rx', '\\x1B[1A\\x0Dx'],
    ['sets the title', '\u001b]0;x\u0007', '\\x1B]0;x\\x07'],
    ['writes to the clipboard', '\u001b]52;c;eA==\u001b\\', '\\x1B]52;c;eA==\\x1B\\'],
    ['makes a link', '\u009d8;;https://evil.example\u009c', '\\x9D8;;https://evil.example\\x9C'],
    ['begins a colour and does something else', '\u001b[31\u001b[2J', '\\x1B[31\\x1B[2J'],
  ])('never %s', (_what, text, shown) => {
    expect([printed(text, true), printed(text, false)]).toEqual([shown, shown]);
  });
});

test('the report of a failed app loses its colours', () => {
  expect(harmlessReport('\u001b[31mred\u001b[0m\n\u001b[2J')).toBe('red\n\\x1B[2J');
});

test('JSON has no control character, in one line or several', () => {
  const value = { text: '\u2028\u2029\u007f\u009b\u202e\u001b\n' };
  const line = jsonLine(value);
  expect(line).toBe('{"text":"\\u2028\\u2029\\u007F\\u009B\\u202E\\u001b\\n"}\n');
  expect(JSON.parse(line)).toEqual(value);

  const lines = jsonText(value);
  expect(lines).toBe('{\n  "text": "\\u2028\\u2029\\u007F\\u009B\\u202E\\u001b\\n"\n}\n');
  expect(JSON.parse(lines)).toEqual(value);
});
