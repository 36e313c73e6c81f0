/**
 * RFC 6455 5.2. First byte: the bit `FINAL` ends a message, the last four bits are the opcode. Second byte: the bit `MASKED`, and the
 * length of the payload, or one of two values for a longer field that follows.
 */
const FINAL = 0x80;
const OPCODES = 0x10;
const TEXT = 0x01;
const FIRST_CONTROL = 0x08;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const BASE_HEADER = 2;
const MASK_BYTES = 4;

/**
 * A text message as one frame of a server.
 *
 * `ws` writes header and payload separately; one write costs a fifth less, and frames are most of what a gateway sends.
 *
 * @param length of the text in bytes
 */
export function textFrame(text: string | Buffer, length = Buffer.byteLength(text)): Buffer {
  const header = BASE_HEADER + (length < LENGTH_16 ? 0 : length < 65_536 ? 2 : 8);
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL + TEXT;
  if (length < LENGTH_16) {
    frame[1] = length;
  } else if (length < 65_536) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, BASE_HEADER);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), BASE_HEADER);
  }
  if (typeof text === 'string') frame.write(text, header);
  else text.copy(frame, header);
  return frame;
}

/**
 * Reads the header of every frame that a client sends.
 *
 * The service limits frames, not only messages (7.2.1), and `ws` shows messages only: a message of 100 KB is fine in four
 * frames and too big in one.
 */
export class FrameTap {
  private readonly header = Buffer.alloc(BASE_HEADER + 8);
  private collected = 0;
  private payloadLeft = 0;
  private messages = 0;
  private sound = Infinity;

  /** @param limit bytes of a frame's payload */
  public constructor(private readonly limit: number) {}

  /** How many messages ended before the first frame over the limit; Infinity as long as there is none. */
  public get soundMessages(): number {
    return this.sound;
  }

  public see(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.payloadLeft > 0) {
        const skipped = Math.min(this.payloadLeft, chunk.length - at);
        this.payloadLeft -= skipped;
        at += skipped;
      } else {
        this.header[this.collected++] = chunk[at++];
        this.readHeader();
      }
    }
  }

  private readHeader(): void {
    if (this.collected < BASE_HEADER) return;
    const short = this.header[1] % MASKED;
    const extra = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    if (this.collected < BASE_HEADER + extra) return;
    const length = extra === 0 ? short : this.longLength(extra);
    const masked = this.header[1] >= MASKED;
    this.collected = 0;
    this.payloadLeft = length + (masked ? MASK_BYTES : 0);
    if (length > this.limit) this.sound = Math.min(this.sound, this.messages);
    if (this.header[0] >= FINAL && this.header[0] % OPCODES < FIRST_CONTROL) this.messages++;
  }

  private longLength(bytes: number): number {
    return bytes === 2 ? this.header.readUInt16BE(BASE_HEADER) : Number(this.header.readBigUInt64BE(BASE_HEADER));
  }
}
