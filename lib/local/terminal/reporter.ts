import { harmless, harmlessEvent, jsonLine } from './harmless';
import { HeldOutput, InvocationState } from './held-output';
import { Paint, painter } from './output';
import { below, clock, elapsed, requestDetails, RequestLine } from './request-text';
import { readableLine } from './runtime-log';
import { banner, functionLabel, routeRows, Served, servedJson } from './served';
import type { GatewayEvent, OutputEvent, RebuildEvent, RequestEvent, ResynthesisEvent, SynthesisEvent } from '../gateway-event';

/** The most functions that a line names; more are counted. */
const MOST_NAMED = 3;

/** Prints what happens in a gateway; every method may be called at any time and returns at once. */
export interface Reporter {
  /** The gateway serves. */
  ready(served: Served): void;
  event(event: GatewayEvent): void;
  /** The gateway was asked to stop. */
  stopping(): void;
  /** The line that replaces so many dropped pieces of output. */
  dropped(count: number): string;
  /** Prints what is held back for a better order. */
  flush(): void;
}

/** For tools: one JSON object a line. Syntheses of the app come first, then `ready`, then all events unchanged. */
export function jsonReporter(write: (text: string) => void): Reporter {
  /** Events that must wait for `ready`: only those of the first synthesis are printed before it. */
  let early: GatewayEvent[] | undefined = [];
  const print = (value: unknown) => write(jsonLine(value));
  const flush = () => {
    early?.forEach(print);
    early = undefined;
  };
  return {
    ready: (served) => {
      print({ type: 'ready', apis: servedJson(served), tables: served.tables, inspector: served.inspectorUrl });
      flush();
    },
    event: (event) => {
      if (early && event.type !== 'synthesis' && event.type !== 'resynthesis') early.push(event);
      else print(event);
    },
    dropped: (count) => (
      jsonLine({ type: 'notice', time: Date.now(), code: 'output-dropped', subject: 'stdout', text: droppedText(count) })),
    stopping: () => print({ type: 'stopping' }),
    flush,
  };
}

/** For people: a line an event, with its details indented below. */
export class TextReporter implements Reporter {
  private readonly paint: Paint;
  private readonly requestLine: RequestLine;
  private readonly output = new HeldOutput((lines, state) => this.showOutput(lines, state));
  private served?: Served;
  private namesStages = false;
  /** The invocation or function whose output was printed last: its next line needs no heading. */
  private lastSource?: string;

  /**
   * @param write gets whole lines
   * @param isVerbose whether metrics of the runtime are printed, too
   */
  public constructor(
    private readonly write: (text: string) => void, private readonly coloured: boolean, private readonly isVerbose = false,
  ) {
    this.paint = painter(coloured);
    this.requestLine = new RequestLine(this.paint);
  }

  public ready(served: Served): void {
    this.served = served;
    this.countStages();
    for (const { api } of served.apis) {
      for (const { routeKey, target, function: invoked = target } of routeRows(api, served.functions)) {
        this.requestLine.reserve({ routeKey, target: invoked });
      }
    }
    this.show(harmless(banner(served)));
  }

  /** Prints nothing of `raw`: only its harmless copy. */
  public event(raw: GatewayEvent): void {
    const event = harmlessEvent(raw, this.coloured);
    switch (event.type) {
      case 'listening':
        // The banner shows the APIs that are served before `ready`.
        if (this.served) this.show(`${this.time(event)}  ${event.api} is served at ${event.url}, callback ${event.callbackUrl}\n`);
        return;
      case 'notice': return this.show(this.paint('yellow', `! ${event.text}`) + '\n');
      case 'output': return this.output.add(event);
      case 'running': return this.show(`${this.requestLine.running(event)}\n`);
      case 'rebuild': return this.show(this.rebuild(event));
      case 'synthesis': return this.show(this.synthesis(event));
      case 'resynthesis':
        this.countStages();
        return this.show(this.resynthesis(event));
      default: return this.request(event);
    }
  }

