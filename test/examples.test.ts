import * as http from 'http';
import { AddressInfo } from 'net';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { EXAMPLE_APPS, exampleStack } from './_helpers/example-app';

const EXAMPLES = path.join(__dirname, '..', 'examples');

test.each(EXAMPLE_APPS)('examples/%s', (name) => {
  const template = Template.fromStack(exampleStack(name)).toJSON();

  expect({ resources: template.Resources, outputs: template.Outputs }).toMatchSnapshot();
});

test.each([['AwsSolutions', AwsSolutionsChecks], ['Serverless', ServerlessChecks]])(
  'cdk-nag (%s) finds nothing in examples/serverless-ws-test that is not acknowledged there',
  (_, Checks) => {
    const app = exampleStack('serverless-ws-test').node.root as App;

    expect(new Checks(app).validateScope(app).violations).toEqual([]);
  },
);

/** The SDK says at length which version of Node.js it will want one day. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/** A module of an example, loaded with these environment variables. */
function load<T>(file: string, environment: Record<string, string> = {}): T {
  const before = process.env;
  process.env = { ...before, ...QUIET, ...environment };
  try {
    let loaded: T | undefined;
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    jest.isolateModules(() => { loaded = require(path.join(EXAMPLES, file)) as T; });
    return loaded!;
  } finally {
    process.env = before;
  }
}

type Handler<Event> = (event: Event) => Promise<unknown>;

describe('the handlers of examples/serverless-ws-test', () => {
  const event = (routeKey: string, headers?: Record<string, string>) => ({ requestContext: { routeKey }, headers });
  const { connectionHandler } = load<{ connectionHandler: Handler<object> }>('serverless-ws-test/handler', { AWS_REGION: 'eu-west-1' });

  test.each<[string, object, number]>([
    ['$connect without headers', event('$connect'), 500],
    ['$connect without the token', event('$connect', { host: 'example.com' }), 500],
    ['$connect with another token', event('$connect', { token: 'abd' }), 500],
    ['$connect with the token', event('$connect', { token: 'abc' }), 200],
    ['$disconnect, which has no token', event('$disconnect'), 200],
  ])('connectionHandler: %s', async (_case, request, statusCode) => {
    expect(await connectionHandler(request)).toEqual({ statusCode });
  });
});

