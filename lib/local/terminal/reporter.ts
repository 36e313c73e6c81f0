import type { GatewayEvent } from '../gateway-event';
import type { Served } from './served';

/** Tells what happens in a gateway; every method may be called at any time and returns at once. */
export interface Reporter {
  /** The gateway serves. */
  ready(served: Served): void;
  event(event: GatewayEvent): void;
  /** The gateway was asked to stop. */
  stopping(): void;
  /** The line that replaces so many dropped pieces of output. */
  dropped(count: number): string;
  /** Shows what is kept back for a better order. */
  flush(): void;
}

export function droppedText(count: number): string {
  return `${count} ${count === 1 ? 'piece' : 'pieces'} of output ${count === 1 ? 'was' : 'were'} dropped: the reader of the output was more than 16 MB behind`;
}
