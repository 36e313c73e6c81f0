import { scope } from './scope';

type Listener = (...values: never[]) => void;

export interface Listeners {
  readonly all: Set<readonly [event: string, listener: Listener]>;
  /** @returns A function that removes the listener. */
  on(event: string, listener: Listener): () => void;
  /** Calls each listener, also after one that throws. */
  emit(event: string, ...values: unknown[]): void;
}

export function listeners(): Listeners {
  const all: Listeners['all'] = new Set();
  return {
    all,

    on(event, listener) {
      const entry = [event, listener] as const;
      all.add(entry);
      return () => {
        all.delete(entry);
      };
    },

    emit(event, ...values) {
      for (const entry of [...all]) {
        try {
          if (entry[0] === event && all.has(entry)) entry[1](...values as never[]);
        } catch (error) {
          (scope.reportError ?? console.error)(error);
        }
      }
    },
  };
}
