import { Writable } from 'stream';
import { setImmediate as turn } from 'timers/promises';
import { Output } from '../../../lib/local/terminal/output';

/** Takes a chunk when it is told to, as a slow terminal does. */
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

test('what is printed in one turn is written at once', async () => {
  // GIVEN
  const reader = new SlowReader();
  const output = new Output(reader);

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
  const output = new Output(reader);
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

test('a flush waits until the reader has all', async () => {
  // GIVEN
  const reader = new SlowReader();
  const output = new Output(reader);
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
  const output = new Output(reader);
  output.write('a\n');

  await expect(output.flush()).resolves.toBeUndefined();
});
