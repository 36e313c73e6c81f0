import { once } from 'events';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { WebSocket } from 'ws';
import { ServerlessStack } from '../lib';
import { Gateway, startGateway } from '../lib/local';

/** The service of the framework's page on WebSocket APIs: CommonJS, and the address of its clients from the event. */
const SERVICE = path.join(__dirname, 'fixtures', 'serverless', 'moved-seed', 'serverless.yml');

let gateway: Gateway | undefined;
let client: WebSocket | undefined;

beforeAll(async () => {
  const app = new App();
  new ServerlessStack(app, 'Moved', { path: SERVICE });
  gateway = await startGateway({ app: app.synth().directory });
});

afterEach(() => client?.terminate());
afterAll(() => gateway?.close());

async function connect(token: string): Promise<WebSocket> {
  client = new WebSocket(gateway!.url, { headers: { token } });
  await once(client, 'open');
  return client;
}

async function answer(message: string): Promise<unknown> {
  const socket = await connect('abc');
  socket.send(message);
  const [data] = await once(socket, 'message') as [Buffer];
  return JSON.parse(data.toString()) as unknown;
}

test('a client without the token is kept out', async () => {
  await expect(connect('xyz')).rejects.toThrow('Unexpected server response: 500');
});

test('$default sends the event back', async () => {
  expect(await answer('hello')).toEqual(expect.objectContaining({
    body: 'hello',
    requestContext: expect.objectContaining({ routeKey: '$default', stage: 'dev', eventType: 'MESSAGE' }),
  }));
});

test('the action chooses the route', async () => {
  expect(await answer('{"action":"foo","text":"hello"}')).toEqual({ foo: { action: 'foo', text: 'hello' } });
});
