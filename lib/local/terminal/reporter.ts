import type { GatewayEvent } from '../gateway-event';
import type { Served } from './served';

/** Tells what happens in a gateway; every method may be called at any time and returns at once. */
export interface Reporter {
  /** The gateway serves. */
  ready(served: Served): void;
  event(event: GatewayEvent): void;
  /** The gateway was asked to stop. */
  stopping(): void;
  /** Shows what is kept back for a better order. */
  flush(): void;
}
