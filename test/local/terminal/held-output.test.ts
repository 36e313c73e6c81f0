import { printed } from './_helpers/served-app';
import { HeldOutput } from '../../../lib/local/terminal/held-output';

let output: HeldOutput;
let released: Array<[string, string[]]>;

beforeEach(() => {
  jest.useFakeTimers();
  released = [];
  output = new HeldOutput((lines, state) => released.push([state, lines.map(({ text }) => text)]));
});

afterEach(() => jest.useRealTimers());

test('output of an invocation is held for its request', () => {
  // GIVEN
  output.add(printed('one'));
  output.add(printed('other', { requestId: 'invocation-2' }));
  output.add(printed('two'));

  // WHEN
  const lines = output.take(['invocation-1']);

  // THEN
  expect(lines.map(({ text }) => text)).toEqual(['one', 'two']);
  expect(released).toEqual([]);
});

test('the authorizer\'s output comes before the integration\'s', () => {
  output.add(printed('connect', { requestId: 'connect' }));
  output.add(printed('authorize', { requestId: 'authorize' }));

  expect(output.take(['authorize', 'connect']).map(({ text }) => text)).toEqual(['authorize', 'connect']);
});

test('output of a long invocation is shown while it runs', () => {
  // GIVEN
  output.add(printed('one'));
  jest.advanceTimersByTime(200);
  output.add(printed('young', { requestId: 'invocation-2' }));

  // WHEN
  jest.advanceTimersByTime(100);
  output.add(printed('two'));

  // THEN
  expect(released).toEqual([['running', ['one']], ['running', ['two']]]);

  // WHEN
  jest.advanceTimersByTime(200);

  // THEN
  expect(released).toEqual([['running', ['one']], ['running', ['two']], ['running', ['young']]]);
  expect(output.take(['invocation-1'])).toEqual([]);
});

test('a line that comes after its request is not held', () => {
  output.take(['invocation-1']);

  output.add(printed('late'));

  expect(released).toEqual([['over', ['late']]]);
});

test('a late line is still recognized after a thousand other invocations', () => {
  output.take(['invocation-1']);
  for (let n = 0; n < 1_000; n++) output.take([String(n)]);

  output.add(printed('late'));

  expect(released).toEqual([['over', ['late']]]);
});

test('a line that belongs to no invocation is not held', () => {
  output.add(printed('loading', { requestId: undefined }));

  expect(released).toEqual([['over', ['loading']]]);
});

test('releaseAll shows everything that is held', () => {
  output.add(printed('one'));
  output.add(printed('other', { requestId: 'invocation-2' }));

  output.releaseAll();

  expect(released).toEqual([['running', ['one']], ['running', ['other']]]);
  expect(jest.getTimerCount()).toBe(0);
});

test('thousands of invocations leave no timer and no output behind', () => {
  for (let n = 0; n < 5_000; n++) {
    output.add(printed('line', { requestId: String(n) }));
    output.take([String(n)]);
  }

  expect(released).toEqual([]);
  jest.advanceTimersByTime(300);
  expect(jest.getTimerCount()).toBe(0);
});

test('a megabyte of one invocation is shown at once', () => {
  for (let n = 0; n < 3; n++) output.add(printed('x'.repeat(500_000)));
  output.add(printed('more'));

  expect(released.map(([state, lines]) => [state, lines.length])).toEqual([['running', 3], ['running', 1]]);
});
