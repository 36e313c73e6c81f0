import { execFileSync, spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { App, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { Gateway, GatewayError, GatewayEvent, GatewayOptions, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction } from '../_helpers/quick-app';
import { TestClient, until } from './_helpers/local-server';

const HANDLERS = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
const reply = (body: unknown) => ({ statusCode: 200, body: JSON.stringify(body) });
export const echo = async (event: any) => reply({ echo: JSON.parse(event.body).text, as: event.requestContext.authorizer?.user });
export const environment = async () => reply(process.env);
export const fail = async () => { throw new Error('broken on purpose'); };
const post = (endpoint: string | undefined, event: any) => new ApiGatewayManagementApiClient({ endpoint }).send(
  new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: 'posted' }));
export const byVariable = async (event: any) => { await post(process.env.WEBSOCKET_CALLBACK_URL, event); return reply('done'); };
export const byEvent = async (event: any) => {
  await post(\`https://\${event.requestContext.domainName}/\${event.requestContext.stage}\`, event);
  return reply('done');
};
export const byApiId = async (event: any) => {
  const { apiId, stage } = event.requestContext;
  await post(\`https://\${apiId}.execute-api.\${process.env.AWS_REGION}.amazonaws.com/\${stage}\`, event);
  return reply('done');
};
export const byNothing = async (event: any) => { await post(undefined, event); return reply('done'); };
export const authorize = async (event: any) => ({
  principalId: 'p', context: { user: event.queryStringParameters.user },
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
});
`;

let folder: AppFolder;
let gateway: Gateway;
const events: GatewayEvent[] = [];

/** A service with all handlers of the file as two-way routes. */
function synthesizeService(): string {
  const app = new App({ outdir: path.join(folder.path, 'cdk.out'), context: { 'aws:cdk:enable-path-metadata': true } });
  const handlers = ['echo', 'environment', 'fail', 'byVariable', 'byEvent', 'byApiId', 'byNothing'];
  new WebsocketService(new Stack(app, 'Test'), 'Chat', {
    routes: Object.fromEntries(handlers.map((name) => [name, { handler: `handlers.${name}`, returnResponse: true }])),
    authorizer: ConnectAuthorizer.handler('handlers.authorize', { identitySource: ['route.request.querystring.user'] }),
  });
  return app.synth().directory;
}

function start(options: GatewayOptions): Promise<Gateway> {
  return startGateway({ directory: folder.path, onEvent: (event) => events.push(event), ...options });
}

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  // The app's own packages: what its bundles leave out is found there.
  fs.symlinkSync(path.join(__dirname, '..', '..', 'node_modules'), path.join(folder.path, 'node_modules'));
  gateway = await start({ app: synthesizeService(), environment: { COLOUR: 'red' } });
});
afterAll(async () => {
  await gateway.close();
  folder.leave();
});

describe('a service of this library', () => {
  let client: TestClient;
  beforeAll(async () => { client = await TestClient.open(`${gateway.url}?user=ann`); });
  afterAll(() => client.close());

  test('has a URL for clients and one for backends', () => {
    expect(gateway.url).toMatch(/^ws:\/\/localhost:\d+\/dev$/);
    expect(gateway.callbackUrl).toBe(gateway.url.replace('ws:', 'https:'));
    expect(gateway.urls).toEqual({ Chat: gateway.url });
  });

  test('answers through the bundled handler, with the context of its authorizer', async () => {
    expect(JSON.parse(await client.ask({ action: 'echo', text: 'hello' }))).toEqual({ echo: 'hello', as: 'ann' });
  });

  test('3.4: no client can connect without the identity source', async () => {
    expect((await TestClient.refusal(gateway.url)).status).toBe(401);
  });

  test.each(['byVariable', 'byEvent', 'byApiId', 'byNothing'])('6.16: the unmodified SDK reaches the client, with the endpoint %s', async (action) => {
    client.send({ action });

    expect([await client.next(), await client.next()].sort()).toEqual(['"done"', 'posted']);
  });

  test('a client without an endpoint works here only, with one notice; other clients have none', async () => {
    client.send({ action: 'byNothing' });
    await client.next();
    await client.next();

    const observed = events.filter((event) => event.type === 'notice' && event.code.startsWith('endpoint-'));
    expect(observed).toMatchObject([{
      code: 'endpoint-missing',
      subject: 'Test/Chat/Handler-handlers.byNothing',
      text: 'handlers.byNothing: a client of @connections was made without an endpoint, so on AWS it calls execute-api.<region>.amazonaws.com, which '
        + 'does not know the API; it works on this machine only. Write new ApiGatewayManagementApiClient({ endpoint: '
        + 'JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS)[event.requestContext.stage] })',
    }]);
  });

  test('4.4.2: an error of the handler is one frame, and an event with its stack', async () => {
    // WHEN
    const frame = await client.ask({ action: 'fail' });

    // THEN
    expect(JSON.parse(frame)).toMatchObject({ message: 'Internal server error' });
    await until(() => events.some((event) => event.type === 'message' && event.routeKey === 'fail'));
    expect(events.find((event) => event.type === 'message' && event.routeKey === 'fail')).toMatchObject({
      target: 'Test/Chat/Handler-handlers.fail', status: 502, error: { type: 'Error', message: 'broken on purpose' },
    });
  });

  test('gives handlers the variables of Lambda, of the template and of the options', async () => {
    expect(JSON.parse(await client.ask({ action: 'environment' }))).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: expect.stringMatching(/^Test-/),
      WEBSOCKET_CALLBACK_URL: gateway.callbackUrl,
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: expect.stringMatching(/^http:\/\/localhost:\d+\/\.no-endpoint\/[\w-]+\/dev$/),
      COLOUR: 'red',
    });
  });

  test('lists its connections', () => {
    expect(gateway.connections).toEqual([{
      connectionId: expect.stringMatching(/^[\w-]{15}=$/),
      api: 'Chat',
      stage: 'dev',
      connectedAt: expect.any(Number),
      sourceIp: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    }]);
  });
});

