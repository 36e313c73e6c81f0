import { hasStore } from './configuration';
import { processState } from './process-state';

/**
 * What those who send to one connection ask of the store. Whatever else uses the store puts it here, so that the bundle of a handler
 * that only sends has none of its code.
 */
export interface StoreLink {
  find(id: string): Promise<{ readonly stage: string; readonly at: number; readonly rooms: readonly string[] } | undefined>;
  /** Removes those who are gone, with the rows that brought them. */
  remove(gone: readonly string[], rows: string | undefined, deadline: number): Promise<void>;
}

export function linkStore(link: StoreLink): StoreLink {
  return processState<{ store: StoreLink }>().store = link;
}

/** `undefined` where there is no store, or none of its code. */
export function storeLink(): StoreLink | undefined {
  return hasStore() ? processState<{ store: StoreLink }>().store : undefined;
}
