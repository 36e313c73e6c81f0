import type { SocketConstructor } from './types';

/** What browsers have and Node.js may not. */
interface Scope {
  readonly WebSocket?: SocketConstructor;
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: { readonly visibilityState: string };
  readonly addEventListener?: (type: string, listener: () => void, options: { capture: boolean; signal: AbortSignal }) => void;
  readonly reportError?: (error: unknown) => void;
}

export const scope = globalThis as unknown as Scope;

/**
 * Tells when the page sleeps and wakes, until the signal is aborted.
 *
 * A page that may come back from the back/forward cache, or is frozen, must not have a socket: WebKit cuts it, and nobody reads it.
 *
 * @param wake - the connection may be gone without having said so; surely so after `online`
 */
export function listenToPage(wake: (isSure: boolean) => void, sleep: () => void, signal: AbortSignal): void {
  for (const name of ['online', 'pageshow', 'pagehide', 'visibilitychange', 'freeze', 'resume']) {
    // Those of the document do not bubble, but the window captures them.
    scope.addEventListener?.(name, () => {
      if (name === 'pagehide' || name === 'freeze') sleep();
      else if (name !== 'visibilitychange' || scope.document!.visibilityState === 'visible') wake(name === 'online');
    }, { capture: true, signal });
  }
}

/** The JSON, or else the text itself. */
export function parsed(text: unknown): unknown {
  try {
    return JSON.parse(text as string);
  } catch {
    return text;
  }
}
