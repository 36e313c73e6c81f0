import { closedFailure, reportedFailure, throttledFailure, unservedFailure, type Failure, type HandlerError } from './failures';
import { HandlerProcess, type ProcessObserver } from './handler-process';
import type { Invocation } from './invocation';
import { removeInlineCode, type Launch, type NoLaunch } from './launch';
import type { OutputLine } from './output-lines';
import { Pace } from './pace';
import type { LambdaFunction } from '../assembly/model';

export interface FunctionQueueOptions {
  /** Processes at most; the function's reserved concurrency may be lower. */
  readonly concurrency: number;
  readonly launch: (fn: LambdaFunction) => Launch | NoLaunch;
  readonly mapStack: (functionId: string, stackLines: readonly string[]) => readonly string[];
  readonly onOutput: (line: OutputLine) => void;
  /** The function could not be started; told once until its code or settings change. */
  readonly onStartFailed: (fn: LambdaFunction, reason: string, error?: HandlerError) => void;
  readonly onInspector: (fn: LambdaFunction, url: string) => void;
  readonly onInspectorRefused: (fn: LambdaFunction, reason: string) => void;
}

/** Milliseconds that invocations wait before one more process is started for them: it takes ten times as long to start. */
const PATIENCE = 5;
/** Milliseconds after which the invocations handed ahead are taken back from behind a slow one. */
const RECALL_AFTER = 20;

/** One function: its invocations, first in first out, and the processes that run them. */
export class FunctionQueue implements ProcessObserver {
  private waiting: Invocation[] = [];
  private processes: HandlerProcess[] = [];
  /** They finish what they run of the code before. */
  private readonly retired = new Set<HandlerProcess>();
  private readonly inlineCode = new Set<Launch>();
  private pace = new Pace();
  private timer?: NodeJS.Timeout;
  private launch: Launch | NoLaunch;
  private failureTold = false;
  /** How invocations fail from the end on. */
  private closed?: Failure;
  private prepared: (() => void)[] = [];

  public constructor(private fn: LambdaFunction, private readonly options: FunctionQueueOptions) {
    this.launch = this.prepareLaunch();
  }

  public get pids(): readonly number[] {
    return [...this.processes, ...this.retired].flatMap(({ pid }) => pid ?? []);
  }

  /** Starts a process, so that the first invocation need not wait. Fulfilled when it can run or cannot be started. */
  public async warm(): Promise<void> {
    if ('reason' in this.launch || this.limit === 0) return;
    const prepared = new Promise<void>((resolve) => this.prepared.push(resolve));
    this.spawn(1);
    await prepared;
  }

  public enqueue(invocation: Invocation): void {
    this.waiting.push(invocation);
    this.pump();
  }

  /** New code or settings: what has not started runs on them, what runs is finished by its process. */
  public replace(fn: LambdaFunction): void {
    this.fn = fn;
    this.launch = this.prepareLaunch();
    this.pace = new Pace();
    this.failureTold = false;
    const before = this.processes;
    this.processes = [];
    before.forEach((process) => this.retired.add(process));
    void this.warm();
    before.forEach((process) => process.retire());
    this.pump();
  }

  /** Ends all processes. What runs or waits fails. */
  public async close(reason: string): Promise<void> {
    const failure = closedFailure(reason);
    this.closed = failure;
    clearTimeout(this.timer);
    const all = [...this.processes, ...this.retired];
    all.forEach((process) => process.kill(failure));
    this.failWaiting(failure);
    this.settlePrepared();
    await Promise.all(all.map(({ gone }) => gone));
    this.inlineCode.forEach(removeInlineCode);
  }

  public onReady(process: HandlerProcess): void {
    if (!this.retired.has(process)) this.settlePrepared();
    this.pump();
  }

  public onStartFailed(process: HandlerProcess, failure: Failure, error?: HandlerError): void {
    const current = this.processes.includes(process);
    this.forget(process);
    if (current && !this.closed) this.startFailed(failure, error);
  }

  public onFinished(_process: HandlerProcess, duration: number): void {
    this.pace.add(duration);
    this.pump();
  }

  public onReturned(invocations: readonly Invocation[]): void {
    if (invocations.length > 0) this.waiting = [...invocations, ...this.waiting];
    this.pump();
  }

  public onEnded(process: HandlerProcess): void {
    const current = this.processes.includes(process);
    this.forget(process);
    if (this.closed) return;
    // An invocation ended it: the next one need not wait for a new process. One that ended by itself is not started again for nothing.
    if (current && this.processes.length === 0 && process.served && this.waiting.length === 0) void this.warm();
    this.pump();
  }

  private get hasInspector(): boolean {
    return !('reason' in this.launch) && this.launch.setup.inspectorPort !== undefined;
  }

