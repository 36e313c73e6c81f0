import * as fs from 'fs';
import * as http from 'http';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { TestClient, until } from './_helpers/local-server';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { GatewayEvent, replay, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';

const HANDLERS = `
import { ApiGatewayManagementApiClient, DeleteConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
const reply = (body: unknown) => ({ statusCode: 200, body: JSON.stringify(body) });
const client = (event: any) => new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });
const post = (event: any, to: string, data: unknown) => client(event).send(
  new PostToConnectionCommand({ ConnectionId: to, Data: JSON.stringify(data) }));
const connect = async (event: any) => {
  console.log('token', event.queryStringParameters.token);
  const protocols = event.headers['Sec-WebSocket-Protocol'];
  return { statusCode: 200, ...protocols && { headers: { 'Sec-WebSocket-Protocol': protocols.split(',')[0] } } };
};
const who = async (event: any) => {
  const { connectionId, requestId, requestTimeEpoch, authorizer } = event.requestContext;
  return reply({ connectionId, requestId, at: requestTimeEpoch, iso: new Date().toISOString(), user: authorizer.principalId, id: crypto.randomUUID() });
};
const say = async (event: any) => {
  const { to, text } = JSON.parse(event.body);
  await post(event, to, { from: event.requestContext.connectionId, text: process.env.LOUD ? text.toUpperCase() : text });
  return { statusCode: 200 };
};
const kick = async (event: any) => {
  await client(event).send(new DeleteConnectionCommand({ ConnectionId: JSON.parse(event.body).who }));
  return reply('kicked');
};
const fail = async () => { throw new Error('broken on purpose'); };
// One function, so that few processes start.
export const route = (event: any) => ({ $connect: connect, who, say, kick, fail })[event.requestContext.routeKey as 'who'](event);
export const authorize = async (event: any) => {
  const { token } = event.queryStringParameters;
  console.log('door', token);
  if (process.env.CLOSED || token === 'refuse-me') throw new Error('Unauthorized');
  return {
    principalId: 'user-of-' + token.slice(0, 3), context: { token, group: 'x' },
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
  };
};
`;

let folder: AppFolder;
let app: string;
let file: string;

/** The kinds of a session: what clients and backends do, with everything that must be masked. */
async function record(): Promise<void> {
  const gateway = await startGateway({ app, directory: folder.path, record: file });
  try {
    const [ann, bob] = [await TestClient.open(`${gateway.url}?token=ann-secret-1`, {}, ['chat']), await TestClient.open(`${gateway.url}?token=bob-secret-2`)];
    await TestClient.refusal(`${gateway.url}?token=refuse-me`);
    await TestClient.refusal(gateway.url);
    const { connectionId: annId } = JSON.parse(await ann.ask({ action: 'who' })) as { connectionId: string };
    const { connectionId: bobId } = JSON.parse(await bob.ask({ action: 'who' })) as { connectionId: string };
    ann.send({ action: 'say', to: bobId, text: 'hello' });
    await bob.next();
    await ann.ask({ action: 'fail' });
    await ann.ask({ action: 'sing' });
    await call(`${gateway.callbackUrl.replace('https', 'http')}/@connections/${encodeURIComponent(annId)}`, 'POST', JSON.stringify({ news: 'good' }));
    await ann.next();
    await ann.ask({ action: 'kick', who: bobId });
    await bob.closed;
    await ann.close(4000, 'enough');
    await until(() => gateway.connections.length === 0);
  } finally {
    await gateway.close();
  }
}

function call(url: string, method: string, body: string): Promise<number | undefined> {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
  return new Promise((resolve, reject) => {
    http.request(url, { method, headers: { 'authorization': authorization, 'x-amz-date': '20260101T000000Z' } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject).end(body);
  });
}

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  fs.symlinkSync(path.join(__dirname, '..', '..', 'node_modules'), path.join(folder.path, 'node_modules'));
  const cdk = new App({ outdir: path.join(folder.path, 'cdk.out') });
  new WebsocketService(new Stack(cdk, 'Test'), 'Chat', {
    routes: {
      $connect: { handler: 'handlers.route' },
      who: { handler: 'handlers.route', returnResponse: true },
      say: { handler: 'handlers.route' },
      kick: { handler: 'handlers.route', returnResponse: true },
      fail: { handler: 'handlers.route', returnResponse: true },
    },
    authorizer: ConnectAuthorizer.handler('handlers.authorize', { identitySource: ['route.request.querystring.token'] }),
  });
  app = cdk.synth().directory;
  file = path.join(folder.path, 'session.jsonl');
  await record();
});
afterAll(() => folder.leave());

test('no secret of a client is in the recording', () => {
  const text = fs.readFileSync(file, 'utf8');

  for (const secret of ['ann-secret-1', 'bob-secret-2', 'refuse-me']) expect(text).not.toContain(secret);
  expect(text).toContain('door <masked:');
});

test('played again, the session is the same: ids, times and masked values do not count', async () => {
  const events: GatewayEvent[] = [];

  const { differences, played } = await replay(file, { app, directory: folder.path, onEvent: (event) => events.push(event) });

  expect(differences).toEqual([]);
  expect(played).toBe(12);
  expect(events[0]).toMatchObject({
    type: 'notice', code: 'handler-endpoints', text: expect.stringMatching(/^handlers may reach @connections: this gateway; Lambda: this gateway, .*; everything else: AWS/),
  });
  // The recorded results count.
  expect(events.filter((event) => event.type === 'output' && event.text.startsWith('door'))).toEqual([]);
});

test('another behaviour is a difference, at its place', async () => {
  const { differences } = await replay(file, { app, directory: folder.path, environment: { LOUD: '1' } });

  expect(differences).toEqual([{
    at: expect.stringMatching(/^line \d+, connection 1 sends \{"action":"say","to":".{16}","text":"hello"\}: post, connection 2$/),
    expected: '{"from":"<connection 1>","text":"hello"}',
    got: '{"from":"<connection 1>","text":"HELLO"}',
  }]);
});

test('with `authorize`, the authorizers run with tokens of the caller', async () => {
  const users: unknown[] = [];
  const token = ({ user }: { user?: string }): string => {
    users.push(user);
    return user === undefined ? 'refuse-me' : `${user.slice(-3)}-other-token`;
  };

  expect((await replay(file, { app, directory: folder.path, authorize: true, token })).differences).toEqual([]);
  expect(users).toEqual(['user-of-ann', 'user-of-bob', undefined, undefined]);
});
