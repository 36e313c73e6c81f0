import { ClientOptions, WebSocket } from 'ws';

/** A refused handshake. */
export interface RefusedHandshake {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A client that keeps what it is sent. */
export class TestClient {
  public static open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<TestClient> {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    const client = new TestClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => reject(Object.assign(new Error(`Unexpected server response: ${response.statusCode}`), {
          status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString(),
        })));
      });
    });
  }

  /** How the handshake of a URL is refused. */
  public static refusal(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<RefusedHandshake> {
    return TestClient.open(url, options, protocols).then(
      () => { throw new Error('the handshake was not refused'); },
      ({ status, headers, body }: RefusedHandshake) => ({ status, headers, body }),
    );
  }

  private readonly received: Array<{ text: string; binary: boolean }> = [];
  private readonly waiting: Array<() => void> = [];
  public readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(public readonly socket: WebSocket) {
    socket.on('message', (data, binary) => {
      this.received.push({ text: (data as Buffer).toString(), binary });
      this.waiting.splice(0).forEach((wake) => wake());
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
  }

  public send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** The next message that was not asked for yet. */
  public async next(): Promise<string> {
    while (this.received.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.received.shift()!.text;
  }

  /** Sends, and gives the answer. */
  public ask(message: unknown): Promise<string> {
    this.send(message);
    return this.next();
  }

  /** What came within some milliseconds and was not asked for. */
  public async silence(milliseconds = 60): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return this.received.splice(0).map(({ text }) => text);
  }

  public async close(code?: number, reason?: string): Promise<{ code: number; reason: string }> {
    this.socket.close(code, reason);
    return this.closed;
  }
}
