import { execFileSync } from 'child_process';
import * as path from 'path';
import * as fc from 'fast-check';
import {
  decodeInvocation, decodeMessage, decodeSetup, encodeError, encodeInvocation, encodeLoaded, encodeNote, encodeNotLoaded, encodeOutput,
  encodeResult, encodeReturned, encodeSetup,
} from '../../../../lib/local/functions/runtime/lines';
import { hasPython } from '../_helpers/sample-pool';

const ID = '0b5f8f0e-2f4d-4c53-9f43-1f0e5b1c2d3e';
const ERROR = { errorType: 'Error', errorMessage: 'no', trace: ['Error: no', '    at f (index.js:1:1)'] };

const MESSAGES = [
  { type: 'loaded' },
  { type: 'not-loaded', error: ERROR },
  { type: 'result', requestId: ID, duration: 0.25, payload: '{"a":1}' },
  { type: 'error', requestId: ID, duration: 12, error: ERROR, last: false },
  { type: 'output', stream: 'stdout', requestId: ID, text: 'text' },
  { type: 'output', stream: 'stderr', text: 'ä\n☃' },
  { type: 'note', facts: ['end', 1, null] },
];

const CONTEXT = '{ "custom": { "name": "zoë 😀" } }';

test('what a process encodes, the gateway decodes', () => {
  // WHEN
  const lines = [
    encodeLoaded(), encodeNotLoaded(ERROR), encodeResult(ID, 0.25, '{"a":1}'), encodeError(ID, 12, ERROR, false),
    encodeOutput('stdout', ID, 'text'), encodeOutput('stderr', undefined, 'ä\n☃'), encodeNote(['end', 1, undefined]),
  ];
  // THEN
  expect(lines.map(decodeMessage)).toEqual(MESSAGES);
  expect(decodeMessage(encodeError(ID, 12, ERROR, true))).toMatchObject({ type: 'error', last: true });
  expect(decodeMessage(encodeReturned(3))).toEqual({ type: 'returned', count: 3 });
  expect(decodeMessage(encodeResult(ID, 7, ''))).toEqual({ type: 'result', requestId: ID, duration: 7, payload: '' });
});

test('what the gateway encodes, a process decodes', () => {
  const setup = { handler: 'index.handler', arn: 'arn', timeout: 1_000, runtimeMajor: 24 };
  expect(decodeSetup(encodeSetup(setup))).toEqual(setup);
  expect(decodeInvocation(encodeInvocation(ID, '{"a": 1}'))).toEqual({ requestId: ID, event: '{"a": 1}' });
  expect(decodeInvocation(encodeInvocation(ID, '{"a": "é"}', 1234, CONTEXT))).toEqual({
    requestId: ID, event: '{"a": "é"}', lease: 1234, clientContext: '{"custom":{"name":"zo\\u00eb \\ud83d\\ude00"}}',
  });
  expect(decodeInvocation(encodeInvocation(ID, '{\n"a": 1}', 1234))).toEqual({ requestId: ID, event: '{ "a": 1}', lease: 1234 });
});

(hasPython ? test : test.skip)('Python encodes and decodes the same lines', () => {
  // GIVEN
  const runtime = path.join(__dirname, '../../../../lib/local/functions/runtime');
  const program = `
import json, sys
sys.path.insert(0, ${JSON.stringify(runtime)})
import python_lines as lines
error = json.loads(sys.argv[1])
request_id, event, client_context = lines.decode_invocation(sys.argv[2])
assert client_context == {"custom": {"name": "zoë 😀"}}, client_context
for line in [
    lines.encode_loaded(), lines.encode_not_loaded(error), lines.encode_result(request_id, 0.25, event), lines.encode_error(request_id, 12, error),
    lines.encode_output("stdout", request_id, "text"), lines.encode_output("stderr", None, "ä\\n☃"), lines.encode_note(["end", 1, None]),
]:
    print(line)
`;
  // WHEN
  const args = ['-c', program, JSON.stringify(ERROR), encodeInvocation(ID, '{"a":1}', undefined, CONTEXT)];
  const lines = execFileSync('python3', args, { encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } }).trim().split('\n');
  // THEN
  expect(lines.map(decodeMessage)).toEqual(MESSAGES);
});

