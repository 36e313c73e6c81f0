import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketModel, WebsocketService } from '../../lib';
import { TestClient, until } from './_helpers/local-server';
import { Gateway, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { EventReader, ReadEntry } from './inspector/_helpers/event-reader';

/** The whole of it: an authorizer, a store, handlers that print and fail, a process that starts. */
const HANDLERS = `
import { allow, onAuthorize, onMessage, room } from 'cdk-websocket-service/runtime';
export const authorize = onAuthorize(({ token = '' }) => allow({ user: token }));
export const join = onMessage(({ body, connection }: any) => {
  console.log('joins', body.room);
  return room(body.room).join(connection);
});
export const fail = async () => { throw new RangeError('out of reach'); };
`;

let folder: AppFolder;
let gateway: Gateway;
let reader: EventReader;
beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  const root = path.join(__dirname, '../..');
  fs.mkdirSync('node_modules');
  fs.symlinkSync(root, 'node_modules/cdk-websocket-service');
  fs.symlinkSync(path.join(root, 'node_modules/@dynoxide'), 'node_modules/@dynoxide');
  const app = new App({ outdir: path.join(folder.path, 'cdk.out'), analyticsReporting: false, treeMetadata: false });
  new WebsocketService(new Stack(app, 'Test'), 'Chat', {
    routes: {
      join: {
        handler: 'handlers.join',
        returnResponse: true,
        requestModel: WebsocketModel.fromSchema({
          type: 'object', required: ['room'], properties: { room: { type: 'string', default: 'lobby' } },
        }),
      },
      fail: { handler: 'handlers.fail' },
    },
    authorizer: ConnectAuthorizer.handler('handlers.authorize', { identitySource: ['route.request.querystring.token'] }),
    connectionStore: WebsocketConnectionStore.dynamoDb(),
  });
  gateway = await startGateway({ directory: folder.path, app: app.synth().directory, inspector: true });
  reader = await EventReader.open(Number(new URL(gateway.url).port));
}, 60_000);
afterAll(async () => {
  reader?.close();
  await gateway?.close();
  folder.leave();
});

interface Connections extends Array<{ readonly connectionId: string; readonly user?: string; readonly rooms: readonly string[] }> {}

function entry(matches: Partial<ReadEntry>): Promise<ReadEntry> {
  return reader.untilEntry((each) => Object.entries(matches).every(([name, value]) => each[name] === value));
}

test('the page has an address, and knows what the app asks of a client', async () => {
  expect(gateway.inspectorUrl).toBe(`http://localhost:${new URL(gateway.url).port}/_ws`);
  await until(() => reader.last('hello') !== undefined);
  const { apis: [api] } = reader.last<{ apis: Array<{ authorizer: object; routes: Array<{ routeKey: string; example?: string }> }> }>('hello')!;
  expect(api.authorizer).toEqual({ identitySources: ['route.request.querystring.token'], isJwt: false });
  expect(api.routes.find(({ routeKey }) => routeKey === 'join')).toMatchObject({
    twoWay: true,
    target: 'Lambda',
    function: 'Test/Chat/Handler-handlers.join',
    model: { required: ['room'] },
    example: JSON.stringify({ action: 'join', room: 'lobby' }, undefined, 2),
  });
});

test('user, rooms, invocations with what they printed, and the calls of the store', async () => {
  // WHEN
  const client = await TestClient.open(`${gateway.url}?token=ann`);
  await client.ask({ action: 'join', room: 'lobby', id: 1 });

  // THEN
  const { connectionId } = await entry({ type: 'connected' });
  expect(await entry({ type: 'connected' })).toMatchObject({ user: 'ann', authorizer: { principalId: 'ann' } });
  expect(await entry({ type: 'invocation', role: 'authorizer' })).toMatchObject({ connectionId, target: 'Test/Chat/Handler-handlers.authorize' });
  const joined = await entry({ type: 'invocation', routeKey: 'join' });
  expect(await entry({ type: 'output', text: 'joins lobby' })).toMatchObject({ invocationId: joined.invocationId, stream: 'stdout' });
  expect(await entry({ type: 'store', operation: 'TransactWriteItems' })).toMatchObject({
    status: 200, input: expect.stringContaining('C#') as string, output: expect.any(String) as string,
  });
  await until(() => reader.last<Connections>('connections')?.[0]?.rooms.length === 1);
  expect(reader.last<Connections>('connections')).toEqual([expect.objectContaining({ connectionId, user: 'ann', rooms: ['lobby'] })]);

  // WHEN
  client.send({ action: 'fail' });

  // THEN
  expect(await entry({ type: 'invocation', routeKey: 'fail' })).toMatchObject({ error: { type: 'RangeError', message: 'out of reach' } });
  await client.close();
  expect(await entry({ type: 'disconnected' })).toMatchObject({ connectionId, by: 'client' });
});

test('a gateway without an inspector has no page', async () => {
  // GIVEN
  const other = await startGateway({ directory: folder.path, app: 'cdk.out', dynamodb: 'aws' });

  // WHEN
  const response = await fetch(`${other.url.replace('ws:', 'http:').replace('/dev', '')}/_ws/events`);
  await other.close();

  // THEN
  expect(other.inspectorUrl).toBeUndefined();
  expect({ status: response.status, body: await response.json() }).toEqual({ status: 404, body: { message: 'the gateway has nothing at /_ws/events' } });
});
