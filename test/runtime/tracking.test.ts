import * as diagnostics from 'diagnostics_channel';
import { captureLog } from './_helpers/captured-log';
import { disconnectEvent, lambdaContext } from './_helpers/events';
import { connecting, Handler, ID, NOW, ROWS, useStore } from './_helpers/store';
import { accept, onConnect, onDisconnect, onMessage, reject, routes } from '../../lib/runtime';
import { recordConnection } from '../../lib/runtime/store/connections';
import { tracked } from '../../lib/runtime/tracked';

const log = captureLog();
const { keys } = useStore();

const connect = onConnect(() => accept());
const own = { $connect: connect, $disconnect: onDisconnect(() => undefined), say: onMessage(() => 'said') };
const cloned = (handler: Handler): Handler => async (event, lambda) => handler(JSON.parse(JSON.stringify(event)), lambda);
const raw: Handler = async () => ({ statusCode: 200 });

test.each<[string, Handler]>([
  ['onConnect', connect as Handler],
  ['onConnect in tracked', tracked(connect as Handler)],
  ['tracked in tracked', tracked(tracked(connect as Handler))],
  ['a middleware with another event', tracked(cloned(connect as Handler))],
  ['routes', routes(own) as Handler],
  ['routes in tracked', tracked(routes(own) as Handler)],
  ['routes with a handler of another style', routes({ $connect: raw }) as Handler],
  ['routes without a handler', routes({}) as Handler],
])('%s', async (_, handler) => {
  // GIVEN
  const request = jest.fn();
  diagnostics.subscribe('http.client.request.start', request);

  // WHEN
  const answer = await handler(connecting(), lambdaContext());

  // THEN
  diagnostics.unsubscribe('http.client.request.start', request);
  expect(answer).toEqual({ statusCode: 200 });
  expect(request).toHaveBeenCalledTimes(1);
  expect(await keys()).toEqual(ROWS);
});

test('routes with raw handlers', async () => {
  await recordConnection({ id: ID, stage: 'prod', at: NOW, user: 'ada', ip: '203.0.113.7' });

  await (routes({ $disconnect: raw }) as Handler)(disconnectEvent(), lambdaContext());

  expect(await keys()).toEqual([]);
});

test.each<[string, Handler, unknown]>([
  ['refuses', onConnect(() => reject(403)) as Handler, { statusCode: 403 }],
  ['throws', onConnect(() => { throw new Error('no'); }) as Handler, { statusCode: 500 }],
])('onConnect that %s leaves nothing behind', async (_, handler, answer) => {
  expect(await handler(connecting(), lambdaContext())).toEqual(answer);
  expect(await tracked(handler)(connecting(), lambdaContext())).toEqual(answer);
  expect(await keys()).toEqual([]);
});

test('onDisconnect that throws', async () => {
  await recordConnection({ id: ID, stage: 'prod', at: NOW, user: 'ada', ip: '203.0.113.7' });

  await expect(onDisconnect(() => { throw new Error('no'); })(disconnectEvent(), lambdaContext())).rejects.toThrow('no');

  expect(await keys()).toEqual([]);
  expect(log.errors).toMatchObject([{ message: 'onDisconnect failed', error: { message: 'no' } }]);
});

test('without a store there is nothing to do', async () => {
  delete process.env.WEBSOCKET_STORE;

  expect(await connect(connecting(), lambdaContext())).toEqual({ statusCode: 200 });
  expect(await keys()).toEqual([]);
});
