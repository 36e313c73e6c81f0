import type { handler } from '../../lib/lambda/connection-tracker';

const event = (eventType: string, protocols?: string): Parameters<typeof handler>[0] => ({
  requestContext: { eventType }, headers: protocols === undefined ? undefined : { 'Sec-WebSocket-Protocol': protocols },
});

/** The answers of a function that selects this subprotocol, or none. */
async function answers(subprotocol: string | undefined, ...events: Array<ReturnType<typeof event>>): Promise<object[]> {
  jest.resetModules();
  if (subprotocol === undefined) delete process.env.SUBPROTOCOL;
  else process.env.SUBPROTOCOL = subprotocol;
  const loaded = jest.requireActual<{ handler: typeof handler }>('../../lib/lambda/connection-tracker');
  return Promise.all(events.map((one) => loaded.handler(one)));
}

afterEach(() => { delete process.env.SUBPROTOCOL; });

const SELECTED = { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } };

test('answers $connect and $disconnect with 200', async () => {
  expect(await answers(undefined, event('CONNECT'), event('CONNECT', 'bearer'), event('DISCONNECT'))).toEqual([
    { statusCode: 200 }, { statusCode: 200 }, { statusCode: 200 },
  ]);
});

test('selects the subprotocol of the authorizer', async () => {
  expect(await answers('bearer', event('CONNECT', 'a, bearer'), event('CONNECT', 'a'), event('CONNECT'), event('DISCONNECT', 'bearer'))).toEqual([
    SELECTED, { statusCode: 200 }, { statusCode: 200 }, { statusCode: 200 },
  ]);
});
