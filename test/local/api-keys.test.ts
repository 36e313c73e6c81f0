import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { ApiKey } from 'aws-cdk-lib/aws-apigateway';
import { WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import { ConnectAuthorizer, RouteIntegration, WebsocketService } from '../../lib';
import { Gateway, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { TestClient } from './_helpers/local-server';

const KEY = 'a-key-of-twenty-letters-or-more';

/** Names the key that the client names: an authorizer would look it up. */
const AUTHORIZE = `export const authorize = async (event: any) => ({
  principalId: 'p', usageIdentifierKey: event.queryStringParameters.tenant,
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
});`;

let folder: AppFolder;
let gateway: Gateway;

beforeAll(async () => {
  folder = new AppFolder({ 'auth.ts': AUTHORIZE });
  const app = new App({ outdir: path.join(folder.path, 'cdk.out') });
  const stack = new Stack(app, 'Test');
  const routes = () => ({ $connect: { integration: RouteIntegration.mock(), apiKeyRequired: true } });
  const services = [
    new WebsocketService(stack, 'Header', { stageName: 'header', routes: routes(), authorizer: ConnectAuthorizer.none() }),
    new WebsocketService(stack, 'Authorizer', {
      stageName: 'authorizer',
      routes: routes(),
      authorizer: ConnectAuthorizer.handler('auth.authorize', { identitySource: ['route.request.querystring.tenant'] }),
      apiKeySelectionExpression: WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY,
    }),
  ];
  const key = new ApiKey(stack, 'Key', { value: KEY });
  for (const service of services) service.addUsagePlan('Plan').addApiKey(key);
  gateway = await startGateway({ directory: folder.path, app: app.synth().directory });
});
afterAll(async () => {
  await gateway.close();
  folder.leave();
});

const url = (name: string): string => gateway.apis.find(({ api }) => api.name === name)!.stages[0].url;

test('the header opens the connection with a key of a usage plan, and with no other', async () => {
  expect(await TestClient.refusal(url('Header'))).toMatchObject({ status: 403 });
  expect(await TestClient.refusal(url('Header'), { headers: { 'x-api-key': `${KEY}x` } })).toMatchObject({ status: 403 });

  const client = await TestClient.open(url('Header'), { headers: { 'x-api-key': KEY } });
  await client.close();
});

test('the authorizer names the key, and a key in the header is none', async () => {
  expect(await TestClient.refusal(`${url('Authorizer')}?tenant=somebody`, { headers: { 'x-api-key': KEY } })).toMatchObject({ status: 403 });

  const client = await TestClient.open(`${url('Authorizer')}?tenant=${KEY}`);
  await client.close();
});
