import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { list, problem, show } from '../../lib/private/problem';

const complaint = { reason: 'is too long', remedy: 'shorten it' };

test('an error says where, which value, why, and the way out', () => {
  const scope = new Construct(new Stack(new App(), 'Backend'), 'Chat');

  expect(problem(scope, 'stageName', 'prod', complaint)).toEqual(new Error('Backend/Chat: stageName: "prod" is too long; shorten it'));
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'nothing'],
  ['null', null, 'null'],
  ['text, in quotes', 'a "b"', '"a \\"b\\""'],
  ['empty text', '', '""'],
  ['a number', 301, '301'],
  ['a list', ['handler', 'function'], '["handler","function"]'],
  ['an object', { memorySize: 128 }, '{"memorySize":128}'],
  ['a duration', Duration.seconds(90), '1 minute 30 seconds'],
  ['a function', Math.max, String(Math.max)],
  ['what JSON cannot say', BigInt(7), '7'],
])('shows %s', (_, value, shown) => {
  expect(show(value)).toEqual(shown);
});

test('shows a construct by its path', () => {
  expect(show(new Construct(new Stack(new App(), 'Backend'), 'Worker'))).toEqual('Backend/Worker');
});

test('shows an object that contains itself', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  expect(show(circle)).toEqual('[object Object]');
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
