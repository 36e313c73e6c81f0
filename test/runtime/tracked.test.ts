import * as http from 'http';
import type { AddressInfo } from 'net';
import { captureLog } from './_helpers/captured-log';
import { authorizerEvent, disconnectEvent, lambdaContext, messageEvent } from './_helpers/events';
import { connecting, Handler, ID, NOW, ROWS, useStore } from './_helpers/store';
import { currentInvocation } from '../../lib/runtime/invocation';
import { recordConnection } from '../../lib/runtime/store/connections';
import { tracked } from '../../lib/runtime/tracked';

const log = captureLog();
const { items, keys } = useStore();

describe('$connect', () => {
  test('is recorded before the handler runs, which gets the event and the context as they are', async () => {
    // GIVEN
    const event = connecting();
    const lambda = lambdaContext();
    const seen: unknown[] = [];
    const answer = { statusCode: 204, headers: { 'Sec-WebSocket-Protocol': 'chat' } };
    const handler = tracked<Handler>(async (...given) => {
      seen.push(given, await keys(), currentInvocation()?.stage);
      return answer;
    });

    // WHEN
    const result = await handler(event, lambda);

    // THEN
    expect(result).toBe(answer);
    expect(seen).toEqual([[event, lambda], ROWS, 'prod']);
    expect(await items()).toContainEqual({
      pk: { S: `C#${ID}` },
      sk: { S: 'C' },
      user: { S: 'ada' },
      stage: { S: 'prod' },
      at: { N: String(NOW) },
      ip: { S: '203.0.113.7' },
      ttl: { N: String(Math.floor(NOW / 1000) + 7800) },
    });
  });

  test.each<[string, Record<string, string>, string | undefined, string | undefined]>([
    ['principalId', { principalId: 'ada', sub: 'other' }, undefined, 'ada'],
    ['sub, if principalId is empty', { principalId: '', sub: 'sub' }, undefined, 'sub'],
    ['the key that the store names', { principalId: 'ada', tenant: 'acme' }, 'tenant', 'acme'],
    ['a claim with a type', { _claims: '{"account":17}' }, 'account', '17'],
    ['nobody, if that key is missing', { principalId: 'ada' }, 'tenant', undefined],
  ])('its user is %s', async (_, authorizer, userFrom, user) => {
    process.env.WEBSOCKET_STORE = JSON.stringify({ ...JSON.parse(process.env.WEBSOCKET_STORE!), userFrom });

    await tracked<Handler>(() => ({ statusCode: 200 }))(connecting({ authorizer }));

    expect(await keys()).toEqual([`C#${ID}/C`, ...user === undefined ? [] : [`U#${user}/${ID}`]]);
  });

  test.each<[string, unknown]>([
    ['a refusal', { statusCode: 403 }],
    ['a redirection', { statusCode: 301 }],
    ['nothing', undefined],
    ['null', null],
    ['text', 'ok'],
    ['an unknown member', { statusCode: 200, connectionId: ID }],
    ['a body that is no text', { statusCode: 200, body: {} }],
  ])('which API Gateway refuses leaves nothing behind: the handler returns %s', async (_, answer) => {
    expect(await tracked<Handler>(async () => answer)(connecting(), lambdaContext())).toBe(answer);
    expect(await keys()).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a number', { statusCode: 201 }], ['text', { statusCode: '200', body: 'hi', headers: {}, multiValueHeaders: {}, isBase64Encoded: false }],
  ])('is open with 2xx as %s', async (_, answer) => {
    await tracked<Handler>(async () => answer)(connecting(), lambdaContext());

    expect(await keys()).toEqual(ROWS);
  });

  test('whose handler throws leaves nothing behind, and the same object is thrown', async () => {
    const error = new Error('no');

    await expect(tracked<Handler>(async () => { throw error; })(connecting(), lambdaContext())).rejects.toBe(error);
    await expect(tracked<Handler>(() => { throw error; })(connecting(), lambdaContext())).rejects.toBe(error);

    expect(await keys()).toEqual([]);
    expect(log.errors).toEqual([]);
  });

  test('whose time is over is not recorded', async () => {
    const handler = jest.fn();

    expect(await tracked<Handler>(handler)(connecting(), lambdaContext(400))).toEqual({ statusCode: 500 });

    expect(handler).not.toHaveBeenCalled();
    expect(await keys()).toEqual([]);
    expect(log.errors).toMatchObject([{ message: 'recording the connection failed', error: { code: 'TIMEOUT' } }]);
  });

  test('that API Gateway no longer waits for is removed again', async () => {
    // GIVEN
    const handler = tracked<Handler>(async () => {
      jest.spyOn(Date, 'now').mockReturnValue(NOW + 60_000);
      return { statusCode: 200 };
    });

    // WHEN
    await handler(connecting(), lambdaContext(900_000));

    // THEN
    expect(await keys()).toEqual([]);
  });
});

