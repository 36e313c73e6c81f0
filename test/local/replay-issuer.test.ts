import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { TestClient } from './_helpers/local-server';
import { ConnectAuthorizer, WebsocketService, WebsocketTokenSource } from '../../lib';
import { GatewayEvent, replay, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';

const HANDLERS = `
export const who = async (event: any) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) });
`;

test('with `authorize`, tokens of the local issuer stand in for the masked ones', async () => {
  const folder = new AppFolder({ 'handlers.ts': HANDLERS });
  fs.symlinkSync(path.join(__dirname, '..', '..', 'node_modules'), path.join(folder.path, 'node_modules'));
  const cdk = new App({ outdir: path.join(folder.path, 'cdk.out') });
  new WebsocketService(new Stack(cdk, 'Test'), 'Chat', {
    routes: { who: { handler: 'handlers.who', returnResponse: true } },
    authorizer: ConnectAuthorizer.jwt({
      issuer: 'https://issuer.example.com', audience: ['chat'], tokenSources: [WebsocketTokenSource.subprotocol('bearer')],
    }),
  });
  const app = cdk.synth().directory;
  const file = path.join(folder.path, 'session.jsonl');
  try {
    const gateway = await startGateway({ app, directory: folder.path, record: file, localIssuer: true });
    const token = await gateway.token({ sub: 'ann', claims: { group: 'x', admin: true } });
    const ann = await TestClient.open(gateway.url, {}, ['bearer', token]);
    await ann.ask({ action: 'who' });
    await ann.close();
    await gateway.close();
    expect(fs.readFileSync(file, 'utf8')).not.toContain(token.slice(0, 30));
    const events: GatewayEvent[] = [];

    expect((await replay(file, { app, directory: folder.path })).differences).toEqual([]);
    expect((await replay(file, { app, directory: folder.path, authorize: true, onEvent: (event) => events.push(event) })).differences).toEqual([]);
    expect(events.some((event) => event.type === 'connect' && event.authorizerInvocationId !== undefined)).toBe(true);
  } finally {
    folder.leave();
  }
});
