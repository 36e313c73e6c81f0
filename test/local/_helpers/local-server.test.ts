import { api, app, HandlerInvoker, route, stage, TestServer, until } from './local-server';

describe('TestServer', () => {
  let server: TestServer;
  beforeAll(async () => {
    const served = app(api([route('$connect'), route('echo', { twoWay: true })]));
    server = await TestServer.start(served, ({ body }) => ({ statusCode: 200, body }));
  });
  afterAll(() => server.stop());

  test('a client is answered, and events are observed and kept', async () => {
    // GIVEN
    const client = await server.connect();

    // WHEN
    const answer = await client.ask({ action: 'echo' });

    // THEN
    expect(answer).toBe('{"action":"echo"}');
    expect(server.eventsOf('echo').map(({ body }) => body)).toEqual(['{"action":"echo"}']);
    await until(() => server.requests('message').length === 1);
    expect(server.requests('message')).toMatchObject([{ routeKey: 'echo', status: 200, target: 'Test/handler' }]);
    expect(await client.silence(20)).toEqual([]);
    expect(await client.close(4001, 'bye')).toEqual({ code: 4001, reason: 'bye' });
  });

  test('another app is served at the port of the first', async () => {
    // GIVEN
    const { port } = server;

    // WHEN
    await server.update(app(api([route('$default', { twoWay: true })], { stages: [stage(), stage({ name: 'prod' })] })));

    // THEN
    expect(server.port).toBe(port);
    expect(await (await server.connect('/prod')).ask('hi')).toBe('hi');
  });
});

test('functions run in this process, and their errors are those of Lambda', async () => {
  // GIVEN
  const invoker = new HandlerInvoker({ good: () => undefined, bad: () => { throw new TypeError('no'); } });

  // THEN
  expect(await invoker.invoke('good', '{"n":1}')).toEqual({ ok: true, payload: 'null', requestId: 'invocation-1', duration: 1 });
  expect(await invoker.invoke('bad', '{"n":2}')).toEqual({
    ok: false, kind: 'error', errorType: 'TypeError', errorMessage: 'no', stackTrace: [], requestId: 'invocation-2', duration: 1,
  });
  expect(invoker.events).toEqual([{ n: 1 }, { n: 2 }]);
});

test('the error names what did not happen', async () => {
  await expect(until(() => false, 'nothing', 20)).rejects.toThrow('waited in vain for nothing');
});