test.each([
  '', ' ', 'x', '\u0000', 's', 'S ', 'Sx', 'SS',
  'R', `R${ID}`, `R${ID}1`, `R${ID} {}`, `R${ID}-1 {}`, `R${ID}NaN {}`, `R${ID}1e9 {}`, `R${ID}Infinity {}`, `R${ID}0x1 {}`, `R${ID}1.  {}`,
  `R${ID}${'9'.repeat(30)} {}`, `R${ID.slice(1)} 1 {}`, `RR${ID}1 {}`,
  `E${ID}1 `, `E${ID}1 {`, `E${ID}1 null`, `E${ID}1 []`, `E${ID}1 "x"`, `E${ID}1 {"errorType":"E","errorMessage":"m"}`,
  `E${ID}1 {"errorType":1,"errorMessage":"m","trace":[]}`, `E${ID}1 {"errorType":"E","errorMessage":null,"trace":[]}`,
  `E${ID}1 {"errorType":"E","errorMessage":"m","trace":{"length":1}}`, `E${ID}1 {"errorType":"E","errorMessage":"m","trace":[1]}`,
  `X${ID}1 {"__proto__":{"errorType":"E","errorMessage":"m","trace":[]}}`,
  'F', 'Fnull', 'F{}', 'F[[]]', 'F{"errorType":"E","errorMessage":"m","trace":"t"}',
  'B', 'B-1', 'B1.5', 'B1e5', 'BNaN', 'B 1', `B${'9'.repeat(400)}`,
  'O', 'Onull', 'O{}', 'O[]', 'O["stdout",null]', 'O["stdout",null,1]', 'O["stdout",null,["a"]]', 'O["stdin",null,"x"]', 'O["__proto__",null,"x"]',
  'O["constructor",null,"x"]', 'O["stdout",1,"x"]', 'O["stdout",{},"x"]', 'O["stdout",null,"x",1]', 'O[["stdout"],null,"x"]',
])('a malformed line is undefined: %j', (line) => {
  expect(decodeMessage(line)).toBeUndefined();
});

describe('whatever a line contains', () => {
  const letter = fc.constantFrom(...'SREXFBO');
  const json = fc.oneof(fc.json(), fc.jsonValue().map((value) => JSON.stringify({ errorType: value, errorMessage: 'm', trace: [value] })),
    fc.array(fc.jsonValue(), { maxLength: 4 }).map((values) => JSON.stringify(values)));
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.tuple(letter, fc.string({ unit: 'binary' })).map(([kind, rest]) => kind + rest),
    fc.tuple(letter, json).map(([kind, rest]) => kind + rest),
    fc.tuple(letter, fc.string({ minLength: 34, maxLength: 38 }), fc.oneof(fc.double().map(String), fc.string()), json)
      .map(([kind, id, time, rest]) => `${kind}${id}${time} ${rest}`),
  );

  test('decoding it yields undefined or a valid message, and throws nothing', () => {
    fc.assert(fc.property(line, (text) => {
      const message = decodeMessage(text);
      const strings = (...values: unknown[]): boolean => values.every((value) => typeof value === 'string');
      switch (message?.type) {
        case undefined:
        case 'note':
        case 'loaded': return true;
        case 'returned': return Number.isSafeInteger(message.count);
        case 'output': return ['stdout', 'stderr'].includes(message.stream) && strings(message.text, message.requestId ?? '');
        case 'result': return message.requestId.length === 36 && Number.isFinite(message.duration) && message.duration >= 0;
        case 'not-loaded':
        case 'error': return strings(message.error.errorType, message.error.errorMessage, ...message.error.trace);
      }
    }), { numRuns: 2_000 });
  });
});
