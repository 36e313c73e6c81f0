import { Pace } from './in-flight';
import {
  closedFailure, reasonOf, reportedFailure, throttledFailure, unservedFailure, type Failure, type Invocation,
} from './invoker';
import { removeInlineCode, type Launch, type NoLaunch } from './launch';
import { PendingInvocations } from './pending-invocations';
import { HandlerProcess, type FailedStart, type HandlerProcessOptions, type ProcessObserver } from './process';
import { FunctionProcesses } from './processes';
import type { HandlerError } from './runtime/lines';
import { systemTime } from './runtime/primordials';
import type { LambdaFunction } from '../assembly/local-app';

export interface FunctionQueueOptions extends Omit<HandlerProcessOptions, 'fn' | 'launch' | 'version'> {
  /** The most processes; the function's reserved concurrency may be lower. */
  readonly concurrency: number;
  readonly launch: (fn: LambdaFunction) => Launch | NoLaunch;
  /** The function could not be started; reported once until its code or settings change. */
  readonly onStartFailed: (fn: LambdaFunction, reason: string, error?: HandlerError) => void;
  /** A process was started or has ended. */
  readonly onProcesses: () => void;
}

/** Milliseconds that invocations wait before one more process is started for them; a start takes ten times as long. */
const PATIENCE = 5;
/** The patience for a light function: if all its invocations take that long at once, the machine is more likely busy. */
const LIGHT_PATIENCE = 20;
/** Milliseconds before code that failed to start is retried while older code serves. */
const RETRY = 1_000;

/**
 * The queue of one function, first in, first out, and the processes that run what comes out of it. Every invocation that is not over is in
 * exactly one place: in `pending`, or in flight to one process, which hands back what it has not started.
 */
export class FunctionQueue implements ProcessObserver {
  private readonly pending = new PendingInvocations();
  private readonly processes = new FunctionProcesses();
  private pace = new Pace();
  private timer?: NodeJS.Timeout;
  private launch: Launch | NoLaunch;
  private readonly launches = new Set<Launch>();
  /** Incremented with every change of code or settings. */
  private newest = 0;
  /** When the newest code arrived (`performance.now()`). */
  private replacedAt = performance.now();
  /** When the newest code failed to start (`performance.now()`); older code serves meanwhile. */
  private failedAt?: number;
  private failureReported = false;
  /** A process was killed while it started, and another one was started in its place. */
  private startedAgain = false;
  /** How invocations fail once the function is closed. */
  private closed?: Failure;
  private onWarm: (() => void)[] = [];

  public constructor(private fn: LambdaFunction, private readonly options: FunctionQueueOptions) {
    this.launch = this.prepareLaunch();
  }

  /** The version of the code that an invocation finds on arrival. */
  public get version(): number {
    return this.newest;
  }

  /** The number of invocations that are pending or in flight. */
  public get load(): number {
    return this.processes.all.reduce((sum, { load }) => sum + load, this.pending.size);
  }

  public get pids(): readonly number[] {
    return this.processes.all.flatMap(({ pid }) => pid ?? []);
  }

  /** Starts a process, so that the first invocation need not wait. Resolves when the process is ready or cannot be started. */
  public async warm(): Promise<void> {
    if (this.refusal()) return;
    const warm = new Promise<void>((resolve) => this.onWarm.push(resolve));
    this.spawn(1);
    await warm;
  }

  public enqueue(invocation: Invocation): void {
    this.pending.add(invocation);
    this.pump();
  }

  /**
   * Takes new code or settings for the invocations from now on. If that code is not ready in time, or fails to start, ready processes with
   * older code serve until it is ready.
   */
  public replace(fn: LambdaFunction): void {
    this.fn = fn;
    this.newest++;
    this.replacedAt = performance.now();
    this.launch = this.prepareLaunch();
    this.pace = new Pace();
    this.failureReported = false;
    this.failedAt = undefined;
    this.startedAgain = false;
    const superseded = this.processes.supersede();
    void this.warm();
    superseded.forEach((process) => process.retire());
    if (this.refusal()) this.retireFormer();
    // A starting process may finish: otherwise none would ever be ready while saves come faster than processes start.
    else if (this.hasInspector) this.retireFormer((process) => process.isStarting);
    this.pump();
  }

