import * as fs from 'fs';
import * as net from 'net';
import * as path from 'path';
import { Gateway, GatewayEvent, RebuildEvent, RequestEvent, ResynthesisEvent, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { killEsbuild } from '../_helpers/esbuild-process';
import { freePorts } from '../_helpers/free-ports';
import { TestClient, until } from './_helpers/local-server';

const ROOT = path.join(__dirname, '..', '..');

const handlers = (version: number): string => `
import { suffix } from './shared';
export const version = async () => ({ statusCode: 200, body: 'version ${version}' + suffix + (process.env.MARK ?? '') });
export const other = async () => ({ statusCode: 200, body: 'other' });
export const fail = async () => { throw new Error('version ${version}'); };
`;

/** The app, in JavaScript: it runs the compiled library, as its users do. */
const app = (...routes: string[]): string => `
const { App, Stack } = require('aws-cdk-lib');
const { ConnectAuthorizer, WebsocketService } = require(${JSON.stringify(ROOT)});
const app = new App();
new WebsocketService(new Stack(app, 'Test'), 'Chat', {
  routes: Object.fromEntries(${JSON.stringify(routes)}.map((name) => [name, { handler: 'handlers.' + name, returnResponse: true }])),
  authorizer: ConnectAuthorizer.none(),
});
app.synth();
`;

let folder: AppFolder;
let gateway: Gateway;
let client: TestClient;
const events: GatewayEvent[] = [];

const observed = <T extends GatewayEvent>(type: T['type']): T[] => events.filter((event): event is T => event.type === type);

/** Asks until the answer is the one that is waited for. */
async function answers(action: string, wanted: string): Promise<void> {
  const startedAt = Date.now();
  while (await client.ask({ action }) !== wanted) {
    if (Date.now() - startedAt > 20_000) throw new Error(`${action} never answered ${wanted}`);
  }
}

beforeAll(async () => {
  folder = new AppFolder({
    'cdk.json': '{ "app": "node app.js" }',
    'app.js': app('version', 'other', 'fail'),
    'handlers.ts': handlers(1),
    'shared.ts': 'export const suffix = "";',
    'local.env': '',
  });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder.path, 'node_modules'));
  // A second API takes the port behind it.
  gateway = await startGateway({ directory: folder.path, watch: true, port: await freePorts(2), envVars: 'local.env', onEvent: (event) => events.push(event) });
  client = await TestClient.open(gateway.url);
  expect(await client.ask({ action: 'version' })).toBe('version 1');
});
afterAll(async () => {
  await gateway.close();
  folder.leave();
});
beforeEach(() => { events.length = 0; });

test('a handler that is saved answers the next message, on the same connection and without a synthesis', async () => {
  // WHEN
  folder.write({ 'handlers.ts': handlers(2) });
  await answers('version', 'version 2');

  // THEN
  expect(observed<RebuildEvent>('rebuild')[0]).toMatchObject({
    functions: expect.arrayContaining(['Test/Chat/Handler-handlers.version']) as string[], errors: [],
  });
  expect(observed('synthesis')).toEqual([]);
});

test('a saved module that a handler imports is used by the next message', async () => {
  folder.write({ 'shared.ts': 'export const suffix = "!";' });

  await answers('version', 'version 2!');
});

test('a stack names the source file', async () => {
  // WHEN
  await client.ask({ action: 'fail' });

  // THEN
  await until(() => observed('message').length === 1);
  const [{ error }] = observed<RequestEvent>('message');
  expect(error!.stackTrace.join('\n')).toContain('handlers.ts:5:');
});

test('with an error in a handler the old code keeps running, and the error is reported', async () => {
  // WHEN
  folder.write({ 'handlers.ts': 'export const version = ;' });
  await until(() => observed('rebuild').length > 0);

  // THEN
  expect(observed<RebuildEvent>('rebuild')[0].errors.join('\n')).toContain('handlers.ts:1:23');
  expect(await client.ask({ action: 'version' })).toBe('version 2!');
});

test('once the error is corrected the new code runs', async () => {
  folder.write({ 'handlers.ts': handlers(3) });

  await answers('version', 'version 3!');
});

test('a handler is built although the process of esbuild was killed, with a notice', async () => {
  // GIVEN
  expect(killEsbuild()).toBeGreaterThan(0);

  // WHEN
  folder.write({ 'handlers.ts': handlers(3).replace("body: 'other'", "body: 'after'") });
  await answers('other', 'after');
  folder.write({ 'handlers.ts': handlers(3) });
  await answers('other', 'other');

  // THEN
  expect(observed('notice')).toEqual([{
    type: 'notice', time: expect.any(Number), code: 'esbuild-restarted', subject: folder.path, text: 'the esbuild process had exited and was restarted',
  }]);
});

test('the env file gives functions new variables, and a broken one leaves them as they are', async () => {
  // WHEN
  folder.write({ 'local.env': 'MARK=*' });
  await answers('version', 'version 3!*');
  const changed = observed('notice');
  fs.rmSync('local.env');
  await until(() => observed('notice').length > changed.length);
  const answer = await client.ask({ action: 'version' });
  folder.write({ 'local.env': '' });
  await answers('version', 'version 3!');

  // THEN
  expect(changed).toMatchObject([{
    code: 'env-file-changed', text: 'the env file changed: 3 functions (handlers.fail, handlers.other, handlers.version) run with the new variables',
  }]);
  expect(observed('notice')[1]).toMatchObject({ code: 'env-file-broken', subject: 'local.env', text: expect.stringMatching(/ENOENT.*; functions keep/) });
  expect(answer).toBe('version 3!*');
});