  public stopping(): void {
    this.show('Stopping; Ctrl-C again ends the gateway at once.\n');
  }

  public dropped(count: number): string {
    return this.paint('yellow', `! ${droppedText(count)}`) + '\n';
  }

  public flush(): void {
    this.output.releaseAll();
  }

  private show(text: string, source?: string): void {
    this.lastSource = source;
    this.write(text);
  }

  private request(event: RequestEvent): void {
    const invocations = [event.authorizerInvocationId, event.invocationId].filter((id) => id !== undefined);
    const printed = this.output.take(invocations)
      .map((line) => this.outputLine(line, event.error?.message)).join('');
    const line = this.requestLine.of(event, this.namesStages);
    this.show(`${line}\n${printed}${requestDetails(event, this.paint)}`, invocations.at(-1));
  }

  /** Called only when the count may have changed, since there are thousands of requests a second. */
  private countStages(): void {
    this.namesStages = (this.served?.apis.flatMap(({ stages }) => stages).length ?? 0) > 1;
  }

  /** Prints output without a request above it: of a long invocation, of a module that loads, or between two invocations. */
  private showOutput(lines: readonly OutputEvent[], state: InvocationState): void {
    const printed = lines.map((line) => this.outputLine(line)).join('');
    if (printed === '') return;
    const [first] = lines;
    const source = first.requestId ?? first.functionId;
    const label = functionLabel(first.target ?? first.functionId);
    const heading = `${this.requestLine.head(first.time, '', state === 'running' ? 'running' : 'output')}  ${label}\n`;
    this.show(`${source === this.lastSource ? '' : heading}${printed}`, source);
  }

  /** @param thrown the message of the error that is printed below it anyway */
  private outputLine({ stream, text }: OutputEvent, thrown?: string): string {
    const line = this.isVerbose ? text : readableLine(text, thrown);
    if (line === undefined) return '';
    return below(stream === 'stderr' ? this.paint('red', line) : line);
  }

  private rebuild({ time, functions, duration, errors }: RebuildEvent): string {
    const built = functions.length > 0 || errors.length === 0;
    const line = functions.length > 0 ? `rebuilt ${listed(functions)} in ${elapsed(duration)}` : 'built again: no handler changed';
    return [
      built ? `${this.time({ time })}  ${this.paint('green', line)}\n` : '',
      errors.length > 0 ? `${this.time({ time })}  ${this.paint('red', 'build failed; the old code keeps running')}\n` : '',
      ...errors.map((error) => below(error)),
    ].join('');
  }

  private synthesis({ time, command }: SynthesisEvent): string {
    return this.served ? `${clock(time)}  the app changed: synthesizing it\n` : `${clock(time)}  synthesizing with ${command} ...\n`;
  }

  private resynthesis({ time, duration, added, removed, error }: ResynthesisEvent): string {
    if (error !== undefined) {
      const then = this.served ? 'the old app keeps running' : 'the next save of the app tries again';
      return `${this.time({ time })}  ${this.paint('red', `synthesis failed; ${then}`)}\n${below(error)}`;
    }
    const changes = [...added.map((name) => `+ ${functionLabel(name)}`), ...removed.map((name) => `- ${functionLabel(name)}`)];
    const line = `${this.time({ time })}  ${this.paint('green', `synthesized again in ${elapsed(duration)}`)}\n`;
    return line + changes.map(below).join('');
  }

  private time({ time }: { readonly time: number }): string {
    return this.paint('grey', clock(time));
  }
}

function droppedText(count: number): string {
  const dropped = count === 1 ? '1 piece of output was' : `${count} pieces of output were`;
  return `${dropped} dropped: the reader of the output was more than 16 MB behind`;
}

function listed(functions: readonly string[]): string {
  return functions.length > MOST_NAMED ? `${functions.length} functions` : functions.map(functionLabel).join(', ');
}
