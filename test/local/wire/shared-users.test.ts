import { Authorization, LambdaFunction } from '../../../lib/local/assembly/local-app';
import { SharedUsers } from '../../../lib/local/wire/shared-users';
import { api, app, GatewayProxyEvent, route, TestClient, TestServer, until } from '../_helpers/local-server';

const AUTHORIZATION: Authorization = {
  type: 'CUSTOM',
  authorizer: {
    logicalId: 'Auth',
    name: 'Auth',
    authorizerId: 'abc123',
    identitySource: ['route.request.querystring.token'],
    target: { type: 'function', functionId: 'handler' },
  },
};

const TEXT = 'Api: 5 open connections with different tokens all belong to the user "everybody", since the authorizer gives them one principalId: '
  + 'user(...).send() reaches all of them, and user(...).close() would end them all; return the subject of the token as principalId';

let server: TestServer;
afterEach(() => server.stop());

/** A function with these variables. */
function functions(environment: Record<string, string>): Map<string, LambdaFunction> {
  return new Map([['f', { id: 'f', environment, unresolved: [] } as unknown as LambdaFunction]]);
}

/** An authorizer that gives everybody this principal, and an app with this connection store. */
async function start(principal: (event: GatewayProxyEvent) => string, store?: string): Promise<void> {
  const served = app(api([route('$connect', { authorization: AUTHORIZATION, integration: undefined })]));
  const environment: Record<string, string> = store === undefined ? {} : { WEBSOCKET_STORE: store };
  server = await TestServer.start({ ...served, functions: functions(environment) }, (event) => ({
    principalId: principal(event),
    context: { email: 'all@example.com' },
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] },
  }));
}

function open(tokens: readonly string[]): Promise<TestClient[]> {
  return Promise.all(tokens.map((token) => server.connect(`/dev?token=${token}`)));
}

function notices(): string[] {
  return server.observed.flatMap((event) => event.type === 'notice' && event.code === 'user-shared' ? [event.text] : []);
}

test('five open connections with different tokens and one user are noticed once', async () => {
  // GIVEN
  await start(() => 'everybody', '{"table":"t"}');

  // WHEN
  await open(['a', 'b', 'c', 'd']);
  expect(notices()).toEqual([]);
  await open(['e', 'f', 'g', 'h', 'i', 'j']);

  // THEN
  expect(notices()).toEqual([TEXT]);
});

test('connections that have ended, and those with the same token, do not count', async () => {
  // GIVEN
  await start(() => 'everybody', '{"table":"t"}');

  // WHEN
  for (const token of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const [client] = await open([token]);
    await client.close();
    await until(() => server.requests('disconnect').length === server.requests('connect').length);
  }
  await open(['x', 'x', 'x', 'x', 'x', 'y']);

  // THEN
  expect(notices()).toEqual([]);
});

test('users of their own are not noticed, nor an app without a connection store', async () => {
  await start((event) => (event.queryStringParameters as { token: string }).token, '{"table":"t"}');
  await open(['a', 'b', 'c', 'd', 'e']);
  expect(notices()).toEqual([]);
  await server.stop();

  await start(() => 'everybody');
  await open(['a', 'b', 'c', 'd', 'e']);
  expect(notices()).toEqual([]);
});

test('the store may take the user from another member of the context', async () => {
  await start((event) => (event.queryStringParameters as { token: string }).token, '{"table":"t","userFrom":"email"}');

  await open(['a', 'b', 'c', 'd', 'e']);

  expect(notices()).toEqual([TEXT.replace('everybody', 'all@example.com').replaceAll('principalId', 'email')]);
});

test('forgets a connection that it never counted', () => {
  expect(() => new SharedUsers({ functions: () => new Map() }).closed({} as never)).not.toThrow();
});