describe('the handlers that send', () => {
  interface Request { readonly method?: string; readonly url: string; readonly body: string; readonly authorization?: string }
  const CONNECTION = 'L0SM9cOFvHcCIhw=';

  let server: http.Server;
  let requests: Request[];
  let answer: number;
  let environment: Record<string, string>;

  /** Plays @connections. */
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        requests.push({
          method, url: decodeURIComponent(url ?? ''), body: Buffer.concat(chunks).toString(), authorization: headers.authorization,
        });
        response.writeHead(answer, answer === 410 ? { 'x-amzn-errortype': 'GoneException' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    environment = {
      WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev` }),
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    };
  });
  beforeEach(() => { [requests, answer] = [[], 200]; });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });

  /** Runs a handler as Lambda does: with its environment from the load of its module to its answer. */
  async function run(file: string, name: string, event: object): Promise<unknown> {
    const before = process.env;
    process.env = { ...before, ...environment };
    try {
      return await load<Record<string, Handler<object>>>(file)[name](event);
    } finally {
      process.env = before;
    }
  }

  const event = (routeKey: string, body: string) => ({ requestContext: { routeKey, connectionId: CONNECTION, stage: 'dev' }, body });

  test.each<[string, string, object, object]>([
    ['serverless-ws-test/handler', 'defaultHandler', event('$default', 'hello'), event('$default', 'hello')],
    ['serverless-ws-test/handler', 'fooHandler', event('foo', '{"action":"foo"}'), { message: 'foo received' }],
    ['authorizer/src/messages', 'send', event('sendMessage', '{"action":"sendMessage","text":"hi"}'), { text: 'hi' }],
  ])('examples/%s: %s posts to the connection that wrote', async (file, name, request, sent) => {
    // WHEN
    const result = await run(file, name, request);

    // THEN
    expect(result).toEqual({ statusCode: 200 });
    expect(requests.map(({ body, ...rest }) => ({ ...rest, body: JSON.parse(body) as unknown }))).toEqual([{
      method: 'POST',
      url: `/dev/@connections/${CONNECTION}`,
      body: sent,
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-west-1\/execute-api\/aws4_request/),
    }]);
  });

  test('examples/serverless-ws-test/handler: fooHandler fails if the connection is gone', async () => {
    // GIVEN
    answer = 410;

    // THEN
    await expect(run('serverless-ws-test/handler', 'fooHandler', event('foo', '{}'))).rejects.toMatchObject({ name: 'GoneException' });
    expect(requests).toHaveLength(1);
  });
});

describe('the authorizer of examples/authorizer', () => {
  const { authorize } = load<{ authorize: Handler<object> }>('authorizer/src/auth');
  const methodArn = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef/dev/$connect';

  test.each<[string, object | undefined, string]>([
    ['the token', { token: 'abc' }, 'Allow'],
    ['another token', { token: 'abd' }, 'Deny'],
    ['no token', {}, 'Deny'],
    ['no query', undefined, 'Deny'],
  ])('%s', async (_case, queryStringParameters, effect) => {
    expect(await authorize({ methodArn, queryStringParameters })).toEqual({
      principalId: 'user',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: methodArn }] },
    });
  });
});

describe('the handlers of examples/models', () => {
  const { connect, send, draw } = load<Record<string, Handler<object>>>('models/src/board');

  test('connect lets everybody in', async () => {
    expect(await connect({})).toEqual({ statusCode: 200 });
  });

  test.each<[string, Handler<object>, object, object]>([
    ['send', send, { action: 'sendMessage', text: 'hi' }, { sent: 'hi' }],
    ['draw a circle', draw, { action: 'draw', shape: 'circle', radius: 1 }, { shape: 'circle', area: Math.PI }],
    ['draw a square', draw, { action: 'draw', shape: 'square', side: 2 }, { shape: 'square', area: 4 }],
  ])('%s', async (_case, handler, message, answer) => {
    expect(await handler({ body: JSON.stringify(message) })).toEqual({ statusCode: 200, body: JSON.stringify(answer) });
  });
});

describe('the handlers that answer', () => {
  const message = (body: object, event: object = {}): object => ({ body: JSON.stringify(body), requestContext: { stage: 'beta', requestId: 'R=' }, ...event });

  test.each<[string, string, object, object]>([
    ['logs-and-alarms/src/shop', 'look', message({}), { articles: ['tea', 'coffee'] }],
    ['logs-and-alarms/src/shop', 'order', message({ article: 'tea' }), { ordered: 'tea' }],
    ['nested-stacks/src/game', 'move', message({ to: 'e4' }), { moved: 'e4' }],
    ['nested-stacks/src/game', 'resign', message({}), { over: true }],
    ['sharing/src/orders', 'order', message({ article: 'tea' }), { ordered: 'tea' }],
    ['sharing/src/platform', 'unknown', message({}), { error: 'unknown message', requestId: 'R=' }],
    ['stages/src/greeter', 'greet', message({}, { stageVariables: { greeting: 'Hi' } }), { stage: 'beta', greeting: 'Hi' }],
  ])('examples/%s: %s', async (file, name, event, answer) => {
    expect(await load<Record<string, Handler<object>>>(file)[name](event)).toEqual({ statusCode: 200, body: JSON.stringify(answer) });
  });

  test.each(['nested-stacks/src/game', 'sharing/src/platform', 'stages/src/greeter'])('examples/%s: connect lets everybody in', async (file) => {
    expect(await load<Record<string, Handler<object>>>(file).connect({})).toEqual({ statusCode: 200 });
  });

  test('examples/logs-and-alarms/src/shop: order fails for what is not sold', async () => {
    const { order } = load<Record<string, Handler<object>>>('logs-and-alarms/src/shop');

    await expect(order(message({ article: 'milk' }))).rejects.toThrow(new Error('no such article: milk'));
  });
});
