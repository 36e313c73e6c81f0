import * as fc from 'fast-check';
import { decodeMessage } from '../../../../lib/local/functions/runtime/lines';

const ID = '0b5f8f0e-2f4d-4c53-9f43-1f0e5b1c2d3e';
const ERROR = { errorType: 'Error', errorMessage: 'no', trace: ['Error: no', '    at f (index.js:1:1)'] };

test('what the bootstrap writes is read', () => {
  expect(decodeMessage('S')).toEqual({ type: 'loaded' });
  expect(decodeMessage(`F${JSON.stringify(ERROR)}`)).toEqual({ type: 'not-loaded', error: ERROR });
  expect(decodeMessage(`R${ID}0.25 {"a":1}`)).toEqual({ type: 'result', requestId: ID, duration: 0.25, payload: '{"a":1}' });
  expect(decodeMessage(`R${ID}7 `)).toEqual({ type: 'result', requestId: ID, duration: 7, payload: '' });
  expect(decodeMessage(`E${ID}12 ${JSON.stringify(ERROR)}`)).toEqual({ type: 'error', requestId: ID, duration: 12, error: ERROR, last: false });
  expect(decodeMessage(`X${ID}12 ${JSON.stringify(ERROR)}`)).toEqual({ type: 'error', requestId: ID, duration: 12, error: ERROR, last: true });
  expect(decodeMessage('B3')).toEqual({ type: 'returned', count: 3 });
  expect(decodeMessage(`O["stdout","${ID}","text"]`)).toEqual({ type: 'output', stream: 'stdout', requestId: ID, text: 'text' });
  expect(decodeMessage('O["stderr",null,"text"]')).toEqual({ type: 'output', stream: 'stderr', text: 'text' });
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
])('nothing else is: %j', (line) => {
  expect(decodeMessage(line)).toBeUndefined();
});

describe('whatever the line has', () => {
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

  test('it is refused or of the form that is expected, and throws nothing', () => {
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
