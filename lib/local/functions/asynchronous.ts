import type { InvocationResult, Invoker } from './invoker';
import type { LambdaFunction } from '../assembly/local-app';

/** An invocation whose caller does not wait for the result. */
export interface AsynchronousInvocation {
  readonly fn: LambdaFunction;
  readonly event: string;
  /** All attempts have it. */
  readonly requestId: string;
  /** Alias or version that was invoked. */
  readonly qualifier?: string;
}

/** One attempt is over, or there is none because the event is too old. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  readonly result?: InvocationResult;
  /** Milliseconds until the next attempt; absent: there is none. */
  readonly repeatIn?: number;
}

export interface AsynchronousOptions {
  readonly invoker: Invoker;
  readonly onAttempt: (invocation: AsynchronousInvocation, attempt: Attempt) => void;
  /** @default LIMITS */
  readonly limits?: Partial<Limits>;
}

interface Limits {
  /** The most pending events, and the most characters in them: a function that invokes itself makes more and more. */
  readonly count: number;
  readonly characters: number;
  /** The most attempts of a function at a time: messages for the same function wait behind them. */
  readonly atOnce: number;
  /** Milliseconds before the attempts after the first. */
  readonly delays: readonly number[];
  /** Milliseconds for which an event is kept. */
  readonly maximumAge: number;
}

const LIMITS: Limits = {
  count: 10_000,
  characters: 67_108_864,
  atOnce: 10,
  // On AWS one minute and two, for which nobody waits at a terminal.
  delays: [1_000, 2_000],
  maximumAge: 21_600_000,
};

interface Entry {
  readonly invocation: AsynchronousInvocation;
  /** `performance.now()` */
  readonly acceptedAt: number;
  attempts: number;
}

/** The attempts of one function, in order. */
interface FunctionEvents {
  readonly waiting: Entry[];
  running: number;
}

/**
 * Asynchronous invocations: first in, first out for each function, and repeated when they fail, as on Lambda.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocations {
  private readonly functions = new Map<string, FunctionEvents>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly limits: Limits;
  private count = 0;
  private characters = 0;
  private isClosed = false;

  public constructor(private readonly options: AsynchronousOptions) {
    this.limits = { ...LIMITS, ...options.limits };
  }

  /** @returns false if there is no room */
  public accept(invocation: AsynchronousInvocation): boolean {
    const { length } = invocation.event;
    if (this.isClosed || this.count >= this.limits.count || this.characters + length > this.limits.characters) return false;
    this.count++;
    this.characters += length;
    this.enqueue({ invocation, acceptedAt: performance.now(), attempts: 0 });
    return true;
  }

  /** Nothing more is started. */
  public close(): void {
    this.isClosed = true;
    this.timers.forEach(clearTimeout);
    this.functions.clear();
  }

  private enqueue(entry: Entry): void {
    const { id } = entry.invocation.fn;
    const events = this.functions.get(id) ?? { waiting: [], running: 0 };
    this.functions.set(id, events);
    events.waiting.push(entry);
    this.startNext(id, events);
  }

  private startNext(id: string, events: FunctionEvents): void {
    while (events.waiting.length > 0 && !this.isClosed) {
      const most = Math.max(1, Math.min(this.limits.atOnce, events.waiting[0].invocation.fn.reservedConcurrency ?? this.limits.atOnce));
      if (events.running >= most) return;
      events.running++;
      void this.attempt(events.waiting.shift()!).then(() => {
        events.running--;
        this.startNext(id, events);
        if (events.running === 0 && events.waiting.length === 0) this.functions.delete(id);
      });
    }
  }

  private async attempt(entry: Entry): Promise<void> {
    const { invocation, acceptedAt } = entry;
    const { fn, event, requestId } = invocation;
    const { maximumAge = this.limits.maximumAge } = settingsOf(invocation);
    entry.attempts++;
    if (performance.now() - acceptedAt > maximumAge) return this.end(entry);
    const result = await this.options.invoker.invoke(fn.id, event, undefined, { requestId });
    if (this.isClosed || !mayRepeat(entry, result)) return this.end(entry, result);
    const repeatIn = this.limits.delays[Math.min(entry.attempts, this.limits.delays.length) - 1];
    this.options.onAttempt(invocation, { number: entry.attempts, result, repeatIn });
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.enqueue(entry);
    }, repeatIn).unref();
    this.timers.add(timer);
  }

  private end({ invocation, attempts }: Entry, result?: InvocationResult): void {
    this.count--;
    this.characters -= invocation.event.length;
    this.options.onAttempt(invocation, { number: attempts, result });
  }
}

/** Lambda's own default. */
const RETRIES = 2;

function mayRepeat({ invocation, attempts }: Entry, result: InvocationResult): boolean {
  // What cannot run here, or is turned off by its reserved concurrency, will not run in a second either.
  if (result.ok || result.kind === 'none' || invocation.fn.reservedConcurrency === 0) return false;
  return attempts <= (settingsOf(invocation).retries ?? RETRIES);
}

function settingsOf({ fn, qualifier = '$LATEST' }: AsynchronousInvocation): { readonly retries?: number; readonly maximumAge?: number } {
  const { asynchronous = {} } = fn;
  return Object.hasOwn(asynchronous, qualifier) ? asynchronous[qualifier] : {};
}
