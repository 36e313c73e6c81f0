import { LoadClient } from './load-client';

/** Clients that send, get the reply, and send again. */
export interface Load {
  readonly clients: number;
  /** Unanswered messages of each client at a time. */
  readonly window: number;
  /** How long, in seconds, and how many messages at most. */
  readonly seconds?: number;
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
  /** The first of them. */
  readonly error?: string;
  /** Messages without a reply. */
  readonly lost: number;
}

/** Seconds without any reply after which what is unanswered is lost. */
const PATIENCE = 10;

let lastId = 0;

/** 64 bytes; no two are the same. */
function nextMessage(): string {
  return JSON.stringify({ action: 'echo', id: String(++lastId).padStart(10, '0'), pad: 'x'.repeat(20) });
}

/** One measurement of messages. */
export class Exchange {
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

  private sendNext(client: LoadClient): void {
    const { messages = Infinity, seconds = Infinity } = this.load;
    if (this.sent >= messages || performance.now() - this.startedAt > seconds * 1000) return;
    this.sent++;
    client.send(nextMessage());
  }

  private finished(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const waiting = this.clients.some((client) => client.waiting > 0);
        if (waiting && performance.now() - this.lastReplyAt < PATIENCE * 1000) return;
        clearInterval(timer);
        resolve();
      }, 20);
    });
  }

  private outcome(): Exchanged {
    const lost = this.clients.reduce((sum, client) => sum + client.waiting, 0);
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
