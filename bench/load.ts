import { ChildProcess, fork } from 'child_process';
import { WebSocket } from 'ws';

/** Clients that send, get the reply, and send again. */
export interface Load {
  readonly clients: number;
  /** Unanswered messages of each client at a time. */
  readonly window: number;
  /** Seconds until no further message is sent. */
  readonly seconds?: number;
  /** Number of messages after which no further one is sent. */
  readonly messages?: number;
}

export interface Exchanged {
  /** Messages that came back. */
  readonly echoes: number;
  readonly seconds: number;
  /** Milliseconds; NaN if nothing came back. */
  readonly p50: number;
  readonly p99: number;
  /** Replies that are not what was sent. */
  readonly errors: number;
  /** The first of the errors. */
  readonly error?: string;
  /** Messages without a reply. */
  readonly lost: number;
}

export interface Opened {
  readonly connections: number;
  readonly seconds: number;
}

type Request =
  | { readonly command: 'open'; readonly url: string; readonly total: number; readonly atOnce: number }
  | { readonly command: 'exchange'; readonly load: Load }
  | { readonly command: 'close' };

type Answer<T> = { readonly result: T } | { readonly error: string };

/** An echo with its latency in milliseconds, or anything else. */
type Reply = { readonly kind: 'echo'; readonly latency: number } | { readonly kind: 'error'; readonly text: string };

/** Seconds without any reply after which unanswered messages are lost. */
const PATIENCE = 10;

/**
 * The load generator: a process of its own, so that it shares no event loop with what it measures. It holds connections to one
 * server at a time.
 */
export class LoadProcess {
  private readonly child: ChildProcess = fork(__filename);

  /** Opens connections until there are `total`, so many at once. */
  public open(url: string, total: number, atOnce: number): Promise<Opened> {
    return this.ask({ command: 'open', url, total, atOnce });
  }

  /** Sends messages over the first of the open connections. */
  public exchange(load: Load): Promise<Exchanged> {
    return this.ask({ command: 'exchange', load });
  }

  public close(): Promise<void> {
    return this.ask({ command: 'close' });
  }

  public end(): void {
    this.child.disconnect();
  }

  private ask<T>(request: Request): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the load generator ended'));
      this.child.once('exit', ended);
      this.child.once('message', (answer: Answer<T>) => {
        this.child.off('exit', ended);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.result);
      });
      this.child.send(request);
    });
  }
}

/** One measurement of messages. */
export class Exchange {
  private static lastId = 0;

  private readonly latencies: number[] = [];
  private readonly errors: string[] = [];
  private sent = 0;
  private startedAt = 0;
  private lastReplyAt = 0;

  public constructor(private readonly clients: readonly LoadClient[], private readonly load: Load) {}

  public async run(): Promise<Exchanged> {
    this.startedAt = this.lastReplyAt = performance.now();
    for (const client of this.clients) {
      client.listen((reply) => {
        this.lastReplyAt = performance.now();
        if (reply.kind === 'echo') this.latencies.push(reply.latency);
        else this.errors.push(reply.text);
        this.sendNext(client);
      });
      for (let i = 0; i < this.load.window; i++) this.sendNext(client);
    }
    await this.finished();
    return this.outcome();
  }

  /** Sends a message of 64 bytes; no two are the same. */
  private sendNext(client: LoadClient): void {
    const { messages = Infinity, seconds = Infinity } = this.load;
    if (this.sent >= messages || performance.now() - this.startedAt > seconds * 1000) return;
    this.sent++;
    client.send(JSON.stringify({ action: 'echo', id: String(++Exchange.lastId).padStart(10, '0'), pad: 'x'.repeat(20) }));
  }

  private finished(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const pending = this.clients.some((client) => client.pending > 0);
        if (pending && performance.now() - this.lastReplyAt < PATIENCE * 1000) return;
        clearInterval(timer);
        resolve();
      }, 20);
    });
  }

  private outcome(): Exchanged {
    const lost = this.clients.reduce((sum, client) => sum + client.pending, 0);
    for (const client of this.clients) client.forget();
    const sorted = this.latencies.sort((a, b) => a - b);
    const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
    return {
      echoes: sorted.length,
      seconds: (this.lastReplyAt - this.startedAt) / 1000,
      p50: percentile(0.5),
      p99: percentile(0.99),
      errors: this.errors.length,
      error: this.errors[0],
      lost,
    };
  }
}

/** One connection of the load generator, with its unanswered messages. */
export class LoadClient {
  public static open(url: string): Promise<LoadClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        resolve(new LoadClient(socket));
      });
    });
  }

  /** The time at which each message was sent, by its text. */
  private readonly unanswered = new Map<string, number>();
  private onReply?: (reply: Reply) => void;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
    // Messages that a broken connection loses are counted as lost.
    socket.on('error', () => undefined);
  }

  /** The number of messages without a reply. */
  public get pending(): number {
    return this.unanswered.size;
  }

  public listen(onReply: (reply: Reply) => void): void {
    this.onReply = onReply;
  }

  public send(message: string): void {
    this.unanswered.set(message, performance.now());
    this.socket.send(message);
  }

  /** Gives up the unanswered messages: a later reply counts as an error. */
  public forget(): void {
    this.unanswered.clear();
  }

  public close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === WebSocket.CLOSED) return resolve();
      this.socket.once('close', () => resolve());
      this.socket.close(1000);
    });
  }

  private receive(text: string): void {
    const sentAt = this.unanswered.get(text);
    if (sentAt !== undefined) {
      this.unanswered.delete(text);
      this.onReply?.({ kind: 'echo', latency: performance.now() - sentAt });
    } else {
      // An error frame does not name the message: it counts for the oldest one.
      const [oldest] = this.unanswered.keys();
      if (oldest !== undefined) this.unanswered.delete(oldest);
      this.onReply?.({ kind: 'error', text });
    }
  }
}

/** The child process of `LoadProcess`: answers its requests. */
function serve(): void {
  const clients: LoadClient[] = [];
  const answer = async (request: Request): Promise<unknown> => {
    switch (request.command) {
      case 'open': return open(clients, request.url, request.total, request.atOnce);
      case 'exchange': return new Exchange(clients.slice(0, request.load.clients), request.load).run();
      case 'close': return Promise.all(clients.splice(0).map((client) => client.close()));
    }
  };
  process.on('message', (request: Request) => {
    void answer(request).then((result) => process.send!({ result }), (error: Error) => process.send!({ error: error.message }));
  });
}

/** Opens connections until there are `total`. */
async function open(clients: LoadClient[], url: string, total: number, atOnce: number): Promise<Opened> {
  const start = performance.now();
  const wanted = total - clients.length;
  let begun = 0;
  let failure: string | undefined;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (begun < wanted && failure === undefined) {
      begun++;
      await LoadClient.open(url).then((client) => clients.push(client), (error: Error) => { failure = error.message; });
    }
  }));
  if (failure !== undefined) throw new Error(`${url}: connection ${clients.length + 1} of ${total}: ${failure}`);
  return { connections: wanted, seconds: (performance.now() - start) / 1000 };
}

if (require.main === module) serve();
