import { Duration, Intrinsic, Lazy, Size, Stack, Token } from 'aws-cdk-lib';
import { Architecture, Runtime, RuntimeFamily, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { sameValue } from '../../lib/private/values';

const seconds = Token.asNumber({ Ref: 'Seconds' });
const durationToken = Duration.seconds(seconds);
const sizeToken = Size.mebibytes(seconds);
const text = Token.asString({ Ref: 'Text' });
const lazy = Lazy.any({ produce: () => 1 });
const stack = new Stack();
const role = new Construct(stack, 'Role');
const hook = (): string[] => [];

test.each<[string, unknown, unknown]>([
  ['numbers', 128, 128],
  ['not a number', NaN, NaN],
  ['texts', 'a', 'a'],
  ['nothing and nothing', undefined, undefined],
  ['durations in other units', Duration.minutes(1), Duration.seconds(60)],
  ['durations below a second', Duration.millis(1500), Duration.seconds(1.5)],
  ['a duration of unknown length and itself', durationToken, durationToken],
  ['sizes in other units', Size.gibibytes(1), Size.mebibytes(1024)],
  ['a size of unknown length and itself', sizeToken, sizeToken],
  ['texts with one token', `${text}-x`, `${text}-x`],
  ['lists', ['a', Duration.hours(1)], ['a', Duration.minutes(60)]],
  ['empty lists', [], []],
  ['maps in another order', { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
  ['a missing key and undefined', { a: 1 }, { a: 1, b: undefined }],
  ['undefined and a missing key', { a: 1, b: undefined }, { a: 1 }],
  ['instances of a class', new Runtime('nodejs24.x', RuntimeFamily.NODEJS), new Runtime('nodejs24.x', RuntimeFamily.NODEJS)],
  ['architectures', Architecture.custom('arm64', 'linux/arm64'), Architecture.ARM_64],
  ['members of an enum', Tracing.ACTIVE, Tracing.ACTIVE],
  ['a construct and itself', role, role],
  ['maps with one construct', { role }, { role }],
  ['a token and itself', lazy, lazy],
  ['maps with one function', { hook }, { hook }],
])('the same: %s', (_, left, right) => {
  expect([sameValue(left, right), sameValue(right, left)]).toEqual([true, true]);
});

test.each<[string, unknown, unknown]>([
  ['numbers', 128, 256],
  ['a number and its text', 128, '128'],
  ['null and nothing', null, undefined],
  ['null and an object', null, {}],
  ['false and nothing', false, undefined],
  ['durations', Duration.minutes(1), Duration.seconds(61)],
  ['durations less than a second apart', Duration.millis(1500), Duration.seconds(1)],
  ['a duration and one of unknown length', Duration.seconds(1), durationToken],
  ['durations of unknown length', durationToken, Duration.seconds(seconds)],
  ['sizes', Size.gibibytes(1), Size.mebibytes(1025)],
  ['sizes less than a mebibyte apart', Size.kibibytes(1), Size.kibibytes(2)],
  ['a size and one of unknown length', Size.mebibytes(1), sizeToken],
  ['a duration and a size', Duration.seconds(1), Size.mebibytes(1)],
  ['a list and a longer one', ['a'], ['a', 'b']],
  ['a list and one with nothing behind it', ['a'], ['a', undefined]],
  ['lists in another order', ['a', 'b'], ['b', 'a']],
  ['a list and a map', ['a'], { 0: 'a' }],
  ['maps', { a: { b: 1 } }, { a: { b: 2 } }],
  ['a map and a larger one', { a: 1 }, { a: 1, b: 1 }],
  ['runtimes', Runtime.NODEJS_22_X, Runtime.NODEJS_24_X],
  ['architectures', Architecture.ARM_64, Architecture.X86_64],
  ['an instance and a map that looks like it', Architecture.ARM_64, { ...Architecture.ARM_64 }],
  ['members of an enum', Tracing.ACTIVE, Tracing.PASS_THROUGH],
  ['constructs', role, new Construct(stack, 'Other')],
  ['a construct and a map', role, {}],
  ['tokens', lazy, Lazy.any({ produce: () => 1 })],
  ['texts with two tokens', text, Token.asString({ Ref: 'Other' })],
  ['tokens that say the same', new Intrinsic({ Ref: 'A' }, { stackTrace: false }), new Intrinsic({ Ref: 'A' }, { stackTrace: false })],
  ['functions', { hook }, { hook: (): string[] => [] }],
])('not the same: %s', (_, left, right) => {
  expect([sameValue(left, right), sameValue(right, left)]).toEqual([false, false]);
});

test('two constructs with equal members are two', () => {
  const other = new Stack();

  expect(sameValue(new Construct(other, 'Role'), new Construct(new Stack(), 'Role'))).toBe(false);
});