test('another version of a package in a handler is used, and the app is synthesized', async () => {
  // GIVEN
  const version = (mark: string): Record<string, string> => ({
    'lib/node_modules/mark/package.json': '{ "main": "index.js" }', 'lib/node_modules/mark/index.js': `exports.mark = '${mark}';`,
  });
  folder.write({ ...version('?'), 'lib/deep.ts': "export { mark } from 'mark';", 'shared.ts': "export { mark as suffix } from './lib/deep';" });
  await answers('version', 'version 3?');

  // WHEN
  fs.renameSync('lib/node_modules/mark', 'lib/node_modules/.mark-1');
  folder.write(version('.'));
  await answers('version', 'version 3.');

  // THEN
  await until(() => observed('resynthesis').length > 0);
  folder.write({ 'shared.ts': 'export const suffix = "!";' });
  await answers('version', 'version 3!');
});

test('4.2.3: the app is synthesized when it is saved; connections stay, and removed routes answer Forbidden', async () => {
  // WHEN
  folder.write({ 'app.js': app('version', 'fail') });
  await until(() => observed('resynthesis').length > 0);

  // THEN
  expect(observed<ResynthesisEvent>('resynthesis')[0]).toMatchObject({ added: [], removed: ['other'], error: undefined });
  expect(JSON.parse(await client.ask({ action: 'other' }))).toMatchObject({ message: 'Forbidden' });
  expect(await client.ask({ action: 'version' })).toBe('version 3!');
});

test('a new route is served when its function is ready, and old ones meanwhile', async () => {
  // GIVEN
  const answersOfNew = new Set<string>();

  // WHEN
  folder.write({ 'app.js': app('version', 'other', 'fail') });
  while (observed('resynthesis').length === 0 || !answersOfNew.has('other')) {
    const answer = await client.ask({ action: 'other' });
    answersOfNew.add(answer.startsWith('{') ? (JSON.parse(answer) as { message: string }).message : answer);
    expect(await client.ask({ action: 'version' })).toBe('version 3!');
  }

  // THEN
  expect([...answersOfNew]).toEqual(['Forbidden', 'other']);
  expect(observed<ResynthesisEvent>('resynthesis')[0]).toMatchObject({ added: ['other'], removed: [] });
  folder.write({ 'app.js': app('version', 'fail') });
  await until(() => observed('resynthesis').length > 1);
});

test('an app that fails is reported, and the old one is still served', async () => {
  // WHEN
  folder.write({ 'app.js': 'throw new Error("no app today");' });
  await until(() => observed('resynthesis').length > 0);

  // THEN
  expect(observed<ResynthesisEvent>('resynthesis')[0].error).toContain('no app today');
  expect(await client.ask({ action: 'version' })).toBe('version 3!');
});

test('a synthesis that never ends is cancelled by the next save, and delays no handler', async () => {
  // GIVEN
  folder.write({ 'app.js': 'setInterval(() => undefined, 1000);' });
  await until(() => observed('synthesis').length > 0);

  // WHEN
  folder.write({ 'handlers.ts': handlers(4) });
  await answers('version', 'version 4!');
  folder.write({ 'app.js': app('version', 'other', 'fail') });
  await until(() => observed('resynthesis').length > 0);

  // THEN
  // Handlers did not wait for it.
  expect(observed<ResynthesisEvent>('resynthesis')[0]).toMatchObject({ added: ['other'], error: undefined });
});

test('a new API whose port is taken changes nothing', async () => {
  // GIVEN
  const taken = net.createServer().listen(Number(new URL(gateway.url).port) + 1, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve).once('error', resolve));

  // WHEN
  folder.write({
    'app.js': `${app('version').replace('app.synth();', '')}
new WebsocketService(new Stack(app, 'Second'), 'Second', { routes: { $default: { handler: 'handlers.other' } }, authorizer: ConnectAuthorizer.none() });
app.synth();`,
  });
  await until(() => observed('resynthesis').length > 0);

  // THEN
  expect(observed<ResynthesisEvent>('resynthesis')[0].error).toMatch(/^port \d+ is taken by /);
  expect(gateway.url).toMatch(/:\d\d+\/dev$/);
  expect(await client.ask({ action: 'other' })).toBe('other');
  taken.close();
});

test('an assembly that is written as soon as the gateway serves is read again', async () => {
  // GIVEN
  const heard: GatewayEvent[] = [];
  const other = await startGateway({ directory: folder.path, app: 'cdk.out', watch: true, onEvent: (event) => heard.push(event) });

  // WHEN
  const manifest = path.join(folder.path, 'cdk.out', 'manifest.json');
  fs.writeFileSync(manifest, fs.readFileSync(manifest));

  // THEN
  await until(() => heard.some(({ type }) => type === 'resynthesis'));
  await other.close();
});

test('a gateway that is closed while it begins to watch is closed', async () => {
  for (const pause of [0, 50, 150, 300]) {
    const other = await startGateway({ directory: folder.path, app: 'cdk.out', watch: true });
    await new Promise((resolve) => setTimeout(resolve, pause));

    await expect(other.close()).resolves.toBeUndefined();
  }
});
