import type { Writable } from 'stream';
import * as ws from 'ws';
import { textFrame } from '../../../lib/local/wire/text-frame';

/** What reads frames in a client; its types leave it out. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What a client makes of the bytes. */
function received(bytes: Buffer): Promise<{ text: string; isBinary: boolean }> {
  const receiver = new Receiver({ isServer: false });
  return new Promise((resolve, reject) => {
    receiver.on('message', (data: Buffer, isBinary: boolean) => resolve({ text: data.toString(), isBinary }));
    receiver.on('error', reject);
    receiver.write(bytes);
  });
}

// The length is written in one, three or nine bytes.
test.each([0, 1, 125, 126, 127, 65_535, 65_536, 131_072])('a client reads a text of %i bytes', async (length) => {
  const text = 'x'.repeat(length);

  expect(await received(textFrame(text))).toEqual({ text, isBinary: false });
});

test('length is counted in bytes', async () => {
  const text = 'ü€😀'.repeat(50);

  expect(await received(textFrame(text))).toEqual({ text, isBinary: false });
});
