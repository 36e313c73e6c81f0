import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RouteParts } from '../../../lib/private/routes/route-parts';
import { RoutePlan, RouteTarget } from '../../../lib/private/routes/route-target';
import { TargetHomes } from '../../../lib/private/routes/target-homes';
import { inlineFunction, quickStack } from '../../_helpers/quick-app';

let stack: Stack;
let scope: Construct;
let parts: RouteParts;
let homes: TargetHomes;
let target: RouteTarget;

beforeEach(() => {
  stack = quickStack();
  scope = new Construct(stack, 'Chat');
  parts = new RouteParts(scope, 50);
  homes = new TargetHomes(scope, parts);
  target = { function: inlineFunction(stack, 'Fn') };
});

const plan = (routeKey: string, to = target): RoutePlan => ({ routeKey, target: to, settings: {} });

test('a target of one route is at home with it', () => {
  homes.add([plan('a')]);
  expect([homes.of(target), homes.ofRoute(plan('a'))]).toEqual([parts.homeOfRoute('a'), parts.homeOfRoute('a')]);
});

test('a target of several is apart from them, and they are where their keys say', () => {
  homes.add([plan('b'), plan('a')]);
  expect(homes.of(target)).toBe(parts.homeOfShared('Fn'));
  expect(['a', 'b'].map((key) => homes.ofRoute(plan(key)))).toEqual([parts.homeOfRoute('a'), parts.homeOfRoute('b')]);
});

test('a route that comes later joins the target where it is', () => {
  homes.add([plan('a')]);
  homes.add([plan('b')]);
  expect([homes.of(target), homes.ofRoute(plan('b'))]).toEqual([parts.homeOfRoute('a'), parts.homeOfRoute('a')]);
});

test('what is kept stays in the scope, and its routes go where their keys say', () => {
  homes.keep('src/a.main');
  expect(homes.ofHandler('src/a.main')).toBe(scope);
});

test('what is forgotten may find another home', () => {
  // GIVEN
  homes.add([plan('a')]);
  expect(homes.has(target)).toBe(true);

  // WHEN
  homes.forget(target);

  // THEN
  expect(homes.has(target)).toBe(false);
  homes.add([plan('b')]);
  expect(homes.of(target)).toBe(parts.homeOfRoute('b'));
});
