import * as fs from 'fs';
import * as path from 'path';
import { NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { WebsocketAuthorizer, WebsocketRouteOptions, WebsocketService, WebsocketServiceProps } from '../../lib';
import { RouteParts } from '../../lib/private/route-parts';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, quickStack, warnings } from '../_helpers/quick-app';

const NUMBERS = [...Array(300).keys()];
const LOG_GROUPS = { '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true };

/** CloudFormation's quotas of one template. */
const QUOTAS = { resources: 500, parameters: 200, outputs: 200, bytes: 1_000_000 };

let folder: AppFolder;
beforeAll(() => {
  folder = new AppFolder({ 'src/many.ts': NUMBERS.map((number) => `export const handle${number} = async () => ({});`).join('\n') });
});
afterAll(() => folder.leave());

function routes(count: number): Record<string, WebsocketRouteOptions> {
  return Object.fromEntries(NUMBERS.slice(0, count).map((number) => [`route${number}`, { handler: `src/many.handle${number}` }]));
}

function service(stack: Stack, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: routes(6), nestedStacks: 3, authorizer: WebsocketAuthorizer.none(), ...props });
}

type Resources = Record<string, { Type: string; Properties: Record<string, unknown>; DependsOn?: string[] }>;

interface Json {
  readonly Resources: Resources;
  readonly Parameters?: object;
  readonly Outputs?: object;
}

const nestedOf = (stack: Stack): NestedStack[] => stack.node.findAll().filter((node): node is NestedStack => node instanceof NestedStack);

/** The templates of the nested stacks by id, and that of the stack itself under its own; synthesis fails for a cycle. */
function templates(stack: Stack): Record<string, Json> {
  (stack.node.root as ReturnType<typeof quickApp>).synth();
  return Object.fromEntries([stack, ...nestedOf(stack)].map((each) => [each.node.id, Template.fromStack(each).toJSON() as Json]));
}

/** How many of the 300 handlers are in each of some nested stacks. */
function handlersIn(nestedStacks: number): number[] {
  const parts = new RouteParts(new Stack(undefined, 'Stack'), nestedStacks);
  const homes = NUMBERS.map((number) => parts.homeOfRoute(`route${number}`).node.id);
  return [...Array(nestedStacks).keys()].map((index) => homes.filter((id) => id === `Routes-${index + 1}`).length);
}

const count = (json: Json, type: string): number => Object.values(json.Resources).filter(({ Type }) => Type === type).length;

describe.each<[string, number, object]>([['without log groups', 6, {}], ['with log groups', 7, LOG_GROUPS]])('300 routes with 300 handlers %s', (_name, each, context) => {
  test('keep within every quota of CloudFormation, in the nested stacks and in the parent', () => {
    // GIVEN
    const stack = quickStack({ ...context, 'aws:cdk:enable-path-metadata': true });

    // WHEN
    service(stack, { routes: routes(300), nestedStacks: 5 });

    // THEN
    const found = Object.values(templates(stack));
    expect(found).toHaveLength(6);
    for (const json of found) {
      expect(Object.keys(json.Resources).length).toBeLessThanOrEqual(QUOTAS.resources);
      expect(Object.keys(json.Parameters ?? {}).length).toBeLessThanOrEqual(QUOTAS.parameters);
      expect(Object.keys(json.Outputs ?? {}).length).toBeLessThanOrEqual(QUOTAS.outputs);
      expect(JSON.stringify(json).length).toBeLessThan(QUOTAS.bytes);
    }
    const [parent, ...nested] = found;
    expect(Object.values(parent.Resources).map(({ Type }) => Type).sort()).toEqual([
      'AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage', ...Array(5).fill('AWS::CloudFormation::Stack'),
    ]);
    expect(nested.reduce((sum, json) => sum + Object.keys(json.Resources).length, 0)).toBe(300 * each);
  });

  test('in too few nested stacks are refused, and what helps is said', () => {
    // GIVEN
    const stack = quickStack(context);

    // WHEN
    service(stack, { routes: routes(300), nestedStacks: 3 });

    // THEN
    const one = (id: number, resources: number) => `  [Stack/Chat] the nested stack Routes-${id} has ${resources} resources, more than the 500 that `
      + 'CloudFormation takes; choose a higher `nestedStacks`, or let functions share what each of them has of its own: `defaults.role` (one role with '
      + 'its policy) and `defaults.logGroup` (one log group)';
    const reports = handlersIn(3).map((handlers, index) => one(index + 1, each * handlers)).filter((_, index) => each * handlersIn(3)[index] > 500);
    expect(() => templates(stack)).toThrow(new Error(`Validation failed with the following errors:\n${reports.join('\n')}`));
  });
});

