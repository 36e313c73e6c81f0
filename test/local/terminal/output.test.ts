import { Writable } from 'stream';
import { setImmediate as turn } from 'timers/promises';
import { isColoured, Output, painter } from '../../../lib/local/terminal/output';

/** Takes a chunk only when `take` is called, as a slow terminal does. */
class SlowReader extends Writable {
  public readonly chunks: string[] = [];
  private taken?: () => void;

  public constructor() {
    super({ highWaterMark: 10, decodeStrings: false });
  }

  public override _write(chunk: string, _: BufferEncoding, taken: () => void): void {
    this.chunks.push(chunk);
    this.taken = taken;
  }

  public take(): void {
    this.taken?.();
  }
}

test('the output of one turn of the event loop is written at once', async () => {
  // GIVEN
  const reader = new SlowReader();
  const output = new Output(reader, (count) => `${count} dropped\n`);

  // WHEN
  output.write('a\n');
  output.write('b\n');

  // THEN
  expect(reader.chunks).toEqual([]);
  await turn();
  expect(reader.chunks).toEqual(['a\nb\n']);
});

test('nothing is written before the reader is ready for it', async () => {
  // GIVEN
  const reader = new SlowReader();
  const output = new Output(reader, (count) => `${count} dropped\n`);
  output.write('more than ten bytes\n');
  await turn();

  // WHEN
  output.write('b\n');
  await turn();
  output.write('c\n');
  await turn();

  // THEN
  expect(reader.writableLength).toBe(20);
  reader.take();
  await turn();
  expect(reader.chunks).toEqual(['more than ten bytes\n', 'b\nc\n']);
});

test('a flush waits until the reader has everything', async () => {
  // GIVEN
  const reader = new SlowReader();
  const output = new Output(reader, (count) => `${count} dropped\n`);
  output.write('a\n');
  let flushed = false;

  // WHEN
  const flush = output.flush().then(() => { flushed = true; });
  await turn();

  // THEN
  expect([reader.chunks, flushed]).toEqual([['a\n'], false]);
  reader.take();
  await flush;
});

test('a flush ends if the reader is gone', async () => {
  const reader = new SlowReader();
  reader.on('error', () => undefined).destroy();
  const output = new Output(reader, (count) => `${count} dropped\n`);
  output.write('a\n');

  await expect(output.flush()).resolves.toBeUndefined();
});

test('output that the reader does not take is bounded, and dropped pieces are counted', async () => {
  // GIVEN a reader that does not read
  const reader = new SlowReader();
  const output = new Output(reader, (count) => `${count} dropped\n`);
  output.write('first\n'.padStart(20));
  await turn();

  // WHEN
  const megabyte = `${'x'.repeat(1_048_575)}\n`;
  for (let n = 0; n < 100; n++) output.write(megabyte);
  reader.take();
  await turn();

  // THEN
  const [, second] = reader.chunks;
  expect(second.length).toBe(17 * 1_048_576 + '83 dropped\n'.length);
  expect(second.endsWith('\n83 dropped\n')).toBe(true);

  // WHEN the reader reads again
  reader.take();
  output.write('after\n');
  await turn();

  // THEN
  expect(reader.chunks[2]).toBe('after\n');
});

test('text is coloured only for a terminal', () => {
  expect(painter(true)('red', 'no')).toBe('\u001b[31mno\u001b[39m');
  expect(painter(false)('red', 'no')).toBe('no');
});

test.each([
  [{ isTTY: true }, {}, true],
  [{}, {}, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{}, { FORCE_COLOR: '1' }, true],
  [{ isTTY: true }, { FORCE_COLOR: '0' }, false],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colours of the stream %j with the environment %j: %s', (stream, env, coloured) => {
  expect(isColoured(stream, env)).toBe(coloured);
});
