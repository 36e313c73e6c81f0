import { Authorizer } from '../../../lib/local/assembly/local-app';
import { api, app, Handler, route, stage, TestClient, TestServer, until } from '../_helpers/local-server';

const ARN = 'arn:aws:execute-api:eu-west-1:111111111111:aabbccddee/dev/$connect';
const ID = expect.stringMatching(/^[\w-]{15}=$/);

const authorizer: Authorizer = {
  logicalId: 'Authorizer', name: 'Auth', authorizerId: 'abc123', identitySource: [], target: { type: 'function', functionId: 'authorizer' },
};

function policy(effect: string, resource: unknown = ARN, more: object = {}): object {
  return {
    principalId: 'user-1',
    policyDocument: { Version: '2012-10-17', Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }] },
    ...more,
  };
}

let server: TestServer;
/** What the authorizer does in the test at hand. */
let authorize: Handler;

beforeAll(async () => {
  server = await serve(authorizer);
});
beforeEach(() => {
  authorize = () => policy('Allow');
  server.invoker.events.length = 0;
  server.observed.length = 0;
});
afterAll(() => server.stop());

function serve(by: Authorizer, more: Parameters<typeof api>[1] = {}): Promise<TestServer> {
  const connect = route('$connect', { authorization: { type: 'CUSTOM', authorizer: by } });
  const routes = [connect, route('$default', { twoWay: true }), route('$disconnect')];
  return TestServer.start(app(api(routes, more)), {
    authorizer: (event) => authorize(event), handler: ({ body }) => ({ statusCode: 200, body }),
  });
}

/** With another server, for as long as it takes. */
async function within<T>(by: Authorizer, more: Parameters<typeof api>[1], use: (other: TestServer) => Promise<T>): Promise<T> {
  const other = await serve(by, more);
  return use(other).finally(() => other.stop());
}

test('3.2: exactly the event that AWS sends', async () => {
  // WHEN
  await server.connect('/dev?path=one&path=two', { headers: { HeaderAuth1: 'yes' } });

  // THEN
  const [event, connect] = server.invoker.events;
  const headers = {
    'Connection': 'upgrade',
    'content-length': '0',
    'Upgrade': 'websocket',
    'Host': `localhost:${server.port}`,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': expect.any(String),
    'HeaderAuth1': 'yes',
    'X-Amzn-Trace-Id': expect.any(String),
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': String(server.port),
    'X-Forwarded-Proto': 'http',
  };
  expect(event).toStrictEqual({
    type: 'REQUEST',
    methodArn: ARN,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: { path: 'two' },
    multiValueQueryStringParameters: { path: ['one', 'two'] },
    stageVariables: {},
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: event.requestContext.requestId,
      requestTime: expect.any(String),
      messageDirection: 'IN',
      stage: 'dev',
      connectedAt: expect.any(Number),
      requestTimeEpoch: expect.any(Number),
      identity: { sourceIp: '127.0.0.1' },
      requestId: ID,
      domainName: `localhost:${server.port}`,
      connectionId: ID,
      apiId: 'aabbccddee',
    },
  });
  const { connectionId, requestId } = event.requestContext;
  expect(connect.requestContext).toMatchObject({ connectionId, requestId });
});

describe('identity sources', () => {
  const identitySource = ['route.request.header.X-Token', 'route.request.querystring.token', 'stageVariables.table', 'context.stage'];
  const stages = [stage({ variables: { table: 'rooms' } })];

  test('3.3, 3.4: a source that is missing or empty is 401, and the authorizer is not invoked', () => {
    return within({ ...authorizer, identitySource }, { stages }, async (other) => {
      // WHEN
      const refusals = [
        await TestClient.refusal(other.url()),
        await TestClient.refusal(other.url('/dev?token='), { headers: { 'X-Token': 'a' } }),
        await TestClient.refusal(other.url('/dev?token=a'), { headers: { 'X-Token': '' } }),
      ];

      // THEN
      for (const refused of refusals) {
        expect(refused).toMatchObject({
          status: 401, body: '{"message":"Unauthorized"}', headers: { 'x-amzn-errortype': 'UnauthorizedException' },
        });
      }
      expect(other.invoker.events).toEqual([]);
      expect(other.requests('connect').map(({ reason }) => reason)).toEqual([
        'the identity source route.request.header.X-Token is missing or empty',
        'the identity source route.request.querystring.token is missing or empty',
        'the identity source route.request.header.X-Token is missing or empty',
      ]);
    });
  });

  test('3.3: all of them open, headers in any spelling', () => {
    return within({ ...authorizer, identitySource }, { stages }, async (other) => {
      expect((await other.connect('/dev?token=b', { headers: { 'x-TOKEN': 'a' } })).socket.readyState).toBe(1);
      expect(other.invoker.events[0]).toMatchObject({ type: 'REQUEST', stageVariables: { table: 'rooms' } });
    });
  });
});

