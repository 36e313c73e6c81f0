import { once } from 'events';
import { App } from 'aws-cdk-lib';
import { Gateway, startGateway } from 'cdk-websocket-service/local';
import { WebSocket } from 'ws';
import { ChatStack } from './chat-stack';

let gateway: Gateway;

beforeAll(async () => {
  const app = new App();
  new ChatStack(app, 'Test');
  gateway = await startGateway({ app: app.synth().directory });
}, 60_000);

afterEach(() => gateway.faults.clear());
afterAll(() => gateway?.close());

async function connect(): Promise<WebSocket> {
  const client = new WebSocket(`${gateway.url}?token=abc`);
  await once(client, 'open');
  return client;
}

test('after ten idle minutes the connection is closed', async () => {
  const client = await connect();
  const closed = once(client, 'close');

  await gateway.faults.advance(10 * 60_000);

  expect((await closed)[0]).toBe(1001);
});

test('a client whose network is gone sees 1006', async () => {
  const client = await connect();
  const [{ connectionId }] = gateway.connections;
  const closed = once(client, 'close');

  await gateway.faults.end({ how: 'cut', connection: connectionId });

  expect((await closed)[0]).toBe(1006);
});

test('a busy service lets the client in at the third attempt', async () => {
  await gateway.faults.refuse({ status: 429, times: 2 });

  await expect(connect()).rejects.toThrow('429');
  await expect(connect()).rejects.toThrow('429');
  (await connect()).close();
});

test('a handler that crashes answers with an error frame', async () => {
  await gateway.faults.handler({ route: 'join', kill: true });
  const client = await connect();

  client.send(JSON.stringify({ action: 'join' }));
  const [data] = await once(client, 'message') as [Buffer];

  expect(JSON.parse(data.toString())).toMatchObject({ message: 'Internal server error' });
  client.close();
});
