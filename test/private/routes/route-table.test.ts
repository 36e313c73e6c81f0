import { NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { ConnectAuthorizer } from '../../../lib';
import { ApiGrants } from '../../../lib/private/api-grants';
import { RouteKeys } from '../../../lib/private/routes/route-keys';
import { RouteTable, RouteTableOptions } from '../../../lib/private/routes/route-table';
import { ServiceAddress } from '../../../lib/private/service-address';
import { RoutePlan, RouteTarget } from '../../../lib/route';
import { inlineFunction, quickStack } from '../../_helpers/quick-app';

let stack: Stack;
let scope: Construct;
let api: WebSocketApi;
let keys: RouteKeys;

beforeEach(() => {
  stack = quickStack();
  scope = new Construct(stack, 'Chat');
  api = new WebSocketApi(stack, 'Api');
  keys = new RouteKeys();
});

function table(options: Partial<RouteTableOptions> = {}): RouteTable {
  const address = new ServiceAddress(scope, { apiId: api.apiId, stageNames: ['dev'] });
  return new RouteTable(scope, { api, address, grants: new ApiGrants(scope), keys, defaults: {}, ...options });
}

const plan = (routeKey: string, target: RouteTarget): RoutePlan => ({ routeKey, target, settings: {} });
const fn = (id = 'Fn') => inlineFunction(stack, id);

test('knows its routes, functions and plans', () => {
  // GIVEN
  const made = table();
  const [one, other] = [fn('One'), fn('Other')];

  // WHEN
  made.addAll([plan('b', { function: one }), plan('a', { function: other })]);

  // THEN
  expect(made.plans.map(({ routeKey }) => routeKey)).toEqual(['a', 'b']);
  expect(made.route('a').routeKey).toBe('a');
  expect([made.function('a'), made.function('b')]).toEqual([other, one]);
});

test('plans are in the order of their keys, those that come later included', () => {
  const made = table();
  made.addAll([plan('b', { function: fn() })]);
  made.add(plan('a', { function: fn('Late') }));
  expect(made.plans.map(({ routeKey }) => routeKey)).toEqual(['a', 'b']);
});

describe('onFunction', () => {
  test('calls the listener with each function and its name, later ones included, and with none for an integration', () => {
    // GIVEN
    const [made, shared] = [table(), fn()];
    made.addAll([plan('b', { function: shared }), plan('a', { function: shared }), plan('c', { integration: new WebSocketMockIntegration('Mock') })]);
    const told: string[] = [];

    // WHEN
    made.onFunction(({ node }, label) => told.push(`${label}: ${node.id}`));
    made.add(plan('0', { function: fn('Late') }));

    // THEN
    expect(told).toEqual(['Fn: Fn', 'Late: Late']);
  });

  test('tells of a function whose path is the name of one of ours, too', () => {
    // GIVEN
    const [made, authorizer] = [table(), fn('Guard')];
    const told: string[] = [];

    // WHEN
    made.addAll([plan('a', { function: fn('authorizer') })], ConnectAuthorizer.function(authorizer));
    made.onFunction(({ node }, label) => told.push(`${label}: ${node.id}`));

    // THEN
    expect(told).toEqual(['authorizer: Guard', 'authorizer (2): authorizer']);
  });
});

describe('the fences of a table', () => {
  test('a route that is there already', () => {
    const made = table();
    made.add(plan('a', { function: fn() }));
    expect(() => made.add(plan('a', { function: fn('Second') }))).toThrow(new Error(
      'Stack/Chat: addRoute: "a" is a route of this service already; declare it once; `route(key)` returns what was made',
    ));
  });

  test('a route that another construct has made in the API', () => {
    keys.claim(new Construct(stack, 'More'), 'routes', ['a']);
    expect(() => table().addAll([plan('a', { function: fn() })])).toThrow(new Error(
      'Stack/Chat: routes: "a" is a route of Stack/More already, which has the same API; declare it once; `route(key)` there returns what was made',
    ));
  });
});

describe('into nested stacks', () => {
  test('go route, integration and permission of a function, and those of an integration', () => {
    // GIVEN
    const made = table({ nestedStacks: 1 });

    // WHEN
    made.addAll([plan('a', { function: fn() }), plan('b', { integration: new WebSocketMockIntegration('Mock') })]);

    // THEN
    const [nested] = made.stacks.all;
    const types = Object.values(Template.fromStack(nested).toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type).sort();
    expect(types).toEqual([
      'AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::Route',
      'AWS::Lambda::Permission',
    ]);
    expect([made.route('a'), made.route('b')].map((route) => Stack.of(route) instanceof NestedStack)).toEqual([true, true]);
    expect(Stack.of(made.function('a'))).toBe(stack);
  });

  test('goes what several routes share apart from them', () => {
    // GIVEN
    const [made, shared] = [table({ nestedStacks: 1 }), fn()];

    // WHEN
    made.addAll(['a', 'b', 'c'].map((key) => plan(key, { function: shared })));

    // THEN
    expect(made.stacks.all.map(({ node }) => node.id).sort()).toEqual(['Routes-1', 'Shared-1']);
  });
});
