import type { GatewayEvent, OutputEvent, RebuildEvent, RequestEvent, ResynthesisEvent, SynthesisEvent } from '../gateway-event';
import { banner } from './banner';
import { functionLabel } from './function-label';
import { HeldOutput, OutputMoment } from './held-output';
import { Paint, painter } from './paint';
import { droppedText, Reporter } from './reporter';
import { requestDetails } from './request-details';
import { RequestLine } from './request-line';
import { routeRows } from './route-rows';
import { Served } from './served';
import { below, harmless, harmlessEvent } from './text-lines';
import { clock, elapsed } from './units';

/** Functions that a line names; more are counted. */
const NAMED = 3;

/** A line an event for people, with what belongs to it indented below. */
export class TextReporter implements Reporter {
  private readonly paint: Paint;
  private readonly requestLine: RequestLine;
  private readonly output = new HeldOutput((lines, moment) => this.showOutput(lines, moment));
  private served?: Served;
  private namesStages = false;
  /** Whose output stands last, so that its next line needs no heading. */
  private lastSpeaker?: string;

  /** @param write gets whole lines */
  public constructor(private readonly write: (text: string) => void, private readonly coloured: boolean) {
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

  public event(raw: GatewayEvent): void {
    const event = harmlessEvent(raw, this.coloured);
    switch (event.type) {
      case 'listening':
        // Those before `ready` are in the banner.
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
    this.show('Stopping; Ctrl-C again ends it at once.\n');
  }

  public dropped(count: number): string {
    return this.paint('yellow', `! ${droppedText(count)}`) + '\n';
  }

  public flush(): void {
    this.output.releaseAll();
  }

  private show(text: string, speaker?: string): void {
    this.lastSpeaker = speaker;
    this.write(text);
  }

  private request(event: RequestEvent): void {
    const invocations = [event.authorizerInvocationId, event.invocationId].filter((id) => id !== undefined);
    const printed = this.output.take(invocations).map((line) => this.outputLine(line)).join('');
    const line = this.requestLine.of(event, this.namesStages);
    this.show(`${line}\n${printed}${requestDetails(event, this.paint)}`, invocations.at(-1));
  }

  /** Only when it may have changed: there are thousands of requests a second. */
  private countStages(): void {
    this.namesStages = (this.served?.apis.flatMap(({ stages }) => stages).length ?? 0) > 1;
  }

  /** Output that no request stands above: of a long invocation, of a module that loads, or between two invocations. */
  private showOutput(lines: readonly OutputEvent[], moment: OutputMoment): void {
    if (lines.length === 0) return;
    const [first] = lines;
    const speaker = first.requestId ?? first.functionId;
    const label = functionLabel(first.target ?? first.functionId);
    const heading = `${this.requestLine.head(first.time, '', moment === 'running' ? 'running' : 'output')}  ${label}\n`;
    this.show(`${speaker === this.lastSpeaker ? '' : heading}${lines.map((line) => this.outputLine(line)).join('')}`, speaker);
  }

  private outputLine({ stream, text }: OutputEvent): string {
    return below(stream === 'stderr' ? this.paint('red', text) : text);
  }

  private rebuild({ time, functions, duration, errors }: RebuildEvent): string {
    const built = functions.length > 0 || errors.length === 0;
    const line = functions.length > 0 ? `rebuilt ${named(functions)} in ${elapsed(duration)}` : 'built again: no handler changed';
    return [
      built ? `${this.time({ time })}  ${this.paint('green', line)}\n` : '',
      errors.length > 0 ? `${this.time({ time })}  ${this.paint('red', 'build failed; the old code goes on running')}\n` : '',
      ...errors.map((error) => below(error)),
    ].join('');
  }

  private synthesis({ time, command }: SynthesisEvent): string {
    return this.served ? `${clock(time)}  the app changed: synthesizing it\n` : `${clock(time)}  synthesizing with ${command} ...\n`;
  }

  private resynthesis({ time, duration, added, removed, error }: ResynthesisEvent): string {
    if (error !== undefined) {
      const then = this.served ? 'the old app goes on running' : 'a save of the app tries it again';
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

function named(functions: readonly string[]): string {
  return functions.length > NAMED ? `${functions.length} functions` : functions.map(functionLabel).join(', ');
}
