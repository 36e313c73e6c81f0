import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickStack } from '../_helpers/quick-app';

const FILES = {
  'src/a.ts': 'import { greet } from "./greet"; export const main = async () => greet("a"); export const other = main;',
  'src/greet.ts': 'export const greet = (name: string) => `hello ${name}`;',
  'src/auth.ts': 'export const authorize = async () => ({});',
};

let folder: AppFolder;

beforeAll(() => { folder = new AppFolder(FILES); });
afterAll(() => folder.leave());

type Routes = Record<string, WebsocketServiceRoute>;

function templateOf(routes: (stack: Stack) => Routes): Record<string, unknown> {
  const stack = quickStack();
  new WebsocketService(stack, 'Chat', { routes: routes(stack), authorizer: ConnectAuthorizer.handler('src/auth.authorize') });
  return Template.fromStack(stack).toJSON();
}

function reversed(routes: Routes): Routes {
  return Object.fromEntries(Object.entries(routes).reverse());
}

describe('the order of the map changes no logical id and no property', () => {
  test.each<[string, (stack: Stack) => Routes]>([
    ['handlers, some of them shared', () => ({
      $connect: { handler: 'src/a.main' },
      b: { handler: './src/a.main', returnResponse: true },
      a: { handler: 'src/a.other' },
      $default: { handler: 'src/a.ts.other' },
    })],
    ['a shared function', (stack) => {
      const fn = inlineFunction(stack, 'Fn');
      return { b: { function: fn }, a: { function: fn }, c: { handler: 'src/a.main' } };
    }],
    ['a shared integration', (stack) => {
      const integration = new WebSocketLambdaIntegration('Shared', inlineFunction(stack, 'Fn'));
      return { b: { integration }, c: { handler: 'src/a.main' }, a: { integration } };
    }],
  ])('%s', (_case, routes) => {
    // WHEN
    const one = templateOf(routes);
    const other = templateOf((stack) => reversed(routes(stack)));

    // THEN
    expect(Object.keys(one.Resources as object).length).toBeGreaterThan(10);
    expect(other).toEqual(one);
  });
});

test('a route more changes nothing of the others', () => {
  // GIVEN
  const routes: Routes = { b: { handler: 'src/a.main' }, c: { handler: 'src/a.other' } };

  // WHEN
  const before = templateOf(() => routes).Resources as Record<string, unknown>;
  const after = templateOf(() => ({ a: { handler: 'src/a.main' }, ...routes })).Resources as Record<string, unknown>;

  // THEN
  const { ChatStage8BF11434: stage, ...others } = before;
  expect(after).toMatchObject(others);
  // The stage waits for every route.
  const { DependsOn: waitsFor, ...rest } = stage as { DependsOn: string[] };
  expect(after.ChatStage8BF11434).toEqual({ ...rest, DependsOn: expect.arrayContaining(waitsFor) });
  expect(Object.keys(after).length).toBe(Object.keys(before).length + 1);
});

test('route keys and files that look alike in ids are told apart', () => {
  // GIVEN
  folder.write({ 'src/x--y.ts': FILES['src/auth.ts'], 'src/x/y.ts': FILES['src/auth.ts'], 'src/x%2Fy.ts': FILES['src/auth.ts'] });

  // WHEN
  const stack = quickStack();
  new WebsocketService(stack, 'Chat', {
    authorizer: ConnectAuthorizer.none(),
    routes: {
      'chat/join': { handler: 'src/x/y.authorize' },
      'chat--join': { handler: 'src/x--y.authorize' },
      'chat%2Fjoin': { handler: 'src/x%2Fy.authorize' },
    },
  });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ApiGatewayV2::Route', 3);
  template.resourceCountIs('AWS::Lambda::Function', 3);
  const keys = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties.RouteKey);
  expect(keys.sort()).toEqual(['chat%2Fjoin', 'chat--join', 'chat/join']);
});

test('functions whose paths look alike in ids are told apart', () => {
  // WHEN
  const template = templateOf((stack) => ({
    a: { function: inlineFunction(stack, 'x--y') },
    b: { function: inlineFunction(new Construct(stack, 'x'), 'y') },
  }));

  // THEN
  const types = Object.values(template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.filter((type) => type === 'AWS::ApiGatewayV2::Integration')).toHaveLength(3);
});

describe('the ids are a contract', () => {
  test('of the children of a service', () => {
    // WHEN
    const stack = quickStack();
    const fn = inlineFunction(stack, 'Fn');
    const chat = new WebsocketService(stack, 'Chat', {
      authorizer: ConnectAuthorizer.handler('src/auth.authorize'),
      routes: {
        'chat/join': { handler: 'src/a.main' },
        'f': { function: fn },
        'i': { integration: new WebSocketLambdaIntegration('Own', fn) },
      },
    });

    // THEN
    expect(chat.node.children.map(({ node }) => node.id).sort()).toEqual([
      'Api',
      'Authorizer',
      'ConnectMock',
      'Function-Fn',
      'Handler-src%2Fa.main',
      'Handler-src%2Fauth.authorize',
      'Integration-i',
      'Route-$connect',
      'Route-chat%2Fjoin',
      'Route-f',
      'Route-i',
      'Stage',
    ]);
  });
});

describe('with real bundles', () => {
  function bundledTemplate(handler: string): object {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new WebsocketService(stack, 'Chat', {
      authorizer: ConnectAuthorizer.handler('src/auth.authorize'),
      bundling: { sourceMap: true },
      routes: { foo: { handler } },
    });
    return app.synth().getStackArtifact(stack.artifactId).template;
  }

  test('a checkout elsewhere gives the same template', () => {
    // GIVEN
    const here = bundledTemplate('src/a.main');

    // WHEN
    const elsewhere = new AppFolder(FILES);
    const there = bundledTemplate('src/a.main');
    elsewhere.leave();

    // THEN
    expect(there).toEqual(here);
  });

  test('an absolute path gives the same template as a relative one', () => {
    expect(bundledTemplate(path.resolve('src/a.main'))).toEqual(bundledTemplate('src/a.main'));
  });

  test('other code gives another template', () => {
    // GIVEN
    const before = bundledTemplate('src/a.main');

    // WHEN
    folder.write({ 'src/greet.ts': FILES['src/greet.ts'].replace('hello', 'goodbye') });

    // THEN
    expect(bundledTemplate('src/a.main')).not.toEqual(before);
  });
});
