import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { ApiGatewayManagementApi } from '@aws-sdk/client-apigatewaymanagementapi';
import { failure, FakeAws } from './_helpers/fake-aws';
import { within } from './_helpers/within';
import { configure } from '../../lib/runtime/configuration';
import { connection } from '../../lib/runtime/connection';
import type { Delivery } from '../../lib/runtime/delivery';
import type { Connection } from '../../lib/runtime/events';
import { provideRemoval } from '../../lib/runtime/gone';
import { processState } from '../../lib/runtime/process-state';

let api: FakeAws;
const environment = { ...process.env };

beforeAll(async () => api = await FakeAws.start());
afterAll(() => api.stop());
beforeEach(() => {
  api.reset();
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: `${api.url}/dev`, prod: `${api.url}/prod` }),
  };
});
afterEach(() => {
  process.env = environment;
  delete processState<{ configuration: object }>().configuration;
});

const none: Delivery = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };

function who(more: Partial<Connection> = {}): Connection {
  return { id: 'a/b=', claims: {}, stage: 'prod', connectedAt: new Date(0), sourceIp: '1.2.3.4', ...more };
}

const arrived = (): string[] => api.arrived.map(({ method, path: where, body }) => `${method} ${where} ${body.toString()}`);

test('send is verbatim, emit an envelope', async () => {
  const target = connection(who());

  for (const data of ['text', '', Uint8Array.from([65, 66]), { a: [1] }, null, undefined, 0]) {
    expect(await target.send(data)).toEqual({ ...none, delivered: 1 });
  }
  expect(await target.emit('said', { text: 'ä' })).toEqual({ ...none, delivered: 1 });
  expect(await target.emit('left')).toEqual({ ...none, delivered: 1 });

  const bodies = ['text', '', 'AB', '{"a":[1]}', 'null', 'null', '0', '{"event":"said","data":{"text":"ä"}}', '{"event":"left"}'];
  expect(arrived()).toEqual(bodies.map((body) => `POST /prod/@connections/a%2Fb%3D ${body}`));
});

test('who is excepted is sent nothing', async () => {
  expect(await connection(who()).send('x', { except: [who()] })).toEqual(none);
  expect(await connection('c').send('x', { except: ['c'] })).toEqual(none);
  expect(api.arrived).toEqual([]);
});

test('events of the runtime are not for emit', async () => {
  await expect(connection(who()).emit('room:left')).rejects.toMatchObject({ code: 'BAD_NAME' });
});

test('gone, pending and failed are values', async () => {
  api.answer = () => failure(410, 'GoneException', 'gone');
  expect(await connection(who()).send('x')).toEqual({ ...none, gone: ['a/b='] });
  expect(await connection(who({ connectedAt: new Date() })).send('x')).toEqual({ ...none, pending: ['a/b='] });

  api.answer = () => failure(403, 'ForbiddenException', 'no');
  const message = `${new URL(api.url).host}/prod answered 403 ForbiddenException no`;
  expect(await connection(who()).send('x')).toEqual({ ...none, failed: [{ connectionId: 'a/b=', code: 'FORBIDDEN', message }] });
  expect((await connection(who({ id: '..' })).send('x')).failed).toMatchObject([{ connectionId: '..', code: 'BadRequestException' }]);
});

test.each<[string, object, Record<string, string | undefined>, string, string]>([
  ['of the current event', { stage: 'dev' }, {}, 'x=', '/dev/'],
  ['the same, for another stage', { stage: 'prod' }, {}, 'x=', '/prod/'],
  ['without an event', {}, { WEBSOCKET_CALLBACK_URLS: undefined, WEBSOCKET_CALLBACK_URL: 'URL/only' }, 'x=', '/only/'],
])('the address of a bare id: %s', async (title, context, variables, id, prefix) => {
  for (const [name, value] of Object.entries(variables)) process.env[name] = value?.replace('URL', api.url);
  for (const [name, value] of Object.entries(variables)) if (value === undefined) delete process.env[name];

  const send = (): Promise<Delivery> => connection(id).send('x');
  expect(await (title === 'without an event' ? send() : within(5_000, send, context))).toMatchObject({ delivered: 1 });

  expect(api.arrived[0].path).toBe(`${prefix}@connections/x%3D`);
});

test('a URL in the place of the URLs is a mistake, also after it was used as one', async () => {
  const url = `${api.url}/only`;
  Object.assign(process.env, { WEBSOCKET_CALLBACK_URLS: '', WEBSOCKET_CALLBACK_URL: url });
  await connection('x=').send('x');
  process.env.WEBSOCKET_CALLBACK_URLS = url;

  await expect(connection('x=').send('x')).rejects.toMatchObject({
    code: 'CONFIGURATION', message: `WEBSOCKET_CALLBACK_URLS in the environment must be a JSON object, as the construct sets it, not ${url}`,
  });
});

