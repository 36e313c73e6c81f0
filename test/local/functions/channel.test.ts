import { connect, createServer, type AddressInfo, type Socket } from 'net';
import { ProcessChannel, readInTurns, type ChannelReader } from '../../../lib/local/functions/channel';
import { LINE_LIMIT } from '../../../lib/local/functions/runtime/lines';

async function pair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const ends: [Socket, Socket] = [await accepted, client];
  server.close();
  return ends;
}

const READER: ChannelReader = { onLine: () => undefined, onTooLong: () => undefined, onEnd: () => undefined };

test('lines arrive whole, however they are cut', async () => {
  // GIVEN
  const [near, far] = await pair();
  const lines: string[] = [];
  const done = new Promise<void>((resolve) => new ProcessChannel(near, { ...READER, onLine: (line) => line === 'end' ? resolve() : lines.push(line) }));
  // WHEN
  const bytes = Buffer.from(`Rä☃\n\nO${'x'.repeat(200_000)}\nend\n`);
  for (const [start, end] of [[0, 2], [2, 4], [4, 100_000], [100_000, bytes.length]]) {
    far.write(bytes.subarray(start, end));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await done;
  // THEN
  expect(lines).toEqual(['Rä☃', '', `O${'x'.repeat(200_000)}`]);
  near.destroy();
  far.destroy();
});

test('lines of one turn of the event loop are written together', async () => {
  // GIVEN
  const [near, far] = await pair();
  const channel = new ProcessChannel(near, READER);
  const chunks: string[] = [];
  far.on('data', (chunk) => chunks.push(String(chunk)));
  // WHEN
  channel.send('one');
  channel.send('two');
  await new Promise((resolve) => far.once('data', resolve));
  // THEN
  expect(chunks).toEqual(['one\ntwo\n']);
  near.destroy();
  far.destroy();
});

test.each([
  ['in one piece', [Buffer.alloc(LINE_LIMIT + 1_000_000, 'x')]],
  ['with its end', [Buffer.concat([Buffer.alloc(LINE_LIMIT + 1, 'x'), Buffer.from('\nS\n')])]],
  ['in small pieces', Array.from({ length: 7_000 }, () => Buffer.alloc(1_000, 'x'))],
])('a line that is too long is reported, and nothing behind it is read: %s', async (_, pieces) => {
  // GIVEN
  const [near, far] = await pair();
  far.on('error', () => undefined);
  const lines: string[] = [];
  let observed = 0;
  const closed = new Promise((resolve) => near.once('close', resolve));
  const channel = new ProcessChannel(near, { ...READER, onLine: (line) => lines.push(line), onTooLong: () => { observed++; channel.close(); } });
  // WHEN
  for (const piece of pieces) far.write(piece);
  await closed;
  // THEN
  expect([observed, lines]).toEqual([1, []]);
  far.destroy();
});

test('the reader hears of the end of the other side', async () => {
  const [near, far] = await pair();
  const ended = new Promise<void>((resolve) => new ProcessChannel(near, { ...READER, onEnd: resolve }));
  far.end('half a line');
  await ended;
});

test('a chunk that takes long to process leaves others their turn', async () => {
  // GIVEN
  const [near, far] = await pair();
  const order: string[] = [];
  let paused = false;
  const all = new Promise<void>((resolve) => readInTurns<Buffer>(near, {
    begin: () => {
      order.push('read');
      return 'ab';
    },
    go: (work, isLate) => {
      if (work === '') return '';
      while (!isLate());
      order.push(work);
      setImmediate(() => order.push('others'));
      if (work === 'b' && near.bytesRead === 300_000) resolve();
      return work.slice(1);
    },
    onPause: (now) => { paused = now; },
  }));
  // WHEN
  far.write(Buffer.alloc(300_000));
  await all;
  // THEN
  expect(order.slice(0, 7)).toEqual(['read', 'ab', 'others', 'b', 'others', 'read', 'ab']);
  expect(paused).toBe(true);
  near.destroy();
  far.destroy();
});