describe('the decision of the authorizer', () => {
  test('3.5: the error Unauthorized is 401', async () => {
    // GIVEN
    authorize = () => { throw new Error('Unauthorized'); };

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
    expect(server.eventsOf('$connect')).toHaveLength(1);
  });

  test('3.6: an explicit deny is 403', async () => {
    // GIVEN
    authorize = () => policy('Deny');

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({
      status: 403, body: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    });
  });

  test('3.6: no statement for $connect is 403', async () => {
    // GIVEN
    authorize = () => policy('Allow', ARN.replace('$connect', 'send'));

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({
      status: 403, body: '{"Message":"User is not authorized to access this resource"}',
    });
  });

  test('3.7: any other error is 500, and is reported with the invocation of the authorizer', async () => {
    // GIVEN
    authorize = () => { throw new RangeError('too far'); };

    // WHEN
    const refused = await TestClient.refusal(server.url());

    // THEN
    expect(refused).toMatchObject({
      status: 500, body: '{"message":null}', headers: { 'x-amzn-errortype': 'AuthorizerConfigurationException' },
    });
    expect(server.observed).toEqual([{
      type: 'connect',
      time: expect.any(Number),
      connectionId: ID,
      requestId: ID,
      api: 'Api',
      stage: 'dev',
      routeKey: '$connect',
      target: 'Test/handler',
      status: 500,
      duration: expect.any(Number),
      bytesIn: 0,
      bytesOut: 0,
      reason: 'Auth: the authorizer failed: RangeError: too far',
      error: { type: 'RangeError', message: 'too far', stackTrace: [] },
      authorizerInvocationId: 'invocation-1',
    }]);
  });

  test.each([
    ['nothing', undefined],
    ['a simple response (3.8)', { isAuthorized: true }],
    ['no principal', { ...policy('Allow'), principalId: undefined }],
    ['a nested context', policy('Allow', ARN, { context: { user: { id: 1 } } })],
    ['more than 8 KB', policy('Allow', ARN, { context: { text: 'x'.repeat(8192) } })],
  ])('3.7, 3.8: %s is 500', async (_what, result) => {
    // GIVEN
    authorize = () => result;

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({ status: 500 });
  });

  test('1.3.3, 1.4.5, 3.9: its context is text in every event, with the latency in that of $connect only', async () => {
    // GIVEN
    authorize = () => policy('Allow', '*', { context: { tenant: 'x', level: 123, admin: true } });

    // WHEN
    const client = await server.connect();
    await client.ask('hi');
    await client.close();
    await until(() => server.invoker.events.length === 4);

    // THEN
    const context = { principalId: 'user-1', tenant: 'x', level: '123', admin: 'true' };
    expect(server.invoker.events.map(({ requestContext }) => requestContext.authorizer)).toEqual([
      undefined, { ...context, integrationLatency: expect.any(Number) }, context, context,
    ]);
  });

  test('3.1, 3.10: the authorizer is invoked once for each connection, never for messages, and nothing is cached', async () => {
    // WHEN
    const [one, two] = [await server.connect(), await server.connect()];
    await Promise.all([one.ask('a'), one.ask('b'), two.ask('c')]);

    // THEN
    expect(server.invoker.events.filter(({ type }) => type === 'REQUEST')).toHaveLength(2);
  });

  test('3.11: its policy does not limit later routes', async () => {
    // GIVEN
    authorize = () => policy('Allow', ARN);

    // THEN
    expect(await (await server.connect()).ask('hi')).toBe('hi');
  });

  test('3.7: both invocations of a handshake are reported', async () => {
    // WHEN
    await server.connect();

    // THEN
    expect(server.requests('connect')).toMatchObject([
      { status: 101, authorizerInvocationId: 'invocation-1', invocationId: 'invocation-2' },
    ]);
  });
});

test('3.13: the authorizer may give the API key', () => {
  const apiKeys = [{ id: 'a', value: 'open-sesame', stages: ['dev'] }];
  const keyed = route('$connect', { authorization: { type: 'CUSTOM', authorizer }, apiKeyRequired: true });
  const more = {
    apiKeySelectionExpression: '$context.authorizer.usageIdentifierKey', apiKeys, routes: new Map([['$connect', keyed]]),
  };
  return within(authorizer, more, async (other) => {
    // GIVEN
    authorize = () => policy('Allow', ARN, { usageIdentifierKey: 'open-sesame' });
    const client = await other.connect();

    // WHEN
    authorize = () => policy('Allow');

    // THEN
    expect(client.socket.readyState).toBe(1);
    expect(await TestClient.refusal(other.url())).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  });
});

describe('the function of the authorizer', () => {
  test('5.3.8: a stage variable may name the function', () => {
    const uri = 'arn:aws:lambda:eu-west-1:111111111111:function:${stageVariables.auth}';
    const named: Authorizer = { ...authorizer, target: { type: 'stageVariable', uri, functions: { dev: 'authorizer' } } };
    return within(named, { stages: [stage({ variables: { auth: 'gate' } }), stage({ name: 'bare' })] }, async (other) => {
      expect((await other.connect()).socket.readyState).toBe(1);
      expect(await TestClient.refusal(other.url('/bare'))).toMatchObject({ status: 500 });
      expect(other.requests('connect')[1].reason).toMatch(/^Auth: .* needs the stage variable "auth", which the stage does not have$/);
    });
  });

  test('3.7: an authorizer that may not be invoked is 500, and the reason is reported', () => {
    const target = { type: 'none', reason: 'API Gateway may not invoke it' } as const;
    return within({ ...authorizer, target }, {}, async (other) => {
      expect(await TestClient.refusal(other.url())).toMatchObject({ status: 500, body: '{"message":null}' });
      expect(other.requests('connect')).toMatchObject([{ status: 500, reason: 'Auth: API Gateway may not invoke it' }]);
    });
  });
});