describe('with a store', () => {
  const removed: unknown[] = [];
  const items = new Map([['kept=', { at: 0, rooms: ['lobby', 'attic'] }], ['new=', { at: Date.now(), rooms: undefined }]]);
  let [database, lambda]: FakeAws[] = [];

  beforeAll(async () => [database, lambda] = await Promise.all([FakeAws.start(), FakeAws.start()]));
  afterAll(() => Promise.all([database.stop(), lambda.stop()]));
  beforeEach(() => {
    removed.length = 0;
    database.reset();
    lambda.reset();
    lambda.answer = () => ({ status: 202 });
    Object.assign(process.env, {
      WEBSOCKET_STORE: JSON.stringify({ table: 'store', fanOut: 'fan-out' }),
      AWS_ENDPOINT_URL_DYNAMODB: database.url,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    });
    database.answer = ({ body }) => {
      const { Key } = JSON.parse(body.toString()) as { Key: { pk: { S: string } } };
      const item = items.get(Key.pk.S.slice(2));
      const ttl = { N: String(Math.ceil(Date.now() / 1_000) + 60) };
      const Item = item && { stage: { S: 'prod' }, at: { N: String(item.at) }, rooms: item.rooms && { SS: item.rooms }, ttl };
      return { body: JSON.stringify({ Item }) };
    };
    provideRemoval((gone, rows) => Promise.resolve(void removed.push([gone, rows])));
  });
  afterEach(() => delete processState<{ removal: object }>().removal);

  const paths = (): string[] => api.arrived.map(({ path: where }) => where);

  test('a bare id has the stage and the age that the store knows, unless it is the current one', async () => {
    await within(5_000, async () => {
      await connection('kept=').send('x');
      await connection('me=').send('x');
      await connection(who({ id: 'given=' })).send('x');
    });
    expect(paths()).toEqual(['/prod/@connections/kept%3D', '/dev/@connections/me%3D', '/prod/@connections/given%3D']);
    expect(database.arrived).toHaveLength(1);

    api.answer = () => ({ status: 410 });
    expect(await connection('kept=').send('x')).toEqual({ ...none, gone: ['kept='] });
    expect(await connection('new=').send('x')).toEqual({ ...none, pending: ['new='] });
    expect(removed).toEqual([[['kept='], undefined]]);
  });

  test('where there is one stage, the store is asked after a 410 only', async () => {
    process.env.WEBSOCKET_CALLBACK_URLS = JSON.stringify({ prod: `${api.url}/prod` });
    process.env.WEBSOCKET_CALLBACK_URL = `${api.url}/prod`;

    await connection('kept=').send('x');
    expect(database.arrived).toEqual([]);

    api.answer = () => ({ status: 410 });
    expect(await connection('kept=').send('x')).toEqual({ ...none, gone: ['kept='] });
    expect(await connection('new=').send('x')).toEqual({ ...none, pending: ['new='] });
    expect(await connection('nobody=').send('x')).toEqual({ ...none, gone: ['nobody='] });
    expect(new Set(paths())).toEqual(new Set(['kept', 'new', 'nobody'].map((id) => `/prod/@connections/${id}%3D`)));
    expect(database.arrived).toHaveLength(3);
    expect(removed).toEqual([[['kept='], undefined]]);
  });

  test('a 410 from what may be another stage removes nothing', async () => {
    configure({ endpoint: `${api.url}/dev` });
    api.answer = () => ({ status: 410 });

    expect(await connection('kept=').send('x')).toEqual({ ...none, gone: ['kept='] });
    expect(await connection(who()).send('x')).toEqual({ ...none, gone: ['a/b='] });
    expect(removed).toEqual([]);
  });

  test('without the code of the store, the fan-out function removes who is gone', async () => {
    delete processState<{ removal: object }>().removal;
    api.answer = () => ({ status: 410 });

    await connection('kept=').send('x');
    await connection('new=').send('x');
    expect(lambda.arrived.map(({ path: where, body }) => [where, body.toString()]))
      .toEqual([['/2015-03-31/functions/fan-out/invocations', '{"gone":"kept="}']]);

    process.env.WEBSOCKET_STORE = JSON.stringify({ table: 'store' });
    expect(await connection('kept=').send('x')).toEqual({ ...none, gone: ['kept='] });
    expect(lambda.arrived).toHaveLength(1);
  });

  test('a removal that fails is a line in the log', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    delete processState<{ removal: object }>().removal;
    lambda.answer = () => failure(403, 'AccessDeniedException', 'no');
    api.answer = () => ({ status: 410 });

    expect(await connection('kept=').send('x')).toEqual({ ...none, gone: ['kept='] });

    const code = 'FORBIDDEN';
    expect(warn.mock.calls).toEqual([['cdk-websocket-service: a connection that is gone stays in the store:', expect.objectContaining({ code })]]);
    warn.mockRestore();
  });

  test('a store that cannot be asked for the stage is an error, and nothing is sent', async () => {
    database.answer = () => failure(400, 'AccessDeniedException', 'no');

    await expect(connection('kept=').send('x')).rejects.toMatchObject({
      code: 'STORE_FAILED', message: 'GetItem on the table store answered 400 AccessDeniedException no',
    });
    expect(api.arrived).toEqual([]);
  });

  test('its rooms', async () => {
    expect(await connection('kept=').rooms()).toEqual(['lobby', 'attic']);
    expect(await connection('nobody=').rooms()).toEqual([]);

    delete process.env.WEBSOCKET_STORE;
    await expect(connection('kept=').rooms()).rejects.toMatchObject({ code: 'NO_STORE' });
  });

  test('who is found closed by info or close is removed', async () => {
    api.answer = () => ({ status: 410 });

    expect(await connection('kept=').info()).toBeUndefined();
    expect(await connection('kept=').close()).toBe(false);
    expect(await connection('new=').close()).toBe(false);

    expect(removed).toEqual([[['kept='], undefined], [['kept='], undefined]]);
  });
});

