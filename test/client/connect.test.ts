import { WebSocket } from 'ws';
import { Peer, scriptedServer, ScriptedServer, until } from './_helpers/scripted-server';
import { connect, Options, Socket } from '../../lib/client';

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
    // A busy machine may see it open again by now.
    await until(() => states.some((each) => each[0] === 'waiting'));
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

describe('what a server may send', () => {
  const GARBAGE = [
    'no JSON {', '[]', '[1]', 'null', '7', '"text"', 'true', '{}', '{"event":7}', '{"event":"state","data":1}', '{"event":"error"}',
    '{"event":"__proto__","data":1}', '{"event":"constructor","room":"__proto__","seq":1}', '{"__proto__":{"event":"said"}}',
    '{"id":1,"data":1}', '{"id":{},"data":1}', '{"id":null,"error":null}', '{"id":99,"error":7}',
    '{"event":"said","room":"lobby","seq":1e999}', '{"event":"said","room":"lobby","seq":"12"}', '{"event":"said","room":"lobby","seq":-1}',
    '{"event":"room:joined","room":"lobby","at":1}', '{"event":"room:joined","room":"lobby","at":"x","data":null}',
    '{"event":"room:left","room":"lobby","at":1,"data":{"connectionId":{}}}', '{"room":"lobby","seq":{}}', '{"room":"lobby"}',
  ];

  test('ends nothing', async () => {
    // GIVEN
    await serve(({ action, id }, peer) => {
      if (action === 'join') peer.send({ id, data: { members: [null, 7, {}], seq: 10, missed: 'x', void: [null, 'x', 1e300] } });
      if (action === 'garbage') for (const text of GARBAGE) peer.send(text);
      if (action === 'ask') peer.send({ id, data: 'still here' });
    });
    const it = connected();
    const lobby = it.join({ action: 'join', room: 'lobby' });
    await lobby.ready;

    // WHEN
    it.send({ action: 'garbage' });

    // THEN
    expect(await it.request({ action: 'ask' })).toBe('still here');
    expect(it.state).toBe('open');
    expect(server.peers).toHaveLength(1);
  });

  test('an event with a name of the client arrives as a message', async () => {
    await serve(undefined, (peer) => peer.send({ event: 'state', data: 1 }));
    const messages = heard((listener) => connected().on('message', listener));
    await until(() => messages.length === 1);
    expect(messages).toEqual([[{ event: 'state', data: 1 }, '{"event":"state","data":1}']]);
  });
});

describe('the end', () => {
  test('with code 1000 is final, as the server wants it', async () => {
    await serve(undefined, ({ socket: side }) => side.close(1000, 'enough'));
    const it = connected();
    const states = heard((listener) => it.on('state', listener));
    await until(() => it.state === 'closed');
    expect(states.at(-1)).toEqual(['closed', expect.objectContaining({ code: 1000, reason: 'enough' })]);
    expect(() => it.send({ action: 'say' })).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  test('rejects requests, drops what waits, and comes within three seconds though the server is silent', async () => {
    // GIVEN
    await serve(undefined, ({ socket: side }) => side.pause());
    const it = connected();
    await until(() => it.state === 'open');
    const request = expect(it.request({ action: 'ask' })).rejects.toMatchObject({ code: 'CLOSED' });
    const began = Date.now();

    // WHEN
    await it.close();

    // THEN
    await request;
    expect(it.state).toBe('closed');
    expect(Date.now() - began).toBeLessThan(20_000);
    await expect(it.request({ action: 'ask' })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('of the connection rejects what it carries at once', async () => {
    await serve(({ action }, peer) => action === 'ask' && peer.cut());
    await expect(connected().request({ action: 'ask' })).rejects.toMatchObject({ name: 'SocketError', code: 'CONNECTION_LOST' });
  });
});

test('an aborted request rejects with the reason, and is not sent if it waits', async () => {
  // GIVEN
  await serve();
  const it = connected();
  const [early, late] = [new AbortController(), new AbortController()];
  early.abort('early');

  // THEN
  await expect(it.request({ action: 'ask' }, { signal: early.signal })).rejects.toBe('early');
  const request = expect(it.request({ action: 'ask' }, { signal: late.signal })).rejects.toBe('late');
  late.abort('late');
  await request;
  it.send({ action: 'say' });
  await until(() => server.peers[0]?.got.length === 1);
  expect(server.peers[0].got).toEqual([{ action: 'say' }]);
});

test('what is too large is refused', async () => {
  await serve();
  expect(() => connected().send({ action: 'say', text: 'é'.repeat(16_384) })).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});

test('of a queue that is full the oldest is dropped, and told', async () => {
  // GIVEN
  await serve();
  const it = connected({ queue: { count: 2 } });
  const dropped = heard((listener) => it.on('dropped', listener));

  // WHEN
  for (const n of [1, 2, 3]) it.send({ n });

  // THEN
  expect(dropped).toEqual([[{ message: { n: 1 }, reason: 'full' }]]);
  await until(() => server.peers[0]?.got.length === 2);
});

test('a listener that throws does not keep the others from hearing', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await serve(undefined, (peer) => peer.send({ event: 'said', data: 1 }));
  const it = connected();
  it.on('said', () => {
    throw new Error('mine');
  });
  const said = heard((listener) => it.on('said', listener));
  await until(() => said.length === 1);
  expect(error.mock.calls).toEqual([[new Error('mine')]]);
  error.mockRestore();
});

test('without a WebSocket it says so', () => {
  expect(() => connect({ url: 'ws://there', WebSocket: undefined })).toThrow('there is no WebSocket: pass one to connect');
});
