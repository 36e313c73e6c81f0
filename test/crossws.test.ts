import { spawnSync } from 'child_process';
import * as path from 'path';
import { Gateway, GatewayEvent, startGateway } from '../lib/local';
import { TestClient } from './local/_helpers/test-client';

const EXAMPLE = path.join(__dirname, '..', 'examples', 'crossws');

let gateway: Gateway;
const events: GatewayEvent[] = [];
beforeAll(async () => {
  // As a developer starts it: handlers find the SDK, which Lambda has, in the folders above cdk.out.
  gateway = await startGateway({ directory: EXAMPLE, onEvent: (event) => events.push(event) });
});
afterAll(async () => {
  await gateway.close();
  // Nothing failed on the way, nor was anything printed.
  expect(events.filter((event) => event.type === 'output' || ('error' in event && event.error))).toEqual([]);
});

test('the hooks of a chat run unchanged, by the package itself', async () => {
  // GIVEN
  const ann = await TestClient.open(gateway.url, {}, ['chat', 'other']);
  const welcome = JSON.parse(await ann.next()) as { message: string };
  const [, annId] = /^Welcome (\S+)!$/.exec(welcome.message)!;

  // THEN the protocol is the one that `upgrade` chose
  expect(ann.socket.protocol).toBe('chat');

  // WHEN another one opens
  const bob = await TestClient.open(gateway.url);
  const [, bobId] = /Welcome (\S+)!/.exec(await bob.next())!;

  // THEN those who have subscribed hear of it
  expect(bobId).not.toBe(annId);
  expect(JSON.parse(await ann.next())).toEqual({ user: 'server', message: `${bobId} joined!` });

  // WHEN a message comes, THEN its sender and the subscribers have it once, and a reply goes to one
  expect(await bob.ask('hi, all')).toBe(JSON.stringify({ user: bobId, message: 'hi, all' }));
  expect(await ann.next()).toBe(JSON.stringify({ user: bobId, message: 'hi, all' }));
  expect(await ann.ask('ping')).toBe('{"user":"server","message":"pong"}');

  // WHEN the server closes a connection
  bob.send('bye');
  await bob.closed;

  // THEN the others hear of it
  expect(JSON.parse(await ann.next())).toEqual({ user: 'server', message: `${bobId} has left!` });
  await ann.close();
});

test('the status of a Response that `upgrade` throws is the answer to the handshake', async () => {
  expect(await TestClient.refusal(`${gateway.url}?banned=yes`)).toMatchObject({ status: 403, body: '' });
});

test('the adapter is one of the package, by its types', () => {
  const { stdout } = spawnSync(process.execPath, [
    path.join(EXAMPLE, '../../node_modules/typescript7/bin/tsc'), '--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022',
    '--lib', 'es2022,dom', '--module', 'nodenext', '--types', 'node', 'src/chat.mts',
  ], { cwd: EXAMPLE, encoding: 'utf8' });

  expect(stdout).toBe('');
});
