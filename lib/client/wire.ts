import { after, Timer } from './scope';
import type { SocketConstructor, SocketLike } from './types';

/** How long a handshake may take: API Gateway waits 29 seconds for `$connect`. */
const HANDSHAKE = 30;

/** One connection, or the attempt to make one. */
export interface Wire {
  /** When it was opened; 0 before. */
  opened: number;
  /** When something was sent or heard last. */
  heard: number;
  /** When the heartbeat was sent that has no answer yet, else 0. */
  asked: number;
  isOpen(): boolean;
  send(text: string): void;
  close(): void;
  /** Closes it without waiting for the other side. */
  cut(): void;
}

export interface Ended {
  readonly code: number;
  readonly reason: string;
  readonly status?: number;
  readonly error?: unknown;
}

export interface Hears {
  opened(wire: Wire): void;
  heard(wire: Wire, data: unknown): void;
  /** Perhaps more than once. */
  ended(wire: Wire, end: Ended): void;
}

export function wire(
  Socket: SocketConstructor, url: string | (() => string | PromiseLike<string>), protocols: string | readonly string[] | undefined,
  { opened, heard, ended }: Hears,
): Wire {
  let socket: SocketLike & { terminate?(): void } | undefined;
  let failure: { readonly message?: string; readonly error?: unknown } = {};
  let isCut = false;

  const fail = (error: unknown) => ended(self, { code: 1006, reason: String(error), error });
  const limit: Timer = after(HANDSHAKE, () => {
    fail(new Error('the handshake takes too long'));
    self.cut();
  });

  const self: Wire = {
    opened: 0,
    heard: 0,
    asked: 0,
    isOpen: () => socket?.readyState === 1,
    send(text) {
      self.heard = Date.now();
      socket!.send(text);
    },
    close() {
      isCut = true;
      clearTimeout(limit);
      socket?.close(1000);
    },
    cut() {
      self.close();
      socket?.terminate?.();
    },
  };

  const start = async () => {
    try {
      const address = await (typeof url === 'function' ? url() : url);
      if (isCut) return;
      socket = new Socket(address, protocols as string[]);
      socket.onopen = () => {
        clearTimeout(limit);
        self.opened = self.heard = Date.now();
        opened(self);
      };
      socket.onmessage = ({ data }) => {
        self.heard = Date.now();
        heard(self, data);
      };
      // `ws` throws what nobody listens to, and tells the status in its message.
      socket.onerror = (error: object) => failure = error;
      socket.onclose = ({ code, reason }) => {
        clearTimeout(limit);
        const status = /\d{3}$/.exec(failure.message ?? '');
        ended(self, { code, reason, ...status && { status: +status[0] }, ...failure.error ? { error: failure.error } : {} });
      };
    } catch (error) {
      clearTimeout(limit);
      fail(error);
    }
  };
  // Later, when the user has had time to listen.
  void Promise.resolve().then(start);
  return self;
}