  /** Ends all processes. What is in flight or pending fails. */
  public async close(reason: string): Promise<void> {
    const failure = closedFailure(reason);
    this.closed = failure;
    clearTimeout(this.timer);
    const { all } = this.processes;
    all.forEach((process) => process.kill(failure));
    this.pending.fail(failure);
    this.settleWarm();
    await Promise.all(all.map(({ gone }) => gone));
    this.launches.forEach(removeInlineCode);
  }

  public onReady(process: HandlerProcess): void {
    this.startedAgain = false;
    if (process.version === this.newest) this.failedAt = undefined;
    const older = this.processes.retireOlder(process);
    this.settleWarm();
    this.pump();
    older.forEach((each) => each.retire());
    if (this.hasInspector) this.retireFormer();
  }

  public onStartFailed(process: HandlerProcess, start: FailedStart): void {
    const which = this.remove(process);
    if (this.closed) return;
    if (which === 'current') this.startFailed(start);
    else this.pump();
  }

  public onFinished(_process: HandlerProcess, duration: number): void {
    this.pace.add(duration);
    this.pump();
  }

  public onReturned(invocations: readonly Invocation[]): void {
    this.pending.putBack(invocations);
    this.pump();
  }

  public onEnded(process: HandlerProcess): void {
    const which = this.remove(process);
    if (this.closed) return;
    // If an invocation ended the process, the next one finds a new process. A process that ended while idle is started when it is needed.
    if (which === 'current' && this.processes.currentCount === 0 && process.served && this.pending.isEmpty) void this.warm();
    this.pump();
  }

  private get hasInspector(): boolean {
    return !('reason' in this.launch) && this.launch.setup.inspectorPort !== undefined;
  }

  private get limit(): number {
    // A debugger port serves one process.
    const most = this.hasInspector ? 1 : this.options.concurrency;
    return Math.min(most, this.fn.reservedConcurrency ?? most);
  }

  private prepareLaunch(): Launch | NoLaunch {
    const launch = this.options.launch(this.fn);
    if (!('reason' in launch)) this.launches.add(launch);
    return launch;
  }

  /** Why no invocation can run, if that is so. */
  private refusal(): Failure | undefined {
    if (this.closed) return this.closed;
    if ('reason' in this.launch) return unservedFailure(this.launch.reason);
    return this.limit === 0 ? throttledFailure() : undefined;
  }

  /** Sends pending invocations to processes, and looks after those that remain, or are prefetched, until there are none. */
  private pump(): void {
    if (!this.pending.isEmpty) {
      const refusal = this.refusal();
      if (refusal) return this.pending.fail(refusal);
      if (this.processes.currentCount === 0 && this.mayStart) this.spawn(1);
      if (!this.pace.isLight) this.fill(1);
      if ('prefetches' in this.launch) this.fill(this.launch.prefetches ? this.pace.depth : 1);
    }
    if (this.timer || (this.pending.isEmpty && !this.processes.havePrefetched)) return;
    this.timer = setTimeout(() => {
      const readUpTo = systemTime();
      // Results that arrived while the gateway itself was busy are read first.
      setImmediate(() => this.lookAfter(readUpTo));
    }, PATIENCE);
  }

  /** Takes back what is stuck, and starts processes if the running ones do not keep up. */
  private lookAfter(readUpTo: number): void {
    this.timer = undefined;
    if (this.closed) return;
    this.pending.putBack(this.processes.revokeExpired(readUpTo));
    this.spawnIfSlow();
    this.pump();
  }

