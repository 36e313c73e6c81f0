import { NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RouteScopes, RouteStacks } from '../../../lib/private/routes/route-scopes';
import { RoutePlan, RouteTarget } from '../../../lib/route';
import { inlineFunction, quickStack } from '../../_helpers/quick-app';

const KEYS = Array.from({ length: 300 }, (_, index) => `route${index}`);

function stacksOf(count?: number): { scope: Construct; stacks: RouteStacks } {
  const scope = new Construct(new Stack(undefined, 'Stack'), 'Chat');
  return { scope, stacks: new RouteStacks(scope, count) };
}

/** The number of the nested stack of each route. */
function numbers(count: number, keys = KEYS): number[] {
  const stacks = stacksOf(count).stacks;
  return keys.map((key) => Number(stacks.ofRoute(key).node.id.replace('Routes-', '')));
}

test.each([undefined, 0])('without nested stacks everything is in the scope: %s', (count) => {
  const { scope, stacks } = stacksOf(count);
  expect(stacks.ofRoute('a')).toBe(scope);
  expect([stacks.all.length, stacks.count]).toEqual([0, 0]);
});

test('a nested stack is made when something goes into it', () => {
  // GIVEN
  const { scope, stacks } = stacksOf(7);

  // WHEN
  const [first, again] = [stacks.ofRoute('a'), stacks.ofRoute('a')];

  // THEN
  expect(first).toBeInstanceOf(NestedStack);
  expect(again).toBe(first);
  expect(stacks.all.map(({ node }) => node.path)).toEqual([first.node.path]);
  expect(scope.node.children.filter((child) => Stack.isStack(child))).toHaveLength(1);
});

test('the stack of a route depends on its key alone', () => {
  const reversed = numbers(8, [...KEYS].reverse()).reverse();
  expect(numbers(8)).toEqual(reversed);
});

test('the numbers of the stacks are a contract', () => {
  expect(numbers(8).slice(0, 12)).toEqual([3, 1, 8, 5, 6, 2, 1, 8, 3, 6, 5, 4]);
});

test('all stacks are used, each for about as many routes', () => {
  const counts = new Map<number, number>();
  for (const number of numbers(6)) counts.set(number, (counts.get(number) ?? 0) + 1);

  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Math.max(...counts.values())).toBeLessThan(2 * 300 / 6);
});

test('with one stack more, only the routes that go there move', () => {
  // WHEN
  const [before, after] = [numbers(6), numbers(7)];

  // THEN
  const moved = after.filter((number, index) => number !== before[index]);
  expect(moved.length).toBeGreaterThan(0);
  expect(new Set(moved)).toEqual(new Set([7]));
});

test('a target of several routes goes into a stack of its own kind, by the same rule', () => {
  // GIVEN
  const { stacks } = stacksOf(8);

  // WHEN
  const [route, shared] = [stacks.ofRoute('a'), stacks.ofShared('a')];

  // THEN
  expect(shared.node.id).toBe(route.node.id.replace('Routes', 'Shared'));
  expect(stacks.all.map(({ node }) => node.id)).toEqual([route.node.id, shared.node.id]);
  expect(stacksOf(0).stacks.ofShared('a')).not.toBeInstanceOf(NestedStack);
});

describe('the scopes of targets', () => {
  let stack: Stack;
  let scope: Construct;
  let stacks: RouteStacks;
  let scopes: RouteScopes;
  let target: RouteTarget;

  beforeEach(() => {
    stack = quickStack();
    scope = new Construct(stack, 'Chat');
    stacks = new RouteStacks(scope, 50);
    scopes = new RouteScopes(scope, stacks);
    target = { function: inlineFunction(stack, 'Fn') };
  });

  const plan = (routeKey: string, to = target): RoutePlan => ({ routeKey, target: to, settings: {} });

  test('a target of one route is in the scope of the route', () => {
    scopes.add([plan('a')]);
    expect([scopes.ofTarget(target), scopes.ofRoute(plan('a'))]).toEqual([stacks.ofRoute('a'), stacks.ofRoute('a')]);
  });

  test('a target of several is apart from them, and they are where their keys say', () => {
    scopes.add([plan('b'), plan('a')]);
    expect(scopes.ofTarget(target)).toBe(stacks.ofShared('Fn'));
    expect(['a', 'b'].map((key) => scopes.ofRoute(plan(key)))).toEqual([stacks.ofRoute('a'), stacks.ofRoute('b')]);
  });

  test('a route that comes later joins the target where it is', () => {
    scopes.add([plan('a')]);
    scopes.add([plan('b')]);
    expect([scopes.ofTarget(target), scopes.ofRoute(plan('b'))]).toEqual([stacks.ofRoute('a'), stacks.ofRoute('a')]);
  });

  test('what is kept stays in the scope, and its routes go where their keys say', () => {
    scopes.keep('src/a.main');
    expect(scopes.ofHandler('src/a.main')).toBe(scope);
  });
});
