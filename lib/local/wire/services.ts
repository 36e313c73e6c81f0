import { Invoker } from '../functions/invoker';
import { GatewayObserver } from '../gateway-event';
import { Connections } from './connections';

/** What the parts of a gateway share. */
export interface Services {
  readonly invoker: Invoker;
  readonly connections: Connections;
  /** Absent: nobody listens, so nothing is told. */
  readonly observe?: GatewayObserver;
  /** Tell the events and results of functions too. */
  readonly verbose: boolean;
  /** One message of a connection after the other; AWS runs them concurrently (4.2.4). */
  readonly serial: boolean;
  /** Construct path of a function. */
  readonly functionPath: (functionId: string) => string;
}
