import { WebSocket } from 'ws';

/** What became of a message. */
export type Reply =
  /** It came back; milliseconds. */
  | { readonly kind: 'echo'; readonly latency: number }
  /** Something else came back. */
  | { readonly kind: 'error'; readonly text: string };

/** One connection of the load generator: knows which of its messages are unanswered. */
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

  /** When it was sent, by the message. */
  private readonly unanswered = new Map<string, number>();
  private onReply?: (reply: Reply) => void;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
    // What was lost by it is counted with the messages.
    socket.on('error', () => undefined);
  }

  /** Messages that have no reply. */
  public get waiting(): number {
    return this.unanswered.size;
  }

  public listen(onReply: (reply: Reply) => void): void {
    this.onReply = onReply;
  }

  public send(message: string): void {
    this.unanswered.set(message, performance.now());
    this.socket.send(message);
  }

  /** No reply to what is unanswered will count any more. */
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
