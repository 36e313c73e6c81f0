import type { GatewayEvent } from '../gateway-event';
import { droppedText, type Reporter } from './reporter';
import { servedApis } from './served-json';
import { jsonLine } from './text-lines';

/** One JSON object a line: what becomes of the app's syntheses, `ready`, then the events as they are. */
export function jsonReporter(write: (text: string) => void): Reporter {
  /** The events before `ready`: only those of the first synthesis are printed at once. */
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
      if (early && event.type !== 'synthesis' && event.type !== 'resynthesis') early.push(event);
      else print(event);
    },
    dropped: (count) => (
      `${JSON.stringify({ type: 'notice', time: Date.now(), code: 'output-dropped', subject: 'stdout', text: droppedText(count) })}\n`),
    stopping: () => print({ type: 'stopping' }),
    flush,
  };
}
