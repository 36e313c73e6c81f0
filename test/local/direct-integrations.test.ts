import * as http from 'http';
import { AddressInfo } from 'net';
import { App, Stack } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import * as eventbridge from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, RouteIntegration, WebsocketService } from '../../lib';
import { TestClient, until } from './_helpers/local-server';
import { Gateway, GatewayEvent, startGateway } from '../../lib/local';
import { inlineFunction } from '../_helpers/quick-app';

interface Asked { readonly method?: string; readonly url?: string; readonly headers: http.IncomingHttpHeaders; readonly body: string }

const ECHO = 'exports.handler = async (event) => { console.log(event.body); if (event.body === "fail") throw new Error("no room"); return { got: event }; };';
const ALIASED = 'exports.handler = async (event) => ({ statusCode: 200, body: "aliased " + event.body });';

const asked: Asked[] = [];
const events: GatewayEvent[] = [];
let backend: http.Server;
let gateway: Gateway;
let client: TestClient;

/** Answers with the status that the path ends with. */
async function startBackend(): Promise<string> {
  backend = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(Number(url?.split('?')[0].split('/').pop())).end('{"from":"backend"}');
    });
  });
  await new Promise<void>((resolve) => { backend.listen(0, '127.0.0.1', resolve); });
  return `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
}

function synthesize(url: string): string {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true } });
  const stack = new Stack(app, 'Test');
  const echo = inlineFunction(stack, 'Echo', { code: lambda.Code.fromInline(ECHO) });
  const aliased = inlineFunction(stack, 'Aliased', { code: lambda.Code.fromInline(ALIASED) });
  const live = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: aliased.currentVersion });
  const responses = [{ key: '/4\\d\\d/', responseTemplates: { $default: '{"refused":$input.json(\'$.from\')}' } }];
  const integrations = {
    ping: RouteIntegration.ping(),
    mock: RouteIntegration.mock({ response: '{"you":"$context.connectionId"}' }),
    http: RouteIntegration.http(`${url}/rooms/{room}/200`, {
      method: HttpMethod.PUT,
      requestTemplates: { $default: '{"text":$input.json(\'$.text\')}' },
      requestParameters: { 'integration.request.path.room': 'route.request.body.room', 'integration.request.header.Connection-Id': 'context.connectionId' },
    }),
    refused: RouteIntegration.http(`${url}/404`, { responses }),
    httpProxy: RouteIntegration.httpProxy(`${url}/200`, { requestParameters: { 'integration.request.querystring.from': 'context.connectionId' } }),
    lambda: RouteIntegration.lambda(echo, { attributes: { room: "$input.path('$.room')" } }),
    failing: RouteIntegration.lambda(echo, {
      requestTemplates: { $default: '{"body":"fail"}' }, responses: [{ key: '/no .*/', responseTemplates: { $default: '{"full":true}' } }],
    }),
    asynchronous: RouteIntegration.lambda(echo, { asynchronous: true, responses: [{ key: '$default', responseTemplates: { $default: 'queued' } }] }),
    alias: RouteIntegration.lambdaAlias(aliased, { aliases: [live] }),
    queue: RouteIntegration.sqs(new sqs.Queue(stack, 'Queue')),
    bus: RouteIntegration.eventBridge(new eventbridge.EventBus(stack, 'Bus'), { source: 'chat' }),
  };
  new WebsocketService(stack, 'Chat', {
    routes: {
      ...Object.fromEntries(Object.entries(integrations).map(([key, integration]) => [key, { integration, returnResponse: true }])),
      $connect: { integration: RouteIntegration.mock() },
    },
    stageVariables: { alias: 'live' },
    authorizer: ConnectAuthorizer.none(),
  });
  return app.synth().directory;
}

beforeAll(async () => {
  gateway = await startGateway({ app: synthesize(await startBackend()), onEvent: (event) => events.push(event) });
  client = await TestClient.open(gateway.url);
});
beforeEach(() => { asked.length = 0; });
afterAll(async () => {
  await client.close();
  await gateway.close();
  await new Promise<void>((resolve) => { backend.close(() => resolve()); });
});

const connectionId = () => gateway.connections[0].connectionId;
const ask = async (message: object) => JSON.parse(await client.ask(message)) as Record<string, unknown>;

test('ping is answered with pong', async () => {
  expect(await client.ask({ action: 'ping' })).toBe('{"message":"pong"}');
});

test('mock answers with what its template makes; on $connect it lets everybody in', async () => {
  expect(await ask({ action: 'mock' })).toEqual({ you: connectionId() });
});

test('http sends the backend the output of its templates', async () => {
  expect(await ask({ action: 'http', room: 'a b', text: 'say "hi"' })).toEqual({ from: 'backend' });
  expect(asked).toEqual([expect.objectContaining({ method: 'PUT', url: '/rooms/a%20b/200', body: '{"text":"say \\"hi\\""}' })]);
  expect(asked[0].headers['connection-id']).toBe(connectionId());
});

test('http answers by the status of the backend', async () => {
  expect(await ask({ action: 'refused' })).toEqual({ refused: 'backend' });
});

test('httpProxy passes message and answer as they are', async () => {
  expect(await client.ask({ action: 'httpProxy', text: 'hi' })).toBe('{"from":"backend"}');
  expect(asked).toEqual([expect.objectContaining({
    method: 'POST', url: `/200?from=${encodeURIComponent(connectionId())}`, body: '{"action":"httpProxy","text":"hi"}',
  })]);
});

test('lambda passes the function the message and what an answer needs, and its result to the client', async () => {
  // GIVEN
  const message = { action: 'lambda', room: 'it\'s "new"' };

  // THEN
  expect(await ask(message)).toEqual({
    got: {
      requestContext: {
        routeKey: 'lambda',
        eventType: 'MESSAGE',
        connectionId: connectionId(),
        requestId: expect.any(String),
        domainName: expect.any(String),
        stage: 'dev',
        apiId: expect.any(String),
        requestTimeEpoch: expect.any(Number),
      },
      room: 'it\'s "new"',
      body: JSON.stringify(message),
    },
  });
});

test('lambda answers by the error of the function', async () => {
  expect(await ask({ action: 'failing' })).toEqual({ full: true });
});

test('asynchronous: the client is answered at once, and the function runs', async () => {
  // WHEN
  const answer = await client.ask({ action: 'asynchronous', text: 'later' });

  // THEN
  expect(answer).toBe('queued');
  await until(() => events.some((event) => event.type === 'output' && event.text.includes('later')));
});

test('the stage names the alias', async () => {
  expect(await client.ask({ action: 'alias' })).toBe('aliased {"action":"alias"}');
});

test.each([
  ['queue', 'it calls the service sqs, and only functions are served'],
  ['bus', 'it calls the service events, and only functions are served'],
])('%s: a service that is not served here is named, and fails', async (action, reason) => {
  expect(await ask({ action })).toMatchObject({ message: 'Internal server error' });
  expect(events).toContainEqual(expect.objectContaining({
    type: 'notice', code: 'integration-not-served', text: `Test/Chat/Route-${action}: route "${action}" is answered as if invoking it failed: ${reason}`,
  }));
});
