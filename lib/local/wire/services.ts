import { Invoker } from '../functions/invoker';
import { GatewayObserver } from '../gateway-event';
import { Connections } from './connections';
import type { ServedStage } from './served-stage';
import { SlowCalls } from './slow-calls';

/** What the parts of a gateway share. */
export interface Services {
  readonly invoker: Invoker;
  readonly connections: Connections;
  /** Absent: nobody listens, so nothing is told. */
  readonly observe?: GatewayObserver;
  /** Absent as `observe` is. */
  readonly slowCalls?: SlowCalls;
  /** Tell the events and results of functions too. */
  readonly verbose: boolean;
  /** One message of a connection after the other; AWS runs them concurrently (4.2.4). */
  readonly serial: boolean;
  /** Construct path of a function. */
  readonly functionPath: (functionId: string) => string;
  /** Where backends find `@connections` of a stage. */
  readonly callbackUrl: (served: ServedStage) => string;
  /** A function called `@connections` with a client without an endpoint, which works only here. */
  readonly onMissingEndpoint?: (functionId: string) => void;
}
