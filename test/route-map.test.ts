import { Stack } from 'aws-cdk-lib';
import { WebsocketAuthorizer, WebsocketRouteMap } from '../lib';
import { checkRouteMap, handlerDefaults } from '../lib/route-map';

const ROUTES = { foo: { handler: 'src/a.main' } };
const check = (map: unknown): void => checkRouteMap(new Stack(undefined, 'Stack'), map as WebsocketRouteMap);

test('what is all right passes', () => {
  expect(() => check({ routes: ROUTES, authorizer: WebsocketAuthorizer.none(), nestedStacks: 3, bundling: {}, defaults: { memorySize: 128 } }))
    .not.toThrow();
});

const none = "routes: 0 routes are not enough; declare one, for example { $default: { handler: 'src/messages.fallback' } }";

test.each<[unknown, string]>([
  [{}, none],
  [{ routes: {} }, none],
  [{ routes: ROUTES, authorizer: 'iam' }, 'authorizer: "iam" is not a WebsocketAuthorizer; '
    + 'use WebsocketAuthorizer.function(fn), or WebsocketAuthorizer.custom(authorizer) for one of aws-cdk-lib'],
  [{ routes: ROUTES, nestedStacks: 0.5 }, 'nestedStacks: 0.5 is not a number of nested stacks; use a whole number from 0 to 50'],
  [{ routes: ROUTES, defaults: { functionName: 'f' } }, 'defaults.functionName: "f" would be the name of every function; set `functionName` on the routes'],
  [{ routes: ROUTES, bundling: { minify: true }, defaults: { bundling: {} } },
    'bundling: ["minify"] is the same setting as `defaults.bundling`, which is given too; keep one of them'],
])('refused: %j', (map, message) => {
  expect(() => check(map)).toThrow(new Error(`Stack: ${message}`));
});

test('handlerDefaults have the bundling options of either place', () => {
  expect(handlerDefaults({ routes: ROUTES, defaults: { memorySize: 1 }, bundling: { minify: false } }))
    .toEqual({ memorySize: 1, bundling: { minify: false } });
  expect(handlerDefaults({ routes: ROUTES, defaults: { bundling: { minify: true } } })).toEqual({ bundling: { minify: true } });
  expect(handlerDefaults({ routes: ROUTES })).toEqual({ bundling: undefined });
});
