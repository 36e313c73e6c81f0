import * as fs from 'fs';
import * as path from 'path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { ApiMapping, DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps } from '../../lib';
import { TestClient } from './_helpers/local-server';
import { Gateway, GatewayEvent, startGateway } from '../../lib/local';
import { wscatLine } from '../../lib/local/terminal/served';
import { AppFolder } from '../_helpers/app-folder';

const HANDLERS = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
export const greet = async (event: any) => {
  await new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL }).send(
    new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: JSON.stringify(event.requestContext) }));
};
`;

let folder: AppFolder;
const gateways: Gateway[] = [];
const notices: GatewayEvent[] = [];
beforeAll(() => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  fs.symlinkSync(path.join(__dirname, '..', '..', 'node_modules'), path.join(folder.path, 'node_modules'));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  folder.leave();
});

/** Serves an app of one stack. */
async function start(build: (stack: Stack) => void): Promise<Gateway> {
  const app = new App({ outdir: fs.mkdtempSync(path.join(folder.path, 'cdk-')), context: { 'aws:cdk:enable-path-metadata': true } });
  build(new Stack(app, 'Test'));
  const onEvent = (event: GatewayEvent) => { if (event.type === 'notice') notices.push(event); };
  const gateway = await startGateway({ directory: folder.path, app: app.synth().directory, onEvent });
  gateways.push(gateway);
  return gateway;
}

function service(scope: Construct, id: string, props: Partial<WebsocketServiceProps>): WebsocketService {
  return new WebsocketService(scope, id, { routes: { greet: { handler: 'handlers.greet' } }, authorizer: ConnectAuthorizer.none(), ...props });
}

const zone = (scope: Construct) => route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });

/** What the context of an event was when the client asked for one. */
async function greeting(url: string, headers: Record<string, string> = {}): Promise<{ domainName: string; stage: string }> {
  const client = await TestClient.open(url, { headers });
  try {
    client.send({ action: 'greet' });
    return JSON.parse(await client.next()) as { domainName: string; stage: string };
  } finally {
    await client.close();
  }
}

describe('a service with a domain, and without the default endpoint', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start((stack) => service(stack, 'Chat', {
      domain: { domainName: 'ws.example.com', hostedZone: zone(stack), mappingKey: 'v1/chat' }, disableExecuteApiEndpoint: true,
    }));
  });

  test('1.1.7: is printed with the URL that works here, by its mapping key', () => {
    // THEN
    expect(gateway.url).toMatch(/^ws:\/\/localhost:\d+\/v1\/chat$/);
    expect(gateway.callbackUrl).toBe(gateway.url.replace('ws:', 'https:'));
    const [{ api, stages: [{ stage, url }] }] = gateway.apis;
    expect(wscatLine(api, stage, url)).toBe(`npx wscat -c ${gateway.url}`);
  });

  test('1.1.5, 6.15: is reached by that URL, and its handler reaches the client with the unmodified SDK', async () => {
    expect(await greeting(gateway.url)).toMatchObject({ stage: 'dev', domainName: new URL(gateway.url).host });
  });

  test('1.1.5: is reached by a client that names the domain', async () => {
    expect(await greeting(gateway.url, { Host: 'ws.example.com' })).toMatchObject({ stage: 'dev', domainName: 'ws.example.com' });
  });

  test('1.1.7: is not reached by the name of its stage', async () => {
    const { origin } = new URL(gateway.url);
    expect((await TestClient.refusal(`${origin}/dev`)).status).toBe(403);
  });
});

test('1.1.5: a domain without a mapping key is served at the root', async () => {
  // GIVEN
  const gateway = await start((stack) => service(stack, 'Chat', {
    domain: { domainName: 'ws.example.com', hostedZone: zone(stack) }, disableExecuteApiEndpoint: true,
  }));

  // THEN
  expect(gateway.url).toMatch(/^ws:\/\/localhost:\d+$/);
  expect(await greeting(gateway.url)).toMatchObject({ stage: 'dev' });
});

test('1.1.5: services that share a domain are distinguished by their mapping keys, whatever ports serve them', async () => {
  // GIVEN
  const gateway = await start((stack) => {
    const existing = new DomainName(stack, 'Domain', {
      domainName: 'ws.example.com',
      certificate: new acm.Certificate(stack, 'Certificate', { domainName: 'ws.example.com', validation: acm.CertificateValidation.fromDns(zone(stack)) }),
    });
    for (const name of ['news', 'chat']) service(stack, name, { domain: { existing, mappingKey: name } });
  });

  // WHEN
  const greetings = await Promise.all(['news', 'chat'].map((name) => greeting(gateway.urls[name])));

  // THEN
  expect(new Set(Object.values(gateway.urls)).size).toBe(2);
  expect(greetings.map(({ domainName }) => domainName)).toEqual(['news', 'chat'].map((name) => new URL(gateway.urls[name]).host));
});

test('1.1.5: a domain that only a deployment knows is left out, and said', async () => {
  // GIVEN
  const gateway = await start((stack) => {
    const chat = service(stack, 'Chat', {});
    const name = new CfnParameter(stack, 'Host').valueAsString;
    const domainName = DomainName.fromDomainNameAttributes(stack, 'Domain', { name, regionalDomainName: 'd-1', regionalHostedZoneId: 'Z2' });
    new ApiMapping(stack, 'Mapping', { api: chat.api, stage: chat.stage, domainName });
  });

  // THEN
  expect(notices).toContainEqual({
    type: 'notice',
    time: expect.any(Number),
    code: 'mapping-unresolved',
    subject: 'Test/Mapping',
    text: 'Test/Mapping: stage dev is not served at this domain: only a deployment knows its DomainName; write the value itself in the app, or give '
      + 'the parameter a default',
  });
  expect(await greeting(gateway.url)).toMatchObject({ stage: 'dev' });
});
