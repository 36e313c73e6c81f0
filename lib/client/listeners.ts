import { scope } from './scope';

type Listener = (...values: never[]) => void;

export interface Listeners {
  /** @returns A function that removes the listener. */
  on(event: string, listener: Listener): () => void;
  /** Calls each listener, also after one that throws. */
  emit(event: string, ...values: unknown[]): void;
  clear(): void;
}

export function listeners(): Listeners {
  const all = new Map<string, Set<[Listener]>>();
  return {
    on(event, listener) {
      const those = all.get(event) ?? new Set();
      const entry: [Listener] = [listener];
      all.set(event, those.add(entry));
      return () => {
        those.delete(entry);
      };
    },

    emit(event, ...values) {
      const those = all.get(event);
      for (const entry of [...those ?? []]) {
        if (!those!.has(entry)) continue;
        try {
          entry[0](...values as never[]);
        } catch (error) {
          if (scope.reportError) scope.reportError(error);
          else console.error(error);
        }
      }
    },

    clear() {
      for (const those of all.values()) those.clear();
    },
  };
}
