import { NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RouteParts } from '../../lib/private/route-parts';

const TARGETS = Array.from({ length: 300 }, (_, index) => `src/many.handle${index}`);

function parts(count?: number): { scope: Construct; parts: RouteParts } {
  const scope = new Construct(new Stack(undefined, 'Stack'), 'Chat');
  return { scope, parts: new RouteParts(scope, count) };
}

/** The number of the nested stack of each target. */
function homes(count: number, targets = TARGETS): number[] {
  const made = parts(count).parts;
  return targets.map((target) => Number(made.homeOf(target).node.id.replace('Routes-', '')));
}

test.each([undefined, 0])('without nested stacks everything is in the scope: %s', (count) => {
  const { scope, parts: made } = parts(count);
  expect(made.homeOf('a')).toBe(scope);
  expect([made.all.length, made.count]).toEqual([0, 0]);
});

test('a nested stack is made when something is to be in it', () => {
  // GIVEN
  const { scope, parts: made } = parts(7);

  // WHEN
  const [first, again] = [made.homeOf('a'), made.homeOf('a')];

  // THEN
  expect(first).toBeInstanceOf(NestedStack);
  expect(again).toBe(first);
  expect(made.all.map(({ node }) => node.path)).toEqual([first.node.path]);
  expect(scope.node.children.filter((child) => Stack.isStack(child))).toHaveLength(1);
});

test('the place of a target depends on its name alone', () => {
  const reversed = homes(8, [...TARGETS].reverse()).reverse();
  expect(homes(8)).toEqual(reversed);
});

test('the places are a contract', () => {
  expect(homes(8).slice(0, 12)).toEqual([5, 2, 2, 2, 3, 1, 2, 2, 5, 3, 2, 6]);
});

test('all of them are used, each for about as many', () => {
  const counts = new Map<number, number>();
  for (const home of homes(6)) counts.set(home, (counts.get(home) ?? 0) + 1);

  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Math.max(...counts.values())).toBeLessThan(2 * 300 / 6);
});

test('with one more, only what goes there moves', () => {
  // WHEN
  const [before, after] = [homes(6), homes(7)];

  // THEN
  const moved = after.filter((home, index) => home !== before[index]);
  expect(moved.length).toBeGreaterThan(0);
  expect(new Set(moved)).toEqual(new Set([7]));
});
