import { useEffect, useReducer, useRef } from 'preact/hooks';

/** Something that parts of the page show. However often it changes, they are drawn once a frame. */
export class Observable {
  private readonly observers = new Set<() => void>();
  private scheduled = false;

  public observe(observer: () => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  protected changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.observers.forEach((observer) => observer());
    });
  }
}

/** Draws the calling part of the page again when something changes, or only when what it selects does. */
export function useObservable<T extends Observable>(observable: T, select?: (observable: T) => unknown): T {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const seen = useRef(select?.(observable));
  useEffect(() => observable.observe(() => {
    const now = select?.(observable);
    if (select && now === seen.current) return;
    seen.current = now;
    draw(undefined);
  }), [observable]);
  return observable;
}
