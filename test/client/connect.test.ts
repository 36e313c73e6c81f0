import { WebSocket } from 'ws';
import { connect, Options, Socket } from '../../lib/client';
import { Peer, scriptedServer, ScriptedServer, until } from './_helpers/scripted-server';

let server: ScriptedServer;
let socket: Socket | undefined;

/** Quick, and with the sockets of `ws`: Node.js 20 has none of its own. */
function connected(options: Partial<Options> = {}): Socket {
  return socket = connect({ url: server.url, WebSocket, backoff: { base: 0.01, cap: 0.05 }, ...options } as Options);
}

async function serve(answer?: (message: Record<string, unknown>, peer: Peer) => void, welcome?: (peer: Peer) => void): Promise<void> {
  server = await scriptedServer(answer, welcome);
}

/** What a listener was called with. */
function heard(on: (listener: (...values: unknown[]) => void) => void): unknown[][] {
  const calls: unknown[][] = [];
  on((...values) => calls.push(values));
  return calls;
}

afterEach(async () => {
  await socket?.close();
  socket = undefined;
  await server?.close();
});

describe('a connection', () => {
  test('is made again after it was cut, and the messages of the meantime are sent', async () => {
    // GIVEN
    await serve();
    const it = connected();
    const states = heard((listener) => it.on('state', listener));
    it.send({ action: 'say', text: 'early' });
    await until(() => server.peers[0]?.got.length === 1);

    // WHEN
    server.peers[0].cut();
    await until(() => it.state !== 'open');
    it.send({ action: 'say', text: 'late' });
    await until(() => server.peers[1]?.got.length === 1);

    // THEN
    expect(server.peers.map(({ got }) => got)).toEqual([[{ action: 'say', text: 'early' }], [{ action: 'say', text: 'late' }]]);
    expect(states).toEqual([
      ['open', {}],
      ['waiting', { code: 1006, reason: '', retryIn: expect.any(Number) as number }],
      ['connecting', {}],
      ['open', {}],
    ]);
  });

  test('a request is answered by its id, whatever the order', async () => {
    // GIVEN
    await serve((message, peer) => {
      if (peer.got.length === 2) for (const { id, n } of [...peer.got].reverse()) peer.send({ id, data: { n } });
      if (message.action === 'wrong') peer.send({ id: message.id, error: { code: 'INVALID_BODY', message: 'no', issues: [{ message: 'text' }] } });
    });
    const it = connected();

    // WHEN
    const replies = await Promise.all([it.request({ action: 'a', n: 1 }), it.request({ action: 'b', n: 2 })]);

    // THEN
    expect(replies).toEqual([{ n: 1 }, { n: 2 }]);
    await expect(it.request({ action: 'wrong' })).rejects.toMatchObject({ name: 'SocketError', code: 'INVALID_BODY', message: 'no', issues: [{ message: 'text' }] });
  });

  test('a room is joined again with the number up to which all have come', async () => {
    // GIVEN
    await serve(({ action, id, room, since }, peer) => {
      if (action !== 'join') return;
      if (since !== undefined) for (const seq of [11, 12, 13]) peer.send({ event: 'said', room, seq, data: seq });
      peer.send({ id, data: { members: [], more: false, seq: since === undefined ? 10 : 13, missed: false, void: [] } });
    });
    const it = connected();
    const lobby = it.join({ action: 'join', room: 'lobby' });
    const said = heard((listener) => lobby.on('said', listener));
    await lobby.ready;

    // WHEN
    server.peers[0].send({ event: 'said', room: 'lobby', seq: 12, data: 12 });
    await until(() => said.length === 1);
    server.peers[0].cut();
    await until(() => said.length === 3);

    // THEN
    expect(said.map(([data]) => data)).toEqual([12, 11, 13]);
    expect(server.peers[1].got).toEqual([{ action: 'join', room: 'lobby', id: 2, since: 10 }]);
  });
});
