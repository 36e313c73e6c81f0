import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketRoutes, WebsocketService } from '../../lib';
import { Gateway, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { TestClient } from './_helpers/local-server';

const HANDLERS = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
const reply = (body: unknown) => ({ statusCode: 200, body: JSON.stringify(body) });
const post = (endpoint: string | undefined, event: any) => new ApiGatewayManagementApiClient({ endpoint }).send(
  new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: 'posted to ' + event.requestContext.stage }));
export const connect = async () => reply('welcome');
export const about = async ({ requestContext: { routeKey, stage }, stageVariables }: any) => reply({ routeKey, stage, stageVariables });
export const byVariable = async (event: any) => { await post(process.env.WEBSOCKET_CALLBACK_URL, event); return reply('done'); };
export const byEvent = async (event: any) => {
  await post(\`https://\${event.requestContext.domainName}/\${event.requestContext.stage}\`, event);
  return reply('done');
};
export const authorize = async (event: any) => ({
  principalId: 'p', policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
});
`;

const twoWay = (name: string) => ({ handler: `handlers.${name}`, returnResponse: true });

let folder: AppFolder;
beforeAll(() => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  // The app's own packages: what its bundles leave out is found there.
  fs.symlinkSync(path.join(__dirname, '..', '..', 'node_modules'), path.join(folder.path, 'node_modules'));
});
afterAll(() => folder.leave());

/** Serves an app; what is open is closed after the test. */
async function serve(name: string, define: (app: App) => void): Promise<Gateway> {
  const app = new App({ outdir: path.join(folder.path, name), context: { 'aws:cdk:enable-path-metadata': true } });
  define(app);
  gateway = await startGateway({ directory: folder.path, app: app.synth().directory });
  return gateway;
}

async function open(url: string): Promise<TestClient> {
  const client = await TestClient.open(url);
  clients.push(client);
  return client;
}

const json = async (client: TestClient, message: object): Promise<unknown> => JSON.parse(await client.ask(message));

let gateway: Gateway | undefined;
let clients: TestClient[] = [];
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await gateway?.close();
  [gateway, clients] = [undefined, []];
});

test('routes in nested stacks are served, and their functions reach the client', async () => {
  // GIVEN
  const { url } = await serve('nested.out', (app) => {
    new WebsocketService(new Stack(app, 'Test'), 'Chat', {
      nestedStacks: 3,
      routes: { $connect: { handler: 'handlers.connect' }, about: twoWay('about'), byVariable: twoWay('byVariable'), byEvent: twoWay('byEvent') },
      authorizer: ConnectAuthorizer.handler('handlers.authorize'),
    });
  });
  const client = await open(url);

  // THEN
  expect(await json(client, { action: 'about' })).toEqual({ routeKey: 'about', stage: 'dev' });
  for (const action of ['byVariable', 'byEvent']) {
    client.send({ action });
    expect([await client.next(), await client.next()].sort()).toEqual(['"done"', 'posted to dev']);
  }
});

test('routes that another stack of the app attaches are served, and their functions reach the client', async () => {
  // GIVEN
  const { url, urls } = await serve('shared.out', (app) => {
    const service = new WebsocketService(new Stack(app, 'Core'), 'Chat', { routes: { about: twoWay('about') }, authorizer: ConnectAuthorizer.none() });
    new WebsocketRoutes(new Stack(app, 'Feature'), 'More', { service, routes: { byVariable: twoWay('byVariable'), byEvent: twoWay('byEvent') } });
    new WebsocketRoutes(new Stack(app, 'Nested'), 'Most', { service, routes: { more: twoWay('about') }, nestedStacks: 2 });
  });
  const client = await open(url);

  // THEN
  expect(Object.keys(urls)).toEqual(['Chat']);
  expect(await json(client, { action: 'about' })).toEqual({ routeKey: 'about', stage: 'dev' });
  expect(await json(client, { action: 'more' })).toEqual({ routeKey: 'more', stage: 'dev' });
  for (const action of ['byVariable', 'byEvent']) {
    client.send({ action });
    expect([await client.next(), await client.next()].sort()).toEqual(['"done"', 'posted to dev']);
  }
});

describe('several stages', () => {
  const stages = (app: App): void => {
    new WebsocketService(new Stack(app, 'Test'), 'Chat', {
      routes: {
        about: { ...twoWay('about'), throttle: { rateLimit: 0.001, burstLimit: 2 } },
        byEvent: twoWay('byEvent'),
      },
      authorizer: ConnectAuthorizer.none(),
      stageVariables: { table: 'dev-table' },
      additionalStages: { prod: { stageVariables: { table: 'prod-table' }, autoDeploy: false }, plain: {} },
    });
  };

  test('are served under their paths, with their variables, and the address in the event is that of the stage', async () => {
    // GIVEN
    const { url } = await serve('stages.out', stages);
    const urlOf = (stage: string): string => url.replace(/dev$/, stage);

    // THEN
    for (const [stage, stageVariables] of [['dev', { table: 'dev-table' }], ['prod', { table: 'prod-table' }], ['plain', undefined]] as const) {
      const client = await open(urlOf(stage));
      expect(await json(client, { action: 'about' })).toEqual({ routeKey: 'about', stage, stageVariables });
      client.send({ action: 'byEvent' });
      expect([await client.next(), await client.next()].sort()).toEqual(['"done"', `posted to ${stage}`]);
    }
    expect((await TestClient.refusal(urlOf('test'))).status).toBe(403);
  });

  test('8.2, 4.4.7: throttle a route each for itself, and leave other routes alone', async () => {
    // GIVEN
    const { url } = await serve('throttled.out', stages);
    const [dev, prod] = [await open(url), await open(url.replace(/dev$/, 'prod'))];
    const about = async (client: TestClient): Promise<unknown> => {
      const answer = await json(client, { action: 'about' }) as { routeKey?: string; message?: string };
      return answer.routeKey ?? answer.message;
    };

    // WHEN
    const answers = [await about(dev), await about(dev), await about(dev), await about(prod), await about(prod), await about(prod)];

    // THEN
    expect(answers).toEqual(['about', 'about', 'Too Many Requests', 'about', 'about', 'Too Many Requests']);
    dev.send({ action: 'byEvent' });
    expect([await dev.next(), await dev.next()].sort()).toEqual(['"done"', 'posted to dev']);
  });
});