describe('a database that refuses', () => {
  /** What it was asked for. */
  const operations: string[] = [];
  const server = http.createServer((request, response) => {
    operations.push(String(request.headers['x-amz-target']).replace(/^.*\./, ''));
    request.resume().on('end', () => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"arn:aws:dynamodb:eu-west-1:1:table/Chat"}');
    });
  });
  beforeAll((done) => void server.listen(0, '127.0.0.1', done));
  afterAll((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  beforeEach(() => {
    operations.length = 0;
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  test('refuses the connection with 500, and the handler does not run', async () => {
    const handler = jest.fn();

    expect(await tracked<Handler>(handler)(connecting(), lambdaContext())).toEqual({ statusCode: 500 });

    expect(handler).not.toHaveBeenCalled();
    expect(log.errors).toMatchObject([{ message: 'recording the connection failed', connectionId: ID, error: { code: 'STORE_FAILED' } }]);
    expect(JSON.stringify(log.errors)).toContain('arn:aws:dynamodb:eu-west-1:1:table/Chat');
    expect(log.metrics).toHaveLength(1);
    // The write might have been done.
    expect(operations).toEqual(['TransactWriteItems', 'UpdateItem']);
  });

  test('changes nothing of what $disconnect answers, or throws', async () => {
    const error = new Error('no');

    expect(await tracked<Handler>(() => 'done')(disconnectEvent(), lambdaContext())).toBe('done');
    await expect(tracked<Handler>(() => { throw error; })(disconnectEvent(), lambdaContext())).rejects.toBe(error);

    expect(log.errors).toMatchObject(Array(2).fill({ message: 'removing the connection failed', error: { code: 'STORE_FAILED' } }));
  });

  test('without a store that the environment names is the same', async () => {
    delete process.env.WEBSOCKET_STORE;

    expect(await tracked<Handler>(jest.fn())(connecting(), lambdaContext())).toEqual({ statusCode: 500 });

    expect(log.errors).toMatchObject([{ error: { code: 'NO_STORE' } }]);
    expect(operations).toEqual([]);
  });
});

describe('$disconnect', () => {
  beforeEach(() => recordConnection({ id: ID, stage: 'prod', at: NOW, user: 'ada', ip: '203.0.113.7' }));

  test('is removed after the handler, which still finds the connection', async () => {
    const seen: unknown[] = [];

    expect(await tracked<Handler>(async () => { seen.push(await keys()); return 'done'; })(disconnectEvent(), lambdaContext())).toBe('done');

    expect(seen).toEqual([ROWS]);
    expect(await keys()).toEqual([]);
  });

  test('is removed also if the handler throws', async () => {
    const error = new Error('no');

    await expect(tracked<Handler>(async () => { throw error; })(disconnectEvent(), lambdaContext())).rejects.toBe(error);

    expect(await keys()).toEqual([]);
  });
});

describe('what is not tracked', () => {
  test.each<[string, unknown]>([
    ['a message', messageEvent({})], ['an authorizer, whose event has the type of $connect', authorizerEvent()],
    ['an event of another service', { source: 'aws.events' }], ['nothing', undefined],
  ])('is handed through: %s', async (_, event) => {
    const handler = jest.fn(async () => 'answer');

    expect(await tracked<Handler>(handler)(event, 'lambda')).toBe('answer');

    expect(handler.mock.calls).toEqual([[event, 'lambda']]);
    expect(await keys()).toEqual([]);
  });

  test('nor is what its handler handles itself: nothing, for example', async () => {
    const answer = { statusCode: 200 };
    const inner = tracked<Handler>(() => answer);

    expect(await tracked<Handler>(() => inner(undefined))(connecting(), lambdaContext())).toBe(answer);
    expect(await keys()).toEqual(ROWS);
  });

  test.each([undefined, null, 'text', { handler: 1 }])('what is no function stays as it is: %p', (value) => {
    expect(tracked(value)).toBe(value);
  });
});

describe('a handler with a callback', () => {
  const success = (_event: unknown, _lambda: unknown, callback: (error: unknown, result?: unknown) => void): void => {
    setImmediate(callback, null, { statusCode: 200 });
  };

  test('is tracked up to Node.js 22', async () => {
    expect(await tracked<Handler>(success as Handler)(connecting(), lambdaContext())).toEqual({ statusCode: 200 });
    expect(await keys()).toEqual(ROWS);
  });

  test('that gives it an error fails with that', async () => {
    const error = new Error('no');
    const handler = (_event: unknown, _lambda: unknown, callback: (error: unknown) => void): void => callback(error);

    await expect(tracked<Handler>(handler as Handler)(connecting(), lambdaContext())).rejects.toBe(error);
    expect(await keys()).toEqual([]);
  });

  test('that is asynchronous is awaited', async () => {
    const handler = async (_event: unknown, _lambda: unknown, _callback: unknown): Promise<unknown> => ({ statusCode: 201 });

    expect(await tracked<Handler>(handler as Handler)(connecting(), lambdaContext())).toEqual({ statusCode: 201 });
  });

  test('stays as it is from Node.js 24 on, so that Lambda refuses it', () => {
    process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';

    expect(tracked(success)).toBe(success);
  });
});