  private get mayStart(): boolean {
    return this.failedAt === undefined || this.processes.formerCount === 0 || performance.now() - this.failedAt > RETRY;
  }

  /** Sends pending invocations until each process has `depth` of them. */
  private fill(depth: number): void {
    const now = performance.now();
    for (const process of this.processes.serving) {
      if (!process.takesMore(now)) continue;
      const room = depth - process.load;
      // One at a time would cost a write and wake the process for each; a process gets more when half of its invocations are done.
      if (room * 2 >= depth) for (const invocation of this.takeFor(process, room, now)) process.send(invocation);
      // One busy process serves a light function best: more processes would only take its processor time.
      if (this.pending.isEmpty || this.pace.isLight) return;
    }
  }

  private takeFor({ version, load }: HandlerProcess, most: number, now: number): readonly Invocation[] {
    const isCurrent = version === this.newest || this.failedAt !== undefined;
    return this.pending.take(most, load, isCurrent ? undefined : { version, replacedAt: this.replacedAt, now });
  }

  private spawnIfSlow(): void {
    const now = performance.now();
    const { busy, startingCount } = this.processes;
    const patience = this.pace.isLight ? LIGHT_PATIENCE : PATIENCE;
    if (busy.length > 0 && busy.every((process) => process.runningFor(now) > patience)) {
      const prefetched = busy.reduce((sum, { load }) => sum + load - 1, 0);
      this.spawn(this.pending.size + prefetched - startingCount);
    } else if (startingCount === 0 && this.failedAt === undefined && !this.pace.isLight) {
      if (this.pending.haveWaited(now, PATIENCE)) this.spawn(1);
    }
  }

  private spawn(wanted: number): void {
    const { fn, launch, options, processes } = this;
    if ('reason' in launch || this.closed) return;
    // An old process has the debugger port until it ends.
    const taken = this.hasInspector ? processes.all.length : processes.currentCount;
    const count = Math.min(wanted, this.limit - taken);
    try {
      for (let started = 0; started < count; started++) {
        processes.add(new HandlerProcess({ ...options, fn, launch, version: this.newest }, this));
      }
    } catch (error) {
      // The system has no file descriptors left, or the environment is too large.
      const { message } = error as Error;
      const failure = reportedFailure('init', { errorType: 'Runtime.InvalidEntrypoint', errorMessage: message, trace: [] });
      this.startFailed({ failure, killed: false });
    }
    if (count > 0) this.options.onProcesses();
  }

  private startFailed({ failure, error, killed }: FailedStart): void {
    if (killed && this.startAgain()) return;
    if (!this.failureReported) this.options.onStartFailed(this.fn, reasonOf(failure), error);
    this.failureReported = true;
    this.startedAgain = false;
    if (this.processes.currentCount === 0) {
      // The next invocation tries again. The pending ones would only fail in the same way, unless older code can serve them.
      if (this.processes.formerCount === 0) this.pending.fail(failure);
      this.failedAt = performance.now();
    }
    this.settleWarm();
    this.pump();
  }

  /** Starts a killed process again, but only once in a row: its own code may be what kills it. */
  private startAgain(): boolean {
    if (this.processes.currentCount > 0) return true;
    if (this.startedAgain) return false;
    this.startedAgain = true;
    this.spawn(1);
    return true;
  }

  private retireFormer(mayStay?: (process: HandlerProcess) => boolean): void {
    this.processes.retireFormer(mayStay).forEach((process) => process.retire());
  }

  private remove(process: HandlerProcess): 'current' | 'former' | 'retired' {
    const which = this.processes.remove(process);
    // The old process had the debugger port, so the new code could not start before.
    if (which !== 'current' && this.hasInspector && this.processes.currentCount === 0) this.spawn(1);
    this.options.onProcesses();
    return which;
  }

  private settleWarm(): void {
    this.onWarm.splice(0).forEach((resolve) => resolve());
  }
}
