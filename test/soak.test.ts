import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Exchange, LoadClient } from '../bench/load';
import { alive, descendants } from '../bench/servers';
import { ConnectAuthorizer, WebsocketService } from '../lib';
import { startGateway } from '../lib/local';
import { AppFolder } from './_helpers/app-folder';

let folder: AppFolder;
afterEach(() => folder.leave());

/** `npm run soak` in small. */
test('50 connections and 2,000 messages lose no reply and leave no process behind', async () => {
  // GIVEN
  folder = new AppFolder({ 'echo.ts': 'export const handler = async (event: { body: string }) => ({ statusCode: 200, body: event.body });' });
  const app = new App({ outdir: path.join(folder.path, 'cdk.out') });
  new WebsocketService(new Stack(app, 'Soak'), 'Service', {
    routes: { echo: { handler: 'echo.handler', returnResponse: true } },
    authorizer: ConnectAuthorizer.none(),
  });
  app.synth();
  const before = descendants(process.pid);
  const gateway = await startGateway({ directory: folder.path, app: 'cdk.out', watch: false });
  const clients = await Promise.all(Array.from({ length: 50 }, () => LoadClient.open(gateway.url)));

  // WHEN
  const { echoes, errors, lost } = await new Exchange(clients, { clients: 50, window: 1, messages: 2_000 }).run();
  const processes = descendants(process.pid).filter((pid) => !before.includes(pid));
  await Promise.all(clients.map((client) => client.close()));
  await gateway.close();

  // THEN
  expect({ echoes, errors, lost }).toEqual({ echoes: 2_000, errors: 0, lost: 0 });
  expect(processes).not.toEqual([]);
  expect(alive(processes)).toEqual([]);
});
