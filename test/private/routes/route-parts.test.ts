import { CfnWaitConditionHandle, NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RouteParts } from '../../../lib/private/routes/route-parts';

const KEYS = Array.from({ length: 300 }, (_, index) => `route${index}`);

function parts(count?: number): { scope: Construct; parts: RouteParts } {
  const scope = new Construct(new Stack(undefined, 'Stack'), 'Chat');
  return { scope, parts: new RouteParts(scope, count) };
}

/** The number of the nested stack of each route. */
function homes(count: number, keys = KEYS): number[] {
  const made = parts(count).parts;
  return keys.map((key) => Number(made.homeOfRoute(key).node.id.replace('Routes-', '')));
}

test.each([undefined, 0])('without nested stacks everything is in the scope: %s', (count) => {
  const { scope, parts: made } = parts(count);
  expect(made.homeOfRoute('a')).toBe(scope);
  expect([made.all.length, made.count]).toEqual([0, 0]);
});

test('a nested stack is made when something is to be in it', () => {
  // GIVEN
  const { scope, parts: made } = parts(7);

  // WHEN
  const [first, again] = [made.homeOfRoute('a'), made.homeOfRoute('a')];

  // THEN
  expect(first).toBeInstanceOf(NestedStack);
  expect(again).toBe(first);
  expect(made.all.map(({ node }) => node.path)).toEqual([first.node.path]);
  expect(scope.node.children.filter((child) => Stack.isStack(child))).toHaveLength(1);
});

test('the place of a route depends on its name alone', () => {
  const reversed = homes(8, [...KEYS].reverse()).reverse();
  expect(homes(8)).toEqual(reversed);
});

test('the places are a contract', () => {
  expect(homes(8).slice(0, 12)).toEqual([3, 1, 8, 5, 6, 2, 1, 8, 3, 6, 5, 4]);
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

test('what is shared has stacks of its own, by the same rule', () => {
  // GIVEN
  const { parts: made } = parts(8);

  // WHEN
  const [route, shared] = [made.homeOfRoute('a'), made.homeOfShared('a')];

  // THEN
  expect(shared.node.id).toBe(route.node.id.replace('Routes', 'Shared'));
  expect(made.all.map(({ node }) => node.id)).toEqual([route.node.id, shared.node.id]);
  expect(parts(0).parts.homeOfShared('a')).not.toBeInstanceOf(NestedStack);
});

test('prune takes back what is empty, and nothing else', () => {
  // GIVEN
  const { scope, parts: made } = parts(8);
  const kept = made.homeOfShared('a');
  new CfnWaitConditionHandle(kept, 'Handle');
  made.homeOfRoute('a');

  // WHEN
  made.prune();

  // THEN
  expect(made.all.map(({ node }) => node.id)).toEqual([kept.node.id]);
  expect(scope.node.children.map(({ node }) => node.id)).toEqual([kept.node.id, `${kept.node.id}.NestedStack`]);
  expect(made.homeOfRoute('a')).toBeInstanceOf(NestedStack);
});
