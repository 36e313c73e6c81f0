import { App, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { routeCountFault, RouteKeys } from '../../../lib/private/routes/route-keys';

let stack: Stack;
let chat: Construct;
let more: Construct;
let keys: RouteKeys;

beforeEach(() => {
  stack = new Stack(new App(), 'Stack');
  chat = new Construct(stack, 'Chat');
  more = new Construct(stack, 'More');
  keys = new RouteKeys();
});

const duplicate = new Error(
  'Stack/More: routes: "a" is a route of Stack/Chat already, which has the same API; declare it once; `route(key)` there returns what was made',
);

describe('claim', () => {
  test('accepts keys of several owners', () => {
    keys.claim(chat, 'routes', ['a', 'b']);
    expect(() => keys.claim(more, 'routes', ['c'])).not.toThrow();
  });

  test('rejects a key that another owner has, and claims none of the others', () => {
    // GIVEN
    keys.claim(chat, 'routes', ['a']);

    // THEN
    expect(() => keys.claim(more, 'routes', ['b', 'a'])).toThrow(duplicate);
    expect(() => keys.claim(chat, 'routes', ['b'])).not.toThrow();
  });

  test('lets an owner claim its own again', () => {
    keys.claim(chat, 'routes', ['a']);
    expect(() => keys.claim(chat, 'addRoute', ['a'])).not.toThrow();
  });

  test('refuses none at all', () => {
    expect(() => keys.claim(chat, 'routes', [])).not.toThrow();
  });

  test('rejects more routes than an API may have, whichever constructs have them', () => {
    // GIVEN
    keys.claim(chat, 'routes', Array.from({ length: 299 }, (_, index) => `k${index}`));

    // THEN
    expect(() => keys.claim(more, 'routes', ['a', 'b'])).toThrow(new Error(
      'Stack/More: routes: 301 routes are more than the 300 that API Gateway allows for one API; '
      + 'let one route serve several kinds of messages, or make a second service',
    ));
    expect(() => keys.claim(more, 'routes', ['a'])).not.toThrow();
  });
});

describe('ofImported', () => {
  const of = (scope: Construct, apiId = 'abc', region = 'eu-west-1') => RouteKeys.ofImported(scope, apiId, region);

  test('is one object for one API, in whatever stack', () => {
    expect(of(new Stack(stack.node.root as App, 'Other'))).toBe(of(chat));
  });

  test.each<[string, () => RouteKeys]>([
    ['another API', () => of(chat, 'abd')],
    ['another Region', () => of(chat, 'abc', 'us-east-1')],
    ['another stage of the app', () => of(new Stack(new Stage(stack.node.root, 'Beta'), 'Stack'))],
    ['another app', () => of(new App())],
  ])('is another one for %s', (_case, other) => {
    expect(other()).not.toBe(of(chat));
  });

  test('cannot tell whether tokens are one API', () => {
    const token = Lazy.string({ produce: () => 'abc' });
    expect(of(chat, token)).not.toBe(of(chat, token));
  });

  test('takes Regions that are not known for one', () => {
    expect(of(chat, 'abc', stack.region)).toBe(of(chat, 'abc', new Stack(undefined, 'X').region));
  });
});

describe('the number of routes', () => {
  test.each([1, 2, 299, 300])('%d routes are a service', (count) => {
    expect(routeCountFault(count)).toBeUndefined();
  });

  test('no route is refused', () => {
    expect(routeCountFault(0)).toEqual({
      reason: 'routes are not enough',
      remedy: "declare one, for example { $default: { handler: 'src/messages.fallback' } }",
    });
  });

  test.each([301, 1000])('%d routes are refused', (count) => {
    expect(routeCountFault(count)).toEqual({
      reason: 'routes are more than the 300 that API Gateway allows for one API',
      remedy: 'let one route serve several kinds of messages, or make a second service',
    });
  });
});