test('any number of gateways serve one assembly at the same time, and leave nothing behind', async () => {
  // GIVEN
  const others = await Promise.all([1, 2].map(() => start({ app: 'cdk.out' })));
  const clients = await Promise.all(others.map(({ url }) => TestClient.open(`${url}?user=bob`)));

  // WHEN
  const answers = await Promise.all(clients.map((client, index) => client.ask({ action: 'echo', text: index })));

  // THEN
  expect(answers.map((answer) => JSON.parse(answer))).toEqual([{ echo: 0, as: 'bob' }, { echo: 1, as: 'bob' }]);
  await Promise.all(others.map((other) => other.close()));
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1, 2].map(() => ({ code: 1001, reason: expect.any(String) })));
  expect(fs.readdirSync('cdk.out').filter((name) => name.startsWith('.cdk-websocket'))).toEqual([]);
});

test('an API without this construct is served as well', async () => {
  // GIVEN
  const app = new App({ outdir: path.join(folder.path, 'plain.out') });
  const stack = new Stack(app, 'Plain');
  const api = new WebSocketApi(stack, 'Api');
  new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
  const fn = inlineFunction(stack, 'Fn');
  api.addRoute('ping', { integration: new WebSocketLambdaIntegration('Ping', fn), returnResponse: true });

  // WHEN
  const plain = await start({ app: app.synth().directory });
  const client = await TestClient.open(plain.url);

  // THEN
  expect(plain.url).toMatch(/\/prod$/);
  expect(await client.ask({ action: 'ping' })).toBe('');
  expect(JSON.parse(await client.ask({ action: 'pong' }))).toMatchObject({ message: 'Forbidden' });
  await plain.close();
});

test('the callback URLs of all stages are local ones in a JSON text, and each leads to its own stage', async () => {
  // GIVEN an API whose stages have two ports, as another one has a stage of the same name
  const app = new App({ outdir: path.join(folder.path, 'stages.out') });
  const stack = new Stack(app, 'Stages');
  const stageOf = (webSocketApi: WebSocketApi, stageName: string) => (
    new WebSocketStage(webSocketApi, stageName, { webSocketApi, stageName, autoDeploy: true }));
  const [first, second] = [new WebSocketApi(stack, 'First'), new WebSocketApi(stack, 'Second')];
  stageOf(first, 'beta');
  const stages = Object.fromEntries(['dev', 'beta'].map((name) => [name, stageOf(second, name).callbackUrl]));
  const fn = inlineFunction(stack, 'Fn', {
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200, body: process.env.WEBSOCKET_CALLBACK_URLS })'),
    environment: { WEBSOCKET_CALLBACK_URLS: JSON.stringify(stages) },
  });
  first.addRoute('none', { integration: new WebSocketLambdaIntegration('None', fn) });
  second.addRoute('urls', { integration: new WebSocketLambdaIntegration('Urls', fn), returnResponse: true });

  // WHEN
  const other = await start({ app: app.synth().directory });
  const urls = events.flatMap((event) => event.type === 'listening' && event.api === 'Second' ? [event] : []);
  const client = await TestClient.open(urls.find(({ url }) => url.endsWith('/beta'))!.url);

  // THEN
  expect(new Set(urls.map(({ url }) => new URL(url).port)).size).toBe(2);
  expect(JSON.parse(await client.ask({ action: 'urls' }))).toEqual(
    Object.fromEntries(urls.map(({ callbackUrl }) => [path.basename(callbackUrl), callbackUrl])));
  await other.close();
});

