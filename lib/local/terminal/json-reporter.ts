import type { GatewayEvent } from '../gateway-event';
import type { Reporter } from './reporter';
import { servedApis } from './served-json';
import { jsonLine } from './text-lines';

/** One JSON object a line: `ready`, then the events as they are. */
export function jsonReporter(write: (text: string) => void): Reporter {
  /** What happens before `ready`, which is the first line that a tool reads. */
  let early: GatewayEvent[] | undefined = [];
  const print = (value: unknown) => write(jsonLine(value));
  const flush = () => {
    early?.forEach(print);
    early = undefined;
  };
  return {
    ready: (served) => {
      print({ type: 'ready', apis: servedApis(served) });
      flush();
    },
    event: (event) => {
      if (early) early.push(event);
      else print(event);
    },
    stopping: () => print({ type: 'stopping' }),
    flush,
  };
}
