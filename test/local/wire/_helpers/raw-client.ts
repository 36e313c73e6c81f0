import * as net from 'net';
import { TestServer } from '../../_helpers/local-server';

export interface FrameOptions {
  /** Bits of the first byte; the last frame of a text message by default. */
  readonly first?: number;
  readonly masked?: boolean;
}

/** First bytes of frames (RFC 6455 5.2). */
export const FRAME = { text: 0x81, textBegins: 0x01, more: 0x00, moreEnds: 0x80, binary: 0x82, close: 0x88, ping: 0x89, reserved: 0xc1 } as const;

/** A frame as a client sends it; the mask is zero, so the payload is what it is. */
export function frame(payload: string | Buffer, { first = FRAME.text, masked = true }: FrameOptions = {}): Buffer {
  const bytes = Buffer.from(payload);
  const bit = masked ? 0x80 : 0;
  const length = bytes.length < 126
    ? Buffer.from([bit + bytes.length])
    : bytes.length < 65_536
      ? Buffer.from([bit + 126, Math.floor(bytes.length / 256), bytes.length % 256])
      : Buffer.concat([Buffer.from([bit + 127]), bigEndian(bytes.length)]);
  return Buffer.concat([Buffer.from([first]), length, Buffer.alloc(masked ? 4 : 0), bytes]);
}

function bigEndian(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** A client that sends exactly the bytes that a test gives it. */
export class RawClient {
  public static open(port: number): Promise<RawClient> {
    const socket = net.connect(port, '127.0.0.1');
    const client = new RawClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(client));
      socket.once('error', reject);
    });
  }

  /** Sends one request, and gives all that comes until the server closes. */
  public static async ask(port: number, request: string | Buffer): Promise<string> {
    const client = await RawClient.open(port);
    client.socket.write(request);
    return (await client.ended).toString();
  }

  /** A WebSocket whose frames are ours to write. */
  public static async upgraded(server: TestServer, path = '/dev'): Promise<RawClient> {
    const client = await RawClient.open(server.port);
    client.socket.write(upgradeRequest(server.port, path));
    await client.until('\r\n\r\n');
    return client;
  }

  /** All that came before the end. */
  public readonly ended: Promise<Buffer>;
  private readonly chunks: Buffer[] = [];

  private constructor(public readonly socket: net.Socket) {
    socket.on('data', (chunk) => this.chunks.push(chunk));
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(this.received())));
  }

  public get text(): string {
    return this.received().toString();
  }

  public async until(text: string): Promise<void> {
    while (!this.received().includes(text)) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once('data', () => resolve());
        this.socket.once('close', () => reject(new Error(`the connection ended before ${JSON.stringify(text)} came: ${this.text}`)));
      });
    }
  }

  /** The code of the close frame that ended the connection. */
  public async closeCode(): Promise<number> {
    const bytes = await this.ended;
    return bytes.readUInt16BE(bytes.lastIndexOf(FRAME.close) + 2);
  }

  private received(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export function upgradeRequest(port: number, path: string, more: readonly string[] = []): string {
  return [
    `GET ${path} HTTP/1.1`, `Host: localhost:${port}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...more, '', '',
  ].join('\r\n');
}
