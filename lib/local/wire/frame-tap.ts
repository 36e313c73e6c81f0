/** Payload length of a frame as the 7 bits of its second byte say it: these stand for a longer field. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** RFC 6455 5.2: two bytes, a longer length, the mask of the client. */
const BASE_HEADER = 2;
const MASK = 4;

/** The first bit of the first byte: the last frame of a message, unless the opcode in its last four bits is of a control frame. */
const FINAL = 0x80;
const OPCODES = 0x10;
const FIRST_CONTROL = 0x08;

/** The first bit of the second byte: the payload is masked. */
const MASKED = 0x80;

/**
 * Sees the header of every frame that a client sends.
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

  /** Looks at what comes in. */
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
    this.payloadLeft = length + (masked ? MASK : 0);
    if (length > this.limit) this.sound = Math.min(this.sound, this.messages);
    if (this.header[0] >= FINAL && this.header[0] % OPCODES < FIRST_CONTROL) this.messages++;
  }

  private longLength(bytes: number): number {
    return bytes === 2 ? this.header.readUInt16BE(BASE_HEADER) : Number(this.header.readBigUInt64BE(BASE_HEADER));
  }
}
