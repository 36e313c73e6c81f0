import { WebSocket } from 'ws';
import { until } from './_helpers/scripted-server';
import { tokenFor } from '../../examples/chat/login';
import { connect, Socket } from '../../lib/client';
import { Gateway, startGateway } from '../../lib/local';
import { exampleAssembly } from '../_helpers/example-app';

let gateway: Gateway;
const sockets: Socket[] = [];

beforeAll(async () => {
  gateway = await startGateway({ app: exampleAssembly('chat') });
});

afterAll(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  await gateway?.close();
});

/** A user of the chat, with the sockets that he has had. */
function user(name: string): { socket: Socket; wires: WebSocket[] } {
  const wires: WebSocket[] = [];
  class Kept extends WebSocket {
    public constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      wires.push(this);
    }
  }
  const socket = connect({ url: () => `${gateway.url}?token=${tokenFor(name)}`, WebSocket: Kept, backoff: { base: 0.05, cap: 0.2 } });
  sockets.push(socket);
  return { socket, wires };
}

test('who lost his connection hears what was said meanwhile, once', async () => {
  // GIVEN
  const [ann, bob] = [user('ann'), user('bob')];
  const rooms = [ann, bob].map(({ socket }) => socket.join({ action: 'join', room: 'lobby' }));
  const heard: unknown[] = [];
  rooms[1].on('said', (data) => heard.push((data as { text: string }).text));
  await Promise.all(rooms.map(({ ready }) => ready));
  await until(() => rooms[0].members.length === 2);
  await ann.socket.request({ action: 'say', room: 'lobby', text: 'one' });
  await until(() => heard.length === 1);

  // WHEN
  const back = new Promise((resolve) => bob.socket.on('state', (state) => state === 'open' && resolve(undefined)));
  bob.wires[0].terminate();
  await ann.socket.request({ action: 'say', room: 'lobby', text: 'two' });
  await back;
  await ann.socket.request({ action: 'say', room: 'lobby', text: 'three' });
  await until(() => heard.length === 3);

  // THEN
  // "three" may be first: it is sent while the join replays "two".
  expect(heard[0]).toBe('one');
  expect(heard.slice(1).sort()).toEqual(['three', 'two']);
  await until(() => rooms[0].members.length === 2);
});

test('a refused connection has a status, and the reply of a wrong message its issues', async () => {
  // GIVEN
  const refused = connect({ url: `${gateway.url}?token=wrong`, WebSocket, giveUp: ({ status }) => status === 401 });
  const closed = new Promise((resolve) => refused.on('state', (state, detail) => state === 'closed' && resolve(detail)));

  // THEN
  expect(await closed).toMatchObject({ code: 1006, status: 401 });
  await expect(user('cy').socket.request({ action: 'say', room: 'lobby', text: '' }))
    .rejects.toMatchObject({ code: 'INVALID_BODY', issues: [expect.objectContaining({ path: ['text'] })] });
});
