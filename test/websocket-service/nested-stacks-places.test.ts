import { Stack } from 'aws-cdk-lib';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickStack } from '../_helpers/quick-app';
import { count, manyHandlers, routes, service, templates } from './_helpers/nested-service';

let folder: AppFolder;
beforeAll(() => { folder = manyHandlers(); });
afterAll(() => folder.leave());

test('a handler that also authorizes stays in the parent, and its route goes where its key says', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  const chat = service(stack, { authorizer: ConnectAuthorizer.handler('src/many.handle0') });

  // THEN
  expect(Stack.of(chat.function('route0'))).toBe(stack);
  expect(Stack.of(chat.route('route0'))).not.toBe(stack);
});

describe('a route never moves', () => {
  const scopeOf = (map: Record<string, WebsocketServiceRoute>, props: Partial<WebsocketServiceProps> = {}): string => {
    const stack = quickStack();
    const chat = service(stack, { routes: map, nestedStacks: 20, ...props });
    templates(stack);
    return chat.route('b').node.path;
  };
  const own = { b: { handler: 'src/many.handle0' } };

  test.each<[string, Record<string, WebsocketServiceRoute>, Partial<WebsocketServiceProps>?]>([
    ['its handler has another name', { b: { handler: 'src/many.handle1' } }],
    ['a route before it comes to share its handler', { ...own, a: { handler: 'src/many.handle0' } }],
    ['a route after it comes to share its handler', { ...own, c: { handler: 'src/many.handle0' } }],
    ['it comes to share the handler of others', { b: { handler: 'src/many.handle1' }, c: { handler: 'src/many.handle1' } }],
    ['its handler comes to be the authorizer', own, { authorizer: ConnectAuthorizer.handler('src/many.handle0') }],
    ['it has an integration', { b: { integration: new WebSocketMockIntegration('Mock') } }],
  ])('%s', (...[, map, props]) => {
    expect(scopeOf(map, props)).toBe(scopeOf(own));
  });
});

test('what several routes share is in nested stacks without routes, which need no other', () => {
  // GIVEN
  const stack = quickStack();
  const shared = { handler: 'src/many.handle0' };
  const fn = inlineFunction(stack, 'Fn');

  // WHEN
  const chat = service(stack, {
    nestedStacks: 4,
    routes: { ...Object.fromEntries([...'abcdefgh'].map((key) => [key, shared])), x: { function: fn }, y: { function: fn }, z: { handler: 'src/many.handle1' } },
  });

  // THEN
  const all = templates(stack);
  const kinds = Object.entries(all).map(([id, json]) => [id.split('-')[0], count(json, 'AWS::ApiGatewayV2::Route') > 0, count(json, 'AWS::Lambda::Function')]);
  expect(kinds.filter(([kind]) => kind === 'Shared').every(([, hasRoutes]) => hasRoutes === false)).toBe(true);
  expect(kinds.filter(([kind]) => kind === 'Routes').every(([, hasRoutes]) => hasRoutes === true)).toBe(true);
  expect(Stack.of(chat.function('a')).node.id).toMatch(/^Shared-\d$/);
  expect(Stack.of(chat.function('z'))).toBe(Stack.of(chat.route('z')));
  expect(Object.values(all).reduce((sum, json) => sum + count(json, 'AWS::ApiGatewayV2::Integration'), 0)).toBe(3);
  const given = Object.values(all.Stack.Resources).filter(({ Type }) => Type === 'AWS::CloudFormation::Stack').map(({ Properties }) => JSON.stringify(Properties));
  expect(given.filter((text) => text.includes('Outputs.')).every((text) => !/"Fn::GetAtt":\["[^"]*Routes/.test(text))).toBe(true);
});

describe('a route that is added', () => {
  test('goes where its key says, with a target of its own', () => {
    // GIVEN
    const [early, late] = [quickStack(), quickStack()];

    // WHEN
    const first = service(early, { routes: { ...routes(3), late: { handler: 'src/many.handle9' } } }).route('late');
    const second = service(late, { routes: routes(3) }).addRoute('late', { handler: 'src/many.handle9' });

    // THEN
    expect(second.node.path).toBe(first.node.path);
  });

  test('goes to the one whose handler it comes to share', () => {
    // GIVEN
    const stack = quickStack();
    const chat = service(stack, { nestedStacks: 20 });

    // WHEN
    const added = ['p', 'q', 'r'].map((key) => chat.addRoute(key, { handler: 'src/many.handle0' }));

    // THEN
    expect(added.map((route) => Stack.of(route))).toEqual(added.map(() => Stack.of(chat.route('route0'))));
    templates(stack);
  });
});

test('a route more changes no other nested template', () => {
  // GIVEN
  const [before, after] = [routes(20), { ...routes(20), aaa: { handler: 'src/many.handle20' } }].map((map) => {
    const stack = quickStack();
    service(stack, { routes: map, nestedStacks: 5 });
    const { Stack: _, ...nested } = templates(stack);
    return nested;
  });

  // THEN
  expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
  expect(Object.keys(before).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]))).toHaveLength(1);
});

test('the order of the map changes no template', () => {
  // GIVEN
  const map = { ...routes(20), shared: { handler: 'src/many.handle3' }, m: { integration: new WebSocketMockIntegration('Mock') } };

  // WHEN
  const [one, other] = [map, Object.fromEntries(Object.entries(map).reverse())].map((each) => {
    const stack = quickStack();
    service(stack, { routes: each });
    return templates(stack);
  });

  // THEN
  expect(other).toEqual(one);
});
