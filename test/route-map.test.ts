import { Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketRoutes, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { quickStack, warnings } from './_helpers/quick-app';
import { Checks } from '../lib/private/checks/checks';
import { checkRouteMap, handlerDefaults, nestedStacksFault, WebsocketRouteMap } from '../lib/route-map';

const ROUTES = { foo: { handler: 'src/a.main' } };
const check = (map: unknown): void => checkRouteMap(new Checks(new Stack(undefined, 'Stack')), map as WebsocketRouteMap);

test('what is all right passes', () => {
  expect(() => check({ routes: ROUTES, authorizer: ConnectAuthorizer.none(), nestedStacks: 3, bundling: {}, defaults: { memorySize: 128 } }))
    .not.toThrow();
});

const none = "routes: 0 routes are not enough; declare one, for example { $default: { handler: 'src/messages.fallback' } }";

test.each<[unknown, string]>([
  [{}, none],
  [{ routes: {} }, none],
  [{ routes: ROUTES, authorizer: 'iam' }, 'authorizer: "iam" is not a ConnectAuthorizer; '
    + 'use ConnectAuthorizer.function(fn), or ConnectAuthorizer.custom(authorizer) for one of aws-cdk-lib'],
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

describe('what is wrong with several routes', () => {
  let folder: AppFolder;
  beforeAll(() => { folder = new AppFolder({ 'src/messages.ts': '', 'src/auth.ts': '' }); });
  afterAll(() => folder.leave());

  const missing = (file: string): string => `names no file: there is no "${file}" with one of .ts .tsx .mts .cts .js .jsx .mjs .cjs in ${folder.path}`;

  test('and of the authorizer are reported at once, with the nearest file of each', () => {
    expect(() => new WebsocketService(quickStack(), 'Chat', {
      routes: {
        $conect: { handler: 'src/messages.enter' },
        say: { handler: 'src/mesages.say' },
        sing: { handler: 'src/messages.sing', apiKeyRequired: true },
        shout: { handler: 'lib/nowhere.shout' },
      },
      authorizer: ConnectAuthorizer.handler('src/auht.check'),
    })).toThrow(new Error([
      'Stack/Chat: routes: "$conect" is not a predefined route, and the $ prefix is reserved for those; did you mean `$connect`?',
      `Stack/Chat: routes["say"].handler: "src/mesages.say" ${missing('src/mesages')}; did you mean "src/messages.say"?`,
      'Stack/Chat: routes["sing"].apiKeyRequired: true is for $connect only: a message carries no key; set it on the $connect route, which protects all others',
      `Stack/Chat: routes["shout"].handler: "lib/nowhere.shout" ${missing('lib/nowhere')}; `
      + 'write the path relative to the directory that the app runs in, or an absolute one',
      `Stack/Chat: authorizer.handler: "src/auht.check" ${missing('src/auht')}; did you mean "src/auth.check"?`,
    ].join('\n')));
  });

  test('is also reported for routes in the API of another stack', () => {
    const stack = quickStack();
    const service = WebsocketService.fromAttributes(stack, 'Chat', { apiId: 'abc', stageName: 'dev' });

    expect(() => new WebsocketRoutes(stack, 'More', {
      service, routes: { say: { handler: 'src/mesages.say' }, sing: { handler: 'src/messages.sing', throttle: { rateLimit: 1 } } },
    })).toThrow(new Error([
      `Stack/More: routes["say"].handler: "src/mesages.say" ${missing('src/mesages')}; did you mean "src/messages.say"?`,
      'Stack/More: routes["sing"].throttle: { rateLimit } is a setting of the stage, which is not made here; '
      + 'set it where the stage is made, or declare the route there',
    ].join('\n')));
  });
});

describe('a key without its $', () => {
  let folder: AppFolder;
  beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({});' }); });
  afterAll(() => folder.leave());

  function warningsFor(...keys: string[]): string[] {
    const stack = quickStack();
    const routes = Object.fromEntries(keys.map((key) => [key, { handler: 'src/a.main' }]));
    new WebsocketService(stack, 'Chat', { routes, authorizer: ConnectAuthorizer.none() });
    return warnings(stack);
  }

  test('is a warning', () => {
    expect(warningsFor('connect', 'say')).toEqual([
      '/Stack/Chat: the route connect gets messages that select "connect", and there is no route $connect: did you mean `$connect`? '
      + '[ack: cdk-websocket-service:plainRouteKey]',
    ]);
  });

  test('is what it says if the other one is there', () => {
    expect(warningsFor('connect', '$connect', 'disconnected')).toEqual([]);
  });
});

describe('nestedStacks', () => {
  test.each([0, 1, 50])('%s is legal', (count) => {
    expect(nestedStacksFault(count)).toBeUndefined();
  });

  test.each<[unknown]>([[-1], [1.5], [51], [NaN], ['3']])('%p is not', (count) => {
    expect(nestedStacksFault(count as number)).toEqual({
      reason: 'is not a number of nested stacks', remedy: 'use a whole number from 0 to 50',
    });
  });
});
