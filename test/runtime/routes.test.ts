import { captureLog } from './_helpers/captured-log';
import { authorizerEvent, connectEvent, disconnectEvent, lambdaContext, messageEvent } from './_helpers/events';
import { onConnect, onMessage, reject, routes } from '../../lib/runtime';
import type { RoutesHandler } from '../../lib/runtime';
import { currentInvocation } from '../../lib/runtime/invocation';

const log = captureLog();
const before = process.env.AWS_EXECUTION_ENV;
beforeEach(() => { process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'; });
afterEach(() => {
  if (before === undefined) delete process.env.AWS_EXECUTION_ENV;
  else process.env.AWS_EXECUTION_ENV = before;
});

const say = (handler: RoutesHandler, body: unknown = {}, routeKey = 'say') => handler(messageEvent(body, { routeKey }), lambdaContext());

test('each route has its handler, of any style', async () => {
  // GIVEN
  const event = messageEvent({ id: 1 });
  const lambda = lambdaContext();
  const raw = jest.fn(async () => ({ statusCode: 201 }));
  const handler = routes({
    $connect: onConnect(() => reject(403)),
    say: onMessage(() => 'said'),
    raw,
    plain: () => ({ statusCode: 202, body: currentInvocation()?.stage }),
    callback: (_event: unknown, _lambda: unknown, callback: (error: unknown, result: unknown) => void) => callback(null, { statusCode: 203 }),
  });

  // THEN
  expect(await handler(connectEvent())).toEqual({ statusCode: 403 });
  expect(await handler(event)).toEqual({ statusCode: 200, body: '{"id":1,"data":"said"}' });
  expect(await say(handler, {}, 'plain')).toEqual({ statusCode: 202, body: 'prod' });
  expect(await say(handler, {}, 'callback')).toEqual({ statusCode: 203 });
  const rawEvent = messageEvent({}, { routeKey: 'raw' });
  expect(await handler(rawEvent, lambda)).toEqual({ statusCode: 201 });
  expect(raw.mock.calls).toEqual([[rawEvent, lambda]]);
  expect(handler).toHaveLength(2);
});

test('what a raw handler throws is thrown on as it is', async () => {
  const error = new Error('no');

  await expect(say(routes({ say: () => { throw error; } }))).rejects.toBe(error);
});

describe('a route without a handler', () => {
  test.each(['other', 'constructor', '__proto__', 'toString'])('goes to $default: %s', async (routeKey) => {
    expect(await say(routes({ $default: onMessage(() => 'default') }), {}, routeKey)).toEqual({ statusCode: 200, body: 'default' });
  });

  test('is answered clearly if there is no $default', async () => {
    const handler = routes({ join: onMessage(() => 'joined') });

    expect(JSON.parse((await say(handler, { id: 1 })).body!)).toEqual({
      id: 1, error: { code: 'NO_ROUTE', message: 'there is no handler for the route say' },
    });
    await expect(say(handler)).rejects.toThrow('there is no handler for the route say');
    expect(log.errors).toHaveLength(2);
  });

  test('$connect and $disconnect are answered with 200, and never by $default', async () => {
    const handler = routes({ $default: onMessage(() => { throw new Error('is not called'); }) });

    expect(await handler(connectEvent())).toEqual({ statusCode: 200 });
    expect(await handler(disconnectEvent())).toEqual({ statusCode: 200 });
  });
});

describe('at the start, it refuses', () => {
  test.each<[string, Parameters<typeof routes>[0], string]>([
    ['a misspelt $connect', { $conect: () => undefined }, 'routes({ "$conect": ... }): no route has such a key: of those with $ there are $connect, $disconnect, $default'],
    ['what is no function', { say: undefined as never }, 'routes({ "say": ... }): the handler is undefined, not a function'],
    ['null', { say: null as never }, 'routes({ "say": ... }): the handler is null, not a function'],
  ])('%s', (_, handlers, message) => {
    expect(() => routes(handlers)).toThrow(expect.objectContaining({ code: 'CONFIGURATION', message }));
  });

  test('a callback from Node.js 24 on', () => {
    process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';

    expect(() => routes({ say: (_event: unknown, _lambda: unknown, _callback: unknown) => undefined })).toThrow(
      'routes({ "say": ... }): the handler takes a callback, which Lambda has removed with Node.js 24: return a promise',
    );
  });
});

test('it is no authorizer, and nothing for other services', async () => {
  await expect(routes({})(authorizerEvent() as never)).rejects.toThrow('routes was called as an authorizer: use onAuthorize');
  await expect(routes({})({} as never)).rejects.toThrow(
    'routes was called with no event of a WebSocket API: its route needs a Lambda proxy integration',
  );
});

test('100 invocations at the same time keep apart', async () => {
  // GIVEN
  const step = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, Math.random() * 5); });
  const handler = routes({
    say: onMessage(async ({ body, connection, id }) => {
      const seen: unknown[] = [];
      for (let n = 0; n < 5; n++) {
        await step();
        const { event, stage } = currentInvocation()!;
        seen.push(event!.requestContext.connectionId, stage);
      }
      return { body, id, connection: connection.id, seen: [...new Set(seen)] };
    }),
  });
  const events = Array.from({ length: 100 }, (_, n) => {
    const event = messageEvent({ id: n, n }, { id: `connection-${n}` });
    return { ...event, requestContext: { ...event.requestContext, stage: `stage-${n}` } };
  });

  // WHEN
  const replies = await Promise.all(events.map(async (event) => JSON.parse((await handler(event, lambdaContext())).body!) as unknown));

  // THEN
  expect(replies).toEqual(events.map((_, n) => ({
    id: n, data: { body: { n }, id: n, connection: `connection-${n}`, seen: [`connection-${n}`, `stage-${n}`] },
  })));
  expect(currentInvocation()).toBeUndefined();
});