  private get limit(): number {
    // A debugger port serves one process.
    if (this.hasInspector) return Math.min(1, this.fn.reservedConcurrency ?? 1);
    return Math.min(this.options.concurrency, this.fn.reservedConcurrency ?? Infinity);
  }

  private prepareLaunch(): Launch | NoLaunch {
    const launch = this.options.launch(this.fn);
    if (!('reason' in launch)) this.inlineCode.add(launch);
    return launch;
  }

  private refusal(): Failure | undefined {
    if (this.closed) return this.closed;
    if ('reason' in this.launch) return unservedFailure(this.launch.reason);
    return this.limit === 0 ? throttledFailure() : undefined;
  }

  /** Gives out what waits, and watches over it while something still waits. */
  private pump(): void {
    if (this.waiting.length > 0) {
      const refused = this.refusal();
      if (refused) return this.failWaiting(refused);
      if (!this.pace.isLight) this.give(1);
      if ('takesAhead' in this.launch) this.give(this.launch.takesAhead ? this.pace.depth : 1);
      if (this.processes.length === 0) this.spawn(1);
    }
    if (this.timer || (this.waiting.length === 0 && this.processes.every(({ ahead }) => ahead === 0))) return;
    // Results that came while this process was busy itself are read first.
    this.timer = setTimeout(() => setImmediate(() => this.lookAfter()), PATIENCE);
  }

  /** Fills processes up to that many invocations each, the one that runs included. */
  private give(depth: number): void {
    for (const process of this.processes) {
      if (!process.takesMore) continue;
      const room = depth - process.given;
      // To hand on each one by itself would cost a write and wake a process every time: it gets more when half is done.
      if (room * 2 >= depth) for (const invocation of this.waiting.splice(0, room)) process.run(invocation);
      // A light function is served best by one process with enough to do: the others would only take its processor time.
      if (this.waiting.length === 0 || this.pace.isLight) return;
    }
  }

  /** Every few milliseconds while something waits: takes back what is stuck, and starts processes if those that run do not keep up. */
  private lookAfter(): void {
    this.timer = undefined;
    if (this.closed) return;
    const now = performance.now();
    const busy = this.processes.filter((process) => process.runningFor(now) > 0);
    for (const process of busy) {
      if (process.runningFor(now) > RECALL_AFTER) process.recall();
    }
    const starting = this.processes.filter((process) => process.starting).length;
    const ahead = busy.reduce((sum, process) => sum + process.ahead, 0);
    // A light function that takes long all at once is more likely to have met a busy machine.
    const patience = this.pace.isLight ? RECALL_AFTER : PATIENCE;
    if (busy.length > 0 && busy.every((process) => process.runningFor(now) > patience)) {
      this.spawn(this.waiting.length + ahead - starting);
    } else if (starting === 0 && !this.pace.isLight && this.waiting.length > 0 && now - this.waiting[0].queuedAt > PATIENCE) {
      this.spawn(1);
    }
    this.pump();
  }

  private spawn(wanted: number): void {
    const { launch } = this;
    if ('reason' in launch || this.closed) return;
    // The old process has the debugger port until it ends.
    const taken = this.processes.length + (this.hasInspector ? this.retired.size : 0);
    const count = Math.min(wanted, this.limit - taken);
    try {
      for (let started = 0; started < count; started++) this.processes.push(this.newProcess(launch));
    } catch (error) {
      // No file descriptors are left, or the environment is too large.
      const { message } = error as Error;
      this.startFailed(reportedFailure('init', { errorType: 'Runtime.InvalidEntrypoint', errorMessage: message, trace: [] }));
    }
  }

  private newProcess(launch: Launch): HandlerProcess {
    const { fn, options } = this;
    return new HandlerProcess({
      functionId: fn.id,
      timeout: fn.timeout,
      launch,
      mapStack: (stackLines) => options.mapStack(fn.id, stackLines),
      onOutput: options.onOutput,
      onInspector: (url) => options.onInspector(fn, url),
      onInspectorRefused: (reason) => options.onInspectorRefused(fn, reason),
    }, this);
  }

  private startFailed(failure: Failure, error?: HandlerError): void {
    if (!this.failureTold) this.options.onStartFailed(this.fn, failure('', 0).errorMessage, error);
    this.failureTold = true;
    // The next invocation tries again; those that wait would only see the same.
    if (this.processes.length === 0) this.failWaiting(failure);
    this.settlePrepared();
  }

  private forget(process: HandlerProcess): void {
    const wasRetired = this.retired.delete(process);
    this.processes = this.processes.filter((other) => other !== process);
    // With a debugger port, the new code could not start before.
    if (wasRetired && this.hasInspector && this.processes.length === 0) this.spawn(1);
  }

  private failWaiting(failure: Failure): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { requestId, end } of waiting) end(failure(requestId, 0));
  }

  private settlePrepared(): void {
    const { prepared } = this;
    this.prepared = [];
    prepared.forEach((resolve) => resolve());
  }
}
