import {
  closedFailure, reasonOf, reportedFailure, throttledFailure, unservedFailure, type Failure, type HandlerError,
} from './failures';
import { FunctionProcesses } from './function-processes';
import { HandlerProcess, type HandlerProcessOptions } from './handler-process';
import type { Invocation } from './invocation';
import { removeInlineCode, type Launch, type NoLaunch } from './launch';
import { Pace } from './pace';
import type { FailedStart, ProcessObserver } from './process-observer';
import { systemTime } from './system-time';
import { WaitingInvocations } from './waiting-invocations';
import type { LambdaFunction } from '../assembly/model';

export interface FunctionQueueOptions extends Omit<HandlerProcessOptions, 'fn' | 'launch' | 'version'> {
  /** Processes at most; the function's reserved concurrency may be lower. */
  readonly concurrency: number;
  readonly launch: (fn: LambdaFunction) => Launch | NoLaunch;
  /** The function could not be started; told once until its code or settings change. */
  readonly onStartFailed: (fn: LambdaFunction, reason: string, error?: HandlerError) => void;
  /** There are other processes than before. */
  readonly onProcesses: () => void;
}

/** Milliseconds that invocations wait before one more process is started for them: it takes ten times as long to start. */
const PATIENCE = 5;
/** The same for a light function: if that takes long all at once, it is more likely to have met a busy machine. */
const LIGHT_PATIENCE = 20;
/** Milliseconds that an invocation waits for code that was saved before it; then older code serves it, if there is any. */
const CODE_PATIENCE = 1_500;
/** Milliseconds before code that failed to start is retried while older code serves. */
const RETRY = 1_000;

/** One function: its invocations, first in first out, and the processes that run them. */
export class FunctionQueue implements ProcessObserver {
  private readonly waiting = new WaitingInvocations();
  private readonly processes = new FunctionProcesses();
  private readonly inlineCode = new Set<Launch>();
  private pace = new Pace();
  private timer?: NodeJS.Timeout;
  private launch: Launch | NoLaunch;
  private failureTold = false;
  /** When the newest code failed to start (`performance.now()`); older code serves meanwhile. */
  private failedAt?: number;
  private newest = 0;
  /** When the newest code arrived (`performance.now()`). */
  private replacedAt = performance.now();
  /** A process was killed while it started, and one more was started for it. */
  private startedAgain = false;
  /** How invocations fail from the end on. */
  private closed?: Failure;
  private prepared: (() => void)[] = [];

  public constructor(private fn: LambdaFunction, private readonly options: FunctionQueueOptions) {
    this.launch = this.prepareLaunch();
  }

  /** Incremented with every change of code or settings. */
  public get version(): number {
    return this.newest;
  }

  public get pids(): readonly number[] {
    return this.processes.all.flatMap(({ pid }) => pid ?? []);
  }

  /** Starts a process, so that the first invocation need not wait. Fulfilled when it can run or cannot be started. */
  public async warm(): Promise<void> {
    if ('reason' in this.launch || this.limit === 0) return;
    const prepared = new Promise<void>((resolve) => this.prepared.push(resolve));
    this.spawn(1);
    await prepared;
  }

  public enqueue(invocation: Invocation): void {
    this.waiting.add(invocation);
    this.pump();
  }

  /**
   * New code or settings for the invocations from now on. If they are not ready in time, or fail to start, older processes that are ready
   * serve until they are.
   */
  public replace(fn: LambdaFunction): void {
    this.fn = fn;
    this.newest++;
    this.replacedAt = performance.now();
    this.launch = this.prepareLaunch();
    this.pace = new Pace();
    this.failureTold = false;
    this.failedAt = undefined;
    this.startedAgain = false;
    const superseded = this.processes.supersede();
    void this.warm();
    superseded.forEach((process) => process.retire());
    if (this.refusal()) this.retireFormer();
    // A starting process may finish: otherwise none would ever be ready while saves come faster than processes start.
    else if (this.hasInspector) this.retireFormer((process) => process.starting);
    this.pump();
  }

  /** Ends all processes. What runs or waits fails. */
  public async close(reason: string): Promise<void> {
    const failure = closedFailure(reason);
    this.closed = failure;
    clearTimeout(this.timer);
    const { all } = this.processes;
    all.forEach((process) => process.kill(failure));
    this.waiting.fail(failure);
    this.settlePrepared();
    await Promise.all(all.map(({ gone }) => gone));
    this.inlineCode.forEach(removeInlineCode);
  }

  public onReady(process: HandlerProcess): void {
    this.startedAgain = false;
    if (process.version === this.newest) this.failedAt = undefined;
    const older = this.processes.supersededBy(process);
    this.settlePrepared();
    this.pump();
    older.forEach((each) => each.retire());
    if (this.hasInspector) this.retireFormer();
  }

  public onStartFailed(process: HandlerProcess, start: FailedStart): void {
    const which = this.forget(process);
    if (this.closed) return;
    if (which === 'current') this.startFailed(start);
    else this.pump();
  }

  public onFinished(_process: HandlerProcess, duration: number): void {
    this.pace.add(duration);
    this.pump();
  }

  public onReturned(invocations: readonly Invocation[]): void {
    this.waiting.putBack(invocations);
    this.pump();
  }