test('the parent keeps API, authorizer and stage, and the stage waits for the nested stacks', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { authorizer: WebsocketAuthorizer.handler('src/many.handle299') });

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  expect(['Api', 'Authorizer', 'Stage', 'Route'].map((type) => count(parent, `AWS::ApiGatewayV2::${type}`))).toEqual([1, 1, 1, 1]);
  expect(Object.values(parent.Resources).find(({ Type, Properties }) => Type === 'AWS::ApiGatewayV2::Route' && Properties.RouteKey !== '$connect'))
    .toBeUndefined();
  const stage = Object.values(parent.Resources).find(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage')!;
  const stacks = Object.entries(parent.Resources).filter(([, { Type }]) => Type === 'AWS::CloudFormation::Stack').map(([id]) => id);
  expect(stacks).toHaveLength(Object.keys(nested).length);
  expect(stage.DependsOn).toEqual(expect.arrayContaining(stacks));
});

test('whole routes go there: function, permission, integration, route and response', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { routes: { a: { handler: 'src/many.handle0', returnResponse: true } } });

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  const [json] = Object.values(nested);
  expect(Object.values(json.Resources).map(({ Type }) => Type).sort()).toEqual([
    'AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::RouteResponse', 'AWS::IAM::Policy', 'AWS::IAM::Role',
    'AWS::Lambda::Function', 'AWS::Lambda::Permission',
  ]);
  expect(Object.keys(parent.Resources)).toHaveLength(3);
});

test('the callback URL of a nested function names the API by a parameter', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { routes: routes(1) });

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  const [json] = Object.values(nested);
  const [parameter] = Object.keys(json.Parameters!);
  const fn = Object.values(json.Resources).find(({ Type }) => Type === 'AWS::Lambda::Function')!;
  expect(fn.Properties.Environment).toEqual({
    Variables: {
      WEBSOCKET_CALLBACK_URL: {
        'Fn::Join': ['', ['https://', { Ref: parameter }, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/dev']],
      },
    },
  });
  const given = Object.values(parent.Resources).find(({ Type }) => Type === 'AWS::CloudFormation::Stack')!.Properties.Parameters;
  expect(given).toEqual({ [parameter]: { Ref: expect.stringMatching(/^ChatApi/) } });
});

