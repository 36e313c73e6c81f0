import type { SocketLike } from '../../../lib/client';

/** A socket whose other side is the test: for what takes hours. */
export class FakeSocket implements SocketLike {
  public static all: FakeSocket[] = [];
  public readyState = 0;
  public onopen: SocketLike['onopen'] = null;
  public onmessage: SocketLike['onmessage'] = null;
  public onclose: SocketLike['onclose'] = null;
  public onerror: SocketLike['onerror'] = null;
  public readonly sent: Record<string, unknown>[] = [];

  public constructor(public readonly url: string, public readonly protocols?: string | string[]) {
    FakeSocket.all.push(this);
  }

  public send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  public close(code = 1005, reason = ''): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    queueMicrotask(() => this.end(code, reason));
  }

  public open(): void {
    this.readyState = 1;
    this.onopen!({ type: 'open' } as never);
  }

  public receive(frame: unknown): void {
    this.onmessage!({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) } as never);
  }

  public end(code = 1006, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose!({ code, reason } as never);
  }
}