  public onEnded(process: HandlerProcess): void {
    const which = this.forget(process);
    if (this.closed) return;
    // An invocation ended it: the next one need not wait for a new process. One that ended by itself is not started again for nothing.
    if (which === 'current' && this.processes.size === 0 && process.served && this.waiting.size === 0) void this.warm();
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
    if (this.waiting.size > 0) {
      const refused = this.refusal();
      if (refused) return this.waiting.fail(refused);
      if (this.processes.size === 0 && this.mayStart) this.spawn(1);
      if (!this.pace.isLight) this.give(1);
      if ('takesAhead' in this.launch) this.give(this.launch.takesAhead ? this.pace.depth : 1);
    }
    if (this.timer || (this.waiting.size === 0 && !this.processes.haveAhead)) return;
    // Results that came while this process was busy itself are read first.
    this.timer = setTimeout(() => {
      const readUpTo = systemTime();
      setImmediate(() => this.lookAfter(readUpTo));
    }, PATIENCE);
  }

  private get mayStart(): boolean {
    return this.failedAt === undefined || this.processes.formerCount === 0 || performance.now() - this.failedAt > RETRY;
  }

  /** Fills processes up to that many invocations each, the one that runs included. */
  private give(depth: number): void {
    const now = performance.now();
    for (const process of this.processes.serving) {
      if (!process.takesMore(now)) continue;
      const room = depth - process.given;
      // To hand on each one by itself would cost a write and wake a process every time: it gets more when half is done.
      if (room * 2 >= depth) for (const invocation of this.takeFor(process, room, now)) process.run(invocation);
      // A light function is served best by one process with enough to do: the others would only take its processor time.
      if (this.waiting.size === 0 || this.pace.isLight) return;
    }
  }

  private takeFor({ version }: HandlerProcess, count: number, now: number): readonly Invocation[] {
    if (version === this.newest || this.failedAt !== undefined) return this.waiting.take(count);
    return this.waiting.takeWhile(count, (invocation) => (
      invocation.version <= version || now - Math.min(invocation.queuedAt, this.replacedAt) > CODE_PATIENCE
    ));
  }

  /** Every few milliseconds while something waits: takes back what is stuck, and starts processes if those that run do not keep up. */
  private lookAfter(readUpTo: number): void {
    this.timer = undefined;
    if (this.closed) return;
    this.waiting.putBack(this.processes.takeStuck(readUpTo));
    this.spawnIfSlow();
    this.pump();
  }

  private spawnIfSlow(): void {
    const now = performance.now();
    const { busy, startingCount } = this.processes;
    const patience = this.pace.isLight ? LIGHT_PATIENCE : PATIENCE;
    if (busy.length > 0 && busy.every((process) => process.runningFor(now) > patience)) {
      const ahead = busy.reduce((sum, process) => sum + process.given - 1, 0);
      this.spawn(this.waiting.size + ahead - startingCount);
    } else if (startingCount === 0 && this.failedAt === undefined && !this.pace.isLight && this.waiting.waitingFor(now) > PATIENCE) {
      this.spawn(1);
    }
  }

  private spawn(wanted: number): void {
    const { fn, launch, options } = this;
    if ('reason' in launch || this.closed) return;
    // The old process has the debugger port until it ends.
    const taken = this.processes.size + (this.hasInspector ? this.processes.formerCount + this.processes.retiredCount : 0);
    const count = Math.min(wanted, this.limit - taken);
    try {
      for (let started = 0; started < count; started++) {
        this.processes.add(new HandlerProcess({ ...options, fn, launch, version: this.newest }, this));
      }
    } catch (error) {
      // No file descriptors are left, or the environment is too large.
      const { message } = error as Error;
      const failure = reportedFailure('init', { errorType: 'Runtime.InvalidEntrypoint', errorMessage: message, trace: [] });
      this.startFailed({ failure, killed: false });
    }
    if (count > 0) this.options.onProcesses();
  }

  private startFailed({ failure, error, killed }: FailedStart): void {
    if (killed && this.startAgain()) return;
    if (!this.failureTold) this.options.onStartFailed(this.fn, reasonOf(failure), error);
    this.failureTold = true;
    this.startedAgain = false;
    if (this.processes.size === 0) {
      // The next invocation retries. Pending ones would only fail the same way, unless older code can serve them.
      if (this.processes.formerCount === 0) this.waiting.fail(failure);
      this.failedAt = performance.now();
    }
    this.settlePrepared();
    this.pump();
  }

  /** Once in a row: a process may be killed by anybody, but also by what its own code does. */
  private startAgain(): boolean {
    if (this.processes.size > 0) return true;
    if (this.startedAgain) return false;
    this.startedAgain = true;
    this.spawn(1);
    return true;
  }

  private retireFormer(mayStay?: (process: HandlerProcess) => boolean): void {
    this.processes.retireFormer(mayStay).forEach((process) => process.retire());
  }

  private forget(process: HandlerProcess): 'current' | 'former' | 'retired' {
    const which = this.processes.remove(process);
    // With a debugger port, the new code could not start before.
    if (which !== 'current' && this.hasInspector && this.processes.size === 0) this.spawn(1);
    this.options.onProcesses();
    return which;
  }

  private settlePrepared(): void {
    const { prepared } = this;
    this.prepared = [];
    prepared.forEach((resolve) => resolve());
  }
}