describe('no cycle, with', () => {
  const lambdaRole = (scope: Stack): iam.Role => new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

  test.each<[string, (stack: Stack, other: Stack) => void]>([
    ['a role and log group of the parent', (stack) => {
      service(stack, { defaults: { role: lambdaRole(stack), logGroup: new logs.LogGroup(stack, 'Log') } });
    }],
    ['a role of another stack', (stack, other) => { service(stack, { defaults: { role: lambdaRole(other) } }); }],
    ['a function of another stack', (stack, other) => { service(stack, { routes: { ...routes(3), f: { function: inlineFunction(other, 'Fn') } } }); }],
    ['a function of the parent', (stack) => { service(stack, { routes: { ...routes(3), f: { function: inlineFunction(stack, 'Fn') } } }); }],
    ['a function of a nested stack of the user', (stack) => {
      service(stack, { routes: { ...routes(3), f: { function: inlineFunction(new NestedStack(stack, 'Mine'), 'Fn') } } });
    }],
    ['a VPC of the parent', (stack) => { service(stack, { defaults: { vpc: new ec2.Vpc(stack, 'Vpc') } }); }],
    ['a VPC of another stack', (stack, other) => { service(stack, { defaults: { vpc: new ec2.Vpc(other, 'Vpc') } }); }],
    ['an authorizer that is also the handler of a route', (stack) => {
      service(stack, { authorizer: WebsocketAuthorizer.handler('src/many.handle0') });
    }],
    ['an authorizer function of the parent', (stack) => {
      service(stack, { authorizer: WebsocketAuthorizer.function(inlineFunction(stack, 'Auth')) });
    }],
    ['grants to others', (stack, other) => {
      const chat = service(stack);
      chat.grantManageConnections(inlineFunction(stack, 'Here'));
      chat.grantManageConnections(inlineFunction(other, 'There'));
      chat.grantManageConnections(inlineFunction(new NestedStack(stack, 'Mine'), 'Nested'));
    }],
    ['a grant on a nested function to a function of the parent', (stack) => {
      service(stack).function('route0').grantInvoke(inlineFunction(stack, 'Caller'));
    }],
    ['integrations', (stack) => {
      const integration = new WebSocketMockIntegration('Mock');
      service(stack, { routes: { ...routes(3), m: { integration }, n: { integration } } });
    }],
    ['more stages', (stack) => { service(stack, { additionalStages: { prod: {}, test: { autoDeploy: false } } }); }],
    ['no automatic deployment', (stack) => { service(stack, { autoDeploy: false }); }],
    ['a route that is added', (stack) => { service(stack).addRoute('late', { handler: 'src/many.handle9' }); }],
    ['settings of routes', (stack) => { service(stack, { routes: { a: { handler: 'src/many.handle0', throttle: { rateLimit: 1 } } } }); }],
    ['layers and dead letter queues of the parent', (stack) => {
      service(stack, {
        defaults: { layers: [new lambda.LayerVersion(stack, 'Layer', { code: lambda.Code.fromAsset('src') })], deadLetterQueueEnabled: true },
      });
    }],
  ])('%s', (_case, define) => {
    // GIVEN
    const app = quickApp();
    const [stack, other] = ['Stack', 'Other'].map((id) => new Stack(app, id));

    // WHEN
    define(stack, other);

    // THEN
    expect(nestedOf(stack).length).toBeGreaterThan(0);
    expect(() => app.synth()).not.toThrow();
    // It looks for cycles within a template.
    for (const each of [stack, other, ...nestedOf(stack)]) Template.fromStack(each);
    expect(warnings(stack)).toEqual([]);
  });
});

test('a handler that also authorizes stays in the parent, and its route goes where its key says', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  const chat = service(stack, { authorizer: WebsocketAuthorizer.handler('src/many.handle0') });

  // THEN
  expect(Stack.of(chat.function('route0'))).toBe(stack);
  expect(Stack.of(chat.route('route0'))).not.toBe(stack);
});