test('info and close', async () => {
  api.answer = ({ method }) => (method === 'DELETE' ? { status: 204 } : {
    body: JSON.stringify({ connectedAt: '2026-11-30T12:00:00Z', lastActiveAt: '2026-11-30T12:00:01Z', identity: { sourceIp: '1.2.3.4', userAgent: 'U"A' } }),
  });

  expect(await connection(who()).info()).toEqual({
    connectedAt: new Date('2026-11-30T12:00:00Z'), lastActiveAt: new Date('2026-11-30T12:00:01Z'), sourceIp: '1.2.3.4', userAgent: 'U"A',
  });
  expect(await connection(who()).close()).toBe(true);
  expect(arrived()).toEqual(['GET /prod/@connections/a%2Fb%3D ', 'DELETE /prod/@connections/a%2Fb%3D ']);
});

test('info and close fail with a code', async () => {
  api.answer = () => failure(403, 'ForbiddenException', 'User: arn:x is not authorized');
  await expect(connection(who()).close()).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('arn:x') as string });

  api.answer = () => failure(429, 'LimitExceededException', 'slow');
  await expect(within(100, () => connection(who()).info())).rejects.toMatchObject({ code: 'THROTTLED' });
});

describe('through the client of the user', () => {
  test('that has methods', async () => {
    const agents: unknown[] = [];
    const client = new ApiGatewayManagementApi({ endpoint: `${api.url}/dev`, maxAttempts: 1 });
    client.middlewareStack.add((next, { commandName }) => (args) => {
      agents.push(commandName);
      return next(args);
    }, { step: 'build' });
    configure({ client });
    api.answer = ({ method, path: where }) => {
      if (where.includes('gone')) return failure(410, 'GoneException', 'gone');
      return method === 'GET' ? { body: '{"connectedAt":"2026-11-30T12:00:00Z","lastActiveAt":"2026-11-30T12:00:01Z","identity":{"sourceIp":"1.2.3.4"}}' } : {};
    };

    expect(await connection(who()).send('x')).toEqual({ ...none, delivered: 1 });
    expect(await connection(who({ id: 'gone=' })).send('x')).toEqual({ ...none, gone: ['gone='] });
    expect(await connection(who()).info()).toEqual({
      connectedAt: new Date('2026-11-30T12:00:00Z'), lastActiveAt: new Date('2026-11-30T12:00:01Z'), sourceIp: '1.2.3.4',
    });
    expect(agents).toEqual(['PostToConnectionCommand', 'PostToConnectionCommand', 'GetConnectionCommand']);
  });

  test('that takes commands, in a process that finds its package', async () => {
    const script = `
      const { ApiGatewayManagementApiClient } = require('@aws-sdk/client-apigatewaymanagementapi');
      const { configure, connection } = require(${JSON.stringify(path.resolve('lib/runtime/index.js'))});
      configure({ client: new ApiGatewayManagementApiClient({ endpoint: '${api.url}/dev' }) });
      connection('x=').send({ a: 1 }).then((delivery) => console.log(JSON.stringify(delivery)));`;

    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: { ...process.env, WEBSOCKET_CALLBACK_URL: `${api.url}/dev` }, encoding: 'utf8' });

    expect(JSON.parse(stdout)).toEqual({ ...none, delivered: 1 });
    expect(arrived()).toEqual(['POST /dev/@connections/x%3D {"a":1}']);
  });
});
