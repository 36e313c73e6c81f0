import * as assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Gateway, RequestEvent, startGateway } from 'cdk-websocket-service/local';
import { WebSocket } from 'ws';
import { ChatStack } from './chat-stack';

const refusals: Array<Partial<RequestEvent>> = [];
let gateway: Gateway;

before(async () => {
  const app = new App();
  new ChatStack(app, 'Test');
  gateway = await startGateway({
    app: app.synth().directory,
    onEvent: (event) => {
      if (event.type === 'connect' && event.status !== 101) refusals.push({ status: event.status, reason: event.reason });
    },
  });
});

after(() => gateway?.close());

void test('a client with the token is connected', async () => {
  const client = new WebSocket(`${gateway.url}?token=abc`);
  await once(client, 'open');

  assert.equal(gateway.connections.length, 1);
});

void test('a client without a token is refused', async () => {
  const client = new WebSocket(gateway.url);

  await assert.rejects(once(client, 'open'), { message: 'Unexpected server response: 401' });
  assert.deepEqual(refusals, [{ status: 401, reason: 'the identity source route.request.querystring.token is missing or empty' }]);
});