describe('a route never moves', () => {
  const homeOf = (map: Record<string, WebsocketRouteOptions>, props: Partial<WebsocketServiceProps> = {}): string => {
    const stack = quickStack();
    const chat = service(stack, { routes: map, nestedStacks: 20, ...props });
    templates(stack);
    return chat.route('b').node.path;
  };
  const own = { b: { handler: 'src/many.handle0' } };

  test.each<[string, Record<string, WebsocketRouteOptions>, Partial<WebsocketServiceProps>?]>([
    ['its handler has another name', { b: { handler: 'src/many.handle1' } }],
    ['a route before it comes to share its handler', { ...own, a: { handler: 'src/many.handle0' } }],
    ['a route after it comes to share its handler', { ...own, c: { handler: 'src/many.handle0' } }],
    ['it comes to share the handler of others', { b: { handler: 'src/many.handle1' }, c: { handler: 'src/many.handle1' } }],
    ['its handler comes to be the authorizer', own, { authorizer: WebsocketAuthorizer.handler('src/many.handle0') }],
    ['it has an integration', { b: { integration: new WebSocketMockIntegration('Mock') } }],
  ])('%s', (...[, map, props]) => {
    expect(homeOf(map, props)).toBe(homeOf(own));
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

  test('and fails leaves no nested stack without resources', () => {
    // GIVEN
    const stack = quickStack();
    const chat = service(stack, { routes: { a: { handler: 'src/many.handle0' } }, nestedStacks: 50 });

    // WHEN
    for (const key of ['p', 'q', 'r']) {
      expect(() => chat.addRoute(key, { handler: 'src/many.handle1', runtime: lambda.Runtime.NODEJS_24_X, functionName: 'not legal' })).toThrow('not legal');
    }

    // THEN
    expect(nestedOf(stack)).toHaveLength(1);
    expect(Object.keys(templates(stack).Stack.Resources)).toHaveLength(3);
  });
});

test('every nested function may manage connections, by a policy beside it', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack);

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  expect(count(parent, 'AWS::IAM::Policy')).toBe(0);
  expect(Object.values(nested).map((json) => count(json, 'AWS::IAM::Policy') === count(json, 'AWS::Lambda::Function'))).not.toContain(false);
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

test('the children of a nested stack are named as those of a service', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { routes: { 'a/b': { handler: 'src/many.handle0' }, 'f': { function: inlineFunction(stack, 'Fn') } }, nestedStacks: 1 });

  // THEN
  const [nested] = nestedOf(stack);
  expect(nested.node.path).toBe('Stack/Chat/Routes-1');
  expect(nested.node.children.map(({ node }) => node.id).sort()).toEqual([
    'Function-Fn', 'Handler-src%2Fmany.handle0', 'Route-a%2Fb', 'Route-f',
  ]);
});

test.each<[unknown, string]>([[-1, '-1'], [51, '51'], [1.5, '1.5'], ['3', '"3"']])('nestedStacks may not be %p', (nestedStacks, shown) => {
  expect(() => service(quickStack(), { nestedStacks: nestedStacks as number })).toThrow(new Error(
    `Stack/Chat: nestedStacks: ${shown} is not a number of nested stacks; use a whole number from 0 to 50`,
  ));
});

describe('the table of docs/limits.md', () => {
  const page = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'limits.md'), 'utf8');
  const rows = /\n\| routes \| shared.*?\n\n/s.exec(page)![0].split('\n');
  const each = [...page.matchAll(/\((\d) each\)/g)].map(([, resources]) => Number(resources));

  /** How many resources the largest of some nested stacks has. */
  const largest = (routeCount: number, nestedStacks: number, resources: number): number => {
    const parts = new RouteParts(new Stack(undefined, 'Stack'), nestedStacks);
    const homes = NUMBERS.slice(0, routeCount).map((number) => parts.homeOfRoute(`route${number}`).node.id);
    return resources * Math.max(...[...new Set(homes)].map((id) => homes.filter((home) => home === id).length));
  };

  test('says the least number that is enough, and what it gives', () => {
    expect(each).toEqual([4, 6, 7, 8]);
    const said = rows.filter((row) => /^\| \d/.test(row)).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
    const counted = [100, 200, 300].map((routeCount) => [String(routeCount), ...each.map((resources) => {
      const least = [...Array(20).keys()].map((index) => index + 1).find((number) => largest(routeCount, number, resources) <= QUOTAS.resources)!;
      return `${least} (${largest(routeCount, least, resources)})`;
    })]);
    expect(said).toEqual(counted);
  });

  test('recommends a number that leaves room', () => {
    expect(page).toContain('**8 leave room for 300 routes of any kind.**');
    expect(largest(300, 8, 8)).toBeLessThan(0.75 * QUOTAS.resources);
  });
});
