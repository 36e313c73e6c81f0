import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { TestClient } from './_helpers/local-server';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { Gateway, GatewayEvent, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';

const HANDLERS = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
export const greet = async (event: any) => {
  const endpoint = JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage];
  const client = new ApiGatewayManagementApiClient({ endpoint });
  const { connectionId, stage } = event.requestContext;
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify({ stage, endpoint }) }));
};
export const authorize = async (event: any) => ({
  principalId: 'me',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
});
`;

let folder: AppFolder;
let gateway: Gateway;
const notices: GatewayEvent[] = [];

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  fs.symlinkSync(path.join(__dirname, '..', '..', 'node_modules'), path.join(folder.path, 'node_modules'));
  const app = new App({ outdir: path.join(folder.path, 'cdk.out'), context: { 'aws:cdk:enable-path-metadata': true } });
  const stack = new Stack(app, 'Test');
  const fn = new lambda.Function(stack, 'Echo', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline(
      'exports.handler = async ({ requestContext: { stage } }) => ({ statusCode: 200, body: JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS)[stage] })',
    ),
  });
  new WebsocketService(stack, 'Chat', {
    routes: {
      greet: { handler: 'handlers.greet' },
      echo: { function: fn.addAlias('live', { provisionedConcurrentExecutions: 2 }), returnResponse: true },
    },
    defaults: { alias: 'live', provisionedConcurrentExecutions: 1 },
    additionalStages: { beta: {} },
    authorizer: ConnectAuthorizer.handler('handlers.authorize'),
  });
  const onEvent = (event: GatewayEvent) => { if (event.type === 'notice') notices.push(event); };
  gateway = await startGateway({ directory: folder.path, app: app.synth().directory, onEvent });
});
afterAll(async () => {
  await gateway?.close();
  folder.leave();
});

async function answerIn(stage: string, action: string): Promise<string> {
  const client = await TestClient.open(gateway.url.replace(/dev$/, stage));
  try {
    client.send({ action });
    return await client.next();
  } finally {
    await client.close();
  }
}

test.each(['dev', 'beta'])('a handler answers a client of the stage %s, by an alias as on AWS', async (stage) => {
  const endpoint = gateway.callbackUrl.replace(/dev$/, stage);
  expect(JSON.parse(await answerIn(stage, 'greet'))).toEqual({ stage, endpoint });
});

test.each(['dev', 'beta'])('the function behind a given alias has the addresses too: %s', async (stage) => {
  expect(await answerIn(stage, 'echo')).toBe(gateway.callbackUrl.replace(/dev$/, stage));
});

test('no alias and no address is left out', () => {
  const gaps = ['permission-missing', 'integration-not-served', 'property-unresolved', 'environment-unresolved'];
  expect(notices.filter((event) => 'code' in event && gaps.includes(event.code))).toEqual([]);
});
