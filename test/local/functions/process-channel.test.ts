import { connect, createServer, type AddressInfo, type Socket } from 'net';
import { ProcessChannel } from '../../../lib/local/functions/process-channel';

async function pair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const ends: [Socket, Socket] = [await accepted, client];
  server.close();
  return ends;
}

test('lines arrive whole, however they are cut', async () => {
  // GIVEN
  const [near, far] = await pair();
  const lines: string[] = [];
  const done = new Promise<void>((resolve) => new ProcessChannel(near, (line) => line === 'end' ? resolve() : lines.push(line)));
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
  const channel = new ProcessChannel(near, () => undefined);
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
