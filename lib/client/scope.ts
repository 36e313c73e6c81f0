import type { SocketConstructor } from './types';

type Hear = (type: string, listener: (event: { readonly persisted?: boolean }) => void) => void;

/** What browsers have and Node.js may not. */
interface Scope {
  readonly WebSocket?: SocketConstructor;
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: { readonly visibilityState: string; readonly addEventListener: Hear; readonly removeEventListener: Hear };
  readonly addEventListener?: Hear;
  readonly removeEventListener?: Hear;
  readonly reportError?: (error: unknown) => void;
}

export const scope = globalThis as unknown as Scope;

/** A longer timer would go off at once. */
const LONGEST = 2 ** 31 - 1;

export type Timer = ReturnType<typeof setTimeout>;

export function after(seconds: number, run: () => void): Timer {
  return setTimeout(run, Math.min(seconds * 1e3, LONGEST));
}

/**
 * Tells when the page sleeps and wakes.
 *
 * A page that may come back from the back/forward cache, or is frozen, must not have a socket: WebKit cuts it, and nobody reads it.
 *
 * @param wake - the connection may be gone without having said so; surely so after `online`
 * @returns A function that listens no longer.
 */
export function listenToPage(wake: (isOnline?: boolean) => void, sleep: () => void): () => void {
  const online = () => wake(true);
  const seen = () => {
    if (scope.document!.visibilityState === 'visible') wake();
  };
  const back = ({ persisted }: { readonly persisted?: boolean }) => {
    if (persisted) wake();
  };
  const resume = () => wake();
  const each = (does: 'addEventListener' | 'removeEventListener') => {
    scope[does]?.('online', online);
    scope[does]?.('pageshow', back);
    scope[does]?.('pagehide', sleep);
    scope.document?.[does]('visibilitychange', seen);
    scope.document?.[does]('freeze', sleep);
    scope.document?.[does]('resume', resume);
  };
  each('addEventListener');
  return () => each('removeEventListener');
}
