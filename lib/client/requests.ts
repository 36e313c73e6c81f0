import { SocketError } from './error';
import { after } from './scope';
import type { RequestOptions } from './types';
import type { Wire } from './wire';

interface Request {
  /** The connection that carries it. */
  wire?: Wire | undefined;
  resolve(data: unknown): void;
  reject(error: unknown): void;
}

export interface Requests {
  /**
   * @param send - hands the message to a connection, at once or later, which it tells `carried`; returns what takes the message back
   */
  make(
    send: (id: number, carried: (wire: Wire) => void, failed: (error: unknown) => void) => () => void, options?: RequestOptions,
  ): Promise<unknown>;
  reply(id: unknown, data: unknown, error: unknown): void;
  /** Rejects what a connection carries; without one, all. */
  fail(error: SocketError, wire?: Wire): void;
  areOn(wire: Wire): boolean;
}

/** Requests that have no reply yet. */
export function requests(): Requests {
  const all = new Map<unknown, Request>();
  let ids = 0;
  return {
    make: (send, { timeout = 30, signal } = {}) => new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = ++ids;
      let unsend = () => {};
      const settle = <Value>(how: (value: Value) => void) => (value: Value) => {
        all.delete(id);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        unsend();
        how(value);
      };
      const request: Request = { resolve: settle(resolve), reject: settle(reject) };
      const abort = () => request.reject(signal!.reason);
      const timer = after(timeout, () => request.reject(new SocketError('TIMEOUT', `no reply within ${timeout} s`)));
      signal?.addEventListener('abort', abort);
      all.set(id, request);
      try {
        unsend = send(id, (wire) => request.wire = wire, request.reject);
      } catch (error) {
        request.reject(error);
      }
    }),

    reply(id, data, error) {
      const request = all.get(id);
      if (!error) return request?.resolve(data);
      const { code, message, issues } = error as SocketError;
      request?.reject(new SocketError(code, message, issues));
    },

    fail(error, wire) {
      for (const request of all.values()) {
        if (!wire || request.wire === wire) request.reject(error);
      }
    },

    areOn: (wire) => [...all.values()].some((request) => request.wire === wire),
  };
}
