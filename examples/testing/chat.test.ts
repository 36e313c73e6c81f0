import { once } from 'events';
import { Agent } from 'https';
import { ApiGatewayManagementApiClient, GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { App } from 'aws-cdk-lib';
import { Gateway, startGateway } from 'cdk-websocket-service/local';
import { WebSocket } from 'ws';
import { ChatStack } from './chat-stack';

let gateway: Gateway;

// Synthesis and bundling take longer than the 5 seconds that jest allows.
beforeAll(async () => {
  const app = new App();
  new ChatStack(app, 'Test');
  gateway = await startGateway({ app: app.synth().directory });
}, 60_000);

// `gateway` is undefined if the start failed.
afterAll(() => gateway?.close());

/** A client that is connected. */
async function connect(): Promise<WebSocket> {
  const client = new WebSocket(`${gateway.url}?token=abc`);
  await once(client, 'open');
  return client;
}

/** The next message that a client gets. */
async function message(client: WebSocket): Promise<unknown> {
  const [data] = await once(client, 'message') as [Buffer];
  return JSON.parse(data.toString());
}

/** The answer to a client's request. */
function ask(client: WebSocket, request: object): Promise<unknown> {
  client.send(JSON.stringify(request));
  return message(client);
}

/** The id by which other clients reach a client. */
async function idOf(client: WebSocket): Promise<string> {
  const { joined } = await ask(client, { action: 'join' }) as { joined: string };
  return joined;
}

test('a text goes from one client to the other', async () => {
  const [ann, bob] = [await connect(), await connect()];
  const [from, to] = [await idOf(ann), await idOf(bob)];

  const heard = message(bob);
  const answer = await ask(ann, { action: 'say', to, text: 'hello' });

  expect(answer).toEqual({ said: 'hello' });
  expect(await heard).toEqual({ from, text: 'hello' });
});

test('a client that has left is gone', async () => {
  const [ann, bob] = [await connect(), await connect()];
  const to = await idOf(bob);

  bob.close();
  await once(bob, 'close');

  expect(await ask(ann, { action: 'say', to, text: 'hello?' })).toEqual({ gone: to });
});

test('a message that no route takes is answered as by API Gateway', async () => {
  const ann = await connect();

  expect(await ask(ann, { action: 'sing' })).toMatchObject({ message: 'Forbidden' });
});

test('a backend reaches a client with the AWS SDK', async () => {
  const backend = new ApiGatewayManagementApiClient({
    endpoint: gateway.callbackUrl,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: { httpsAgent: new Agent({ ca: gateway.certificate }) },
  });
  const ann = await connect();
  const ConnectionId = await idOf(ann);

  const heard = message(ann);
  await backend.send(new PostToConnectionCommand({ ConnectionId, Data: '{"news":"good"}' }));

  expect(await heard).toEqual({ news: 'good' });
  expect(await backend.send(new GetConnectionCommand({ ConnectionId }))).toMatchObject({ ConnectedAt: expect.any(Date) });
});

test.each([['', 401], ['?token=abd', 403]])('a client with the query "%s" is refused with %i', async (query, status) => {
  const client = new WebSocket(`${gateway.url}${query}`);

  await expect(once(client, 'open')).rejects.toThrow(`Unexpected server response: ${status}`);
});