test('a client that disconnects on its own is reported', async () => {
  // GIVEN
  events.length = 0;
  const client = await TestClient.open(`${gateway.url}?user=ann`);

  // WHEN
  await client.close(4000, 'enough');

  // THEN
  await until(() => events.some(({ type }) => type === 'disconnect'));
  expect(events.find(({ type }) => type === 'disconnect')).toMatchObject({ status: 4000 });
});

/** Processes of handlers below this one. */
function handlerProcesses(): string[] {
  const processes = execFileSync('ps', ['-eo', 'ppid,pid,args'], { encoding: 'utf8' }).split('\n');
  return processes.filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes('functions/runtime'));
}

test('close ends every process, however often it is called', async () => {
  // GIVEN
  const before = handlerProcesses();
  const other = await start({ app: 'cdk.out' });
  const client = await TestClient.open(`${other.url}?user=ann`);
  await client.ask({ action: 'echo' });
  const during = handlerProcesses();

  // WHEN
  await Promise.all([other.close(), other.close()]);
  await other.close();

  // THEN
  expect(during.length).toBeGreaterThan(before.length);
  expect(handlerProcesses()).toEqual(before);
});

test.each<[string, GatewayOptions, string]>([
  ['ASSEMBLY_NOT_FOUND', { app: 'nowhere' }, 'nowhere is not a cloud assembly: it has no manifest.json; run `cdk synth` first'],
  ['NO_SUCH_STACK', { app: 'cdk.out', stack: 'Other' }, expect.stringContaining('Other') as unknown as string],
  ['PORT_REFUSED', { app: 'cdk.out', port: 6000 }, 'port 6000 is one that browsers refuse to connect to; take another, for example --port 3001'],
])('fails with %s', async (code, options, message) => {
  const error = await start(options).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject({ code, message });
});

test('PORT_IN_USE: says who has the port, and offers another', async () => {
  // GIVEN
  const port = Number(new URL(gateway.url).port);

  // WHEN
  const error = await start({ app: 'cdk.out', port }).catch((reason: unknown) => reason);

  // THEN
  expect(error).toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringMatching(new RegExp(`^port ${port} is taken by .+; end it, or take another port: --port \\d+$`)),
  });
});

test('an observer that throws costs no client its answer', async () => {
  // GIVEN
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const other = await start({ app: 'cdk.out', onEvent: () => { throw new Error('no thanks'); } });

  // WHEN
  const client = await TestClient.open(`${other.url}?user=ann`);

  // THEN
  expect(JSON.parse(await client.ask({ action: 'echo', text: 1 }))).toEqual({ echo: 1, as: 'ann' });
  await other.close();
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('onEvent failed: Error: no thanks'), 'GatewayWarning');
  warn.mockRestore();
});

test('NO_WEBSOCKET_API: no client can reach an API without a stage', async () => {
  // GIVEN
  const app = new App({ outdir: path.join(folder.path, 'stageless.out') });
  const api = new WebSocketApi(new Stack(app, 'Plain'), 'Lonely');
  api.addRoute('ping', { integration: new WebSocketLambdaIntegration('Ping', inlineFunction(Stack.of(api), 'Fn')) });
  app.synth();

  // THEN
  await expect(start({ app: 'stageless.out' })).rejects.toMatchObject({
    code: 'NO_WEBSOCKET_API', message: 'Lonely: the API has no stage; add one for clients to connect to',
  });
});

test('a gateway that is killed as soon as it serves leaves no folder', async () => {
  // GIVEN
  const temporary = fs.mkdtempSync(path.join(folder.path, 'tmp-'));
  fs.writeFileSync('killed.ts', `
    import { startGateway } from ${JSON.stringify(path.join(__dirname, '..', '..', 'lib', 'local', 'index.ts'))};
    const onEvent = ({ type }) => {
      if (type !== 'listening') return;
      console.log(require('fs').readdirSync(${JSON.stringify(temporary)}).length);
      process.kill(process.pid, 'SIGKILL');
    };
    void startGateway({ app: 'cdk.out', onEvent });`);

  // WHEN
  const args = ['--import', pathToFileURL(require.resolve('tsx')).href, 'killed.ts'];
  const killed = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: temporary, TSX_DISABLE_CACHE: '1' } });
  const printed = new Promise((resolve) => killed.stdout.once('data', (chunk) => resolve(Number(chunk))));

  // THEN
  expect(await printed).toBeGreaterThan(0);
  await until(() => fs.readdirSync(temporary).every((name) => !name.startsWith('cdk-websocket-service-')));
});

test('a gateway that listens to other machines has a notice that says who may do what', async () => {
  const open = await start({ app: 'cdk.out', host: '0.0.0.0' });
  await open.close();

  expect(events.filter((event) => event.type === 'notice' && event.code === 'open-to-network')).toMatchObject([{ subject: '0.0.0.0' }]);
});
