import { App, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { fail, list, problem, show, takeAll } from '../../lib/private/problem';

const fault = { reason: 'is too long', remedy: 'shorten it' };

test('an error says where, which value, why, and the way out', () => {
  const scope = new Construct(new Stack(new App(), 'Backend'), 'Chat');

  expect(() => problem(scope, 'stageName', 'prod', fault)).toThrow(new Error('Backend/Chat: stageName: "prod" is too long; shorten it'));
});

test('its stack begins with the line that called the library', () => {
  const stackOf = (): string => {
    try {
      return problem(new Stack(new App(), 'Backend'), 'a', 1, fault);
    } catch (error) {
      return (error as Error).stack!;
    }
  };
  const limit = Error.stackTraceLimit;
  const [first, call] = stackOf().split('\n');

  expect(first).toBe('Error: Backend: a: 1 is too long; shorten it');
  expect(call).toContain(__filename);
  expect(Error.stackTraceLimit).toBe(limit);
});

describe('takeAll', () => {
  const scope = new Stack(new App(), 'Backend');
  const bad = (property: string) => (): string => problem(scope, property, 1, fault);

  test('returns what the steps return', () => {
    expect(takeAll(scope, [() => 'a', () => 'b'])).toEqual(['a', 'b']);
  });

  test('runs every step, and throws all faults as one error', () => {
    const last = jest.fn(() => 'c');

    expect(() => takeAll(scope, [bad('a'), () => 'x', () => fail(scope, ['b is bad', 'c is bad']), last])).toThrow(new Error(
      'Backend: a: 1 is too long; shorten it\nBackend: b is bad\nBackend: c is bad',
    ));
    expect(last).toHaveBeenCalled();
  });

  test('lets other errors through at once', () => {
    const other = new TypeError('x is not a function');

    expect(() => takeAll(scope, [bad('a'), () => { throw other; }])).toThrow(other);
  });
});

test.each<[string, unknown, string]>([
  ['what is not set', undefined, '(not set)'],
  ['null', null, 'null'],
  ['text, in quotes', 'a "b"', '"a \\"b\\""'],
  ['empty text', '', '""'],
  ['a number', 301, '301'],
  ['a list', ['handler', 'function'], '["handler","function"]'],
  ['an empty list', [], '[]'],
  ['a list of values', ['a', undefined, 5, Duration.seconds(90), { memorySize: 128 }, ['b']], '["a",(not set),5,1 minute 30 seconds,{ memorySize },["b"]]'],
  ['an object by its keys', { memorySize: 128, environment: { KEY: 'value' } }, '{ memorySize, environment }'],
  ['an empty object', {}, '{}'],
  ['an object by its class', Size.mebibytes(1), 'Size { amount, unit }'],
  ['an object of a class without members', new (class Empty {})(), 'Empty {}'],
  ['an object without a class', Object.assign(Object.create(null) as object, { a: 1 }), 'object { a }'],
  ['a duration', Duration.seconds(90), '1 minute 30 seconds'],
  ['a function', Math.max, String(Math.max)],
  ['what JSON cannot say', BigInt(7), '7'],
])('shows %s', (_, value, shown) => {
  expect(show(value)).toEqual(shown);
});

test('shows a construct by its path', () => {
  expect(show(new Construct(new Stack(new App(), 'Backend'), 'Worker'))).toEqual('Backend/Worker');
});

test('shows a list of constructs by their paths', () => {
  const stack = new Stack(new App(), 'Backend');

  expect(show(['A', 'B'].map((id) => new Construct(stack, id)))).toEqual('[Backend/A,Backend/B]');
});

test('shows an object that contains itself', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  expect(show(circle)).toEqual('{ self }');
});

test('shows a token without resolving it', () => {
  const token = Lazy.string({ produce: () => 'never asked' });

  expect(show(token)).toEqual(JSON.stringify(token));
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('lists %j', (items, text) => {
  expect(list(items)).toEqual(text);
});

test('lists alternatives', () => {
  expect(list(['a', 'b', 'c'], 'or')).toEqual('a, b or c');
});
