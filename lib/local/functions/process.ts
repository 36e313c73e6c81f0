import { spawn, type ChildProcess } from 'child_process';
import type * as net from 'net';
import { setImmediate as nextTurn } from 'timers/promises';
import { AwsCalls, type AwsCallEvent } from './aws-calls';
import { ProcessChannel, readInTurns } from './channel';
import { InFlight } from './in-flight';
import { runFaulty, type InvocationFault } from './invocation-fault';
import { exitFailure, reportedFailure, timeoutFailure, type Failure, type Invocation } from './invoker';
import type { Launch } from './launch';
import { DebuggerState, OutputLines, type OutputLine } from './process-output';
import { CHANNEL, decodeMessage, encodeInvocation, encodeSetup, type HandlerError, type ProcessMessage } from './runtime/lines';
import type { LambdaFunction } from '../assembly/local-app';
import { exitOf, HAS_GROUPS, isRunning, kill } from '../process-group';
import { shortened } from '../protocol/json';

export interface HandlerProcessOptions {
  readonly fn: LambdaFunction;
  readonly launch: Launch;
  /** The version of the function's code; later code has a higher number. */
  readonly version: number;
  readonly mapStack: (functionId: string, stackLines: readonly string[]) => readonly string[];
  readonly onOutput: (line: OutputLine) => void;
  /** Debuggers may attach to this address. */
  readonly onInspector: (fn: LambdaFunction, url: string) => void;
  /** Debuggers cannot attach: the port is taken. */
  readonly onInspectorRefused: (fn: LambdaFunction, reason: string) => void;
  /** A call to AWS failed, or a call to the gateway would fail on AWS. */
  readonly onAwsCall: (fn: LambdaFunction, event: AwsCallEvent) => void;
  /** The process was ended because it wrote a malformed line to the gateway. */
  readonly onGarbage: (fn: LambdaFunction, reason: string) => void;
}

/** What a process reports to the queue of its function. */
export interface ProcessObserver {
  onReady(process: HandlerProcess): void;
  /** The process ended before it was ready, although it was not retired. */
  onStartFailed(process: HandlerProcess, start: FailedStart): void;
  /** An invocation is over; `duration` in milliseconds. */
  onFinished(process: HandlerProcess, duration: number): void;
  /** The process returned invocations that it has not started, in order; not those that were revoked. */
  onReturned(invocations: readonly Invocation[]): void;
  /** The process takes no more invocations. */
  onEnded(process: HandlerProcess): void;
}

export interface FailedStart {
  readonly failure: Failure;
  /** What the code threw. */
  readonly error?: HandlerError;
  /** Whether a signal ended the process, which need not be the fault of its code. */
  readonly killed: boolean;
}

/** Milliseconds after which a module counts as one that never loads. Node.js and the file system may be slow on a busy machine. */
const START_LIMIT = 60_000;
/** Milliseconds to wait for output after the exit: a grandchild may keep the pipes open forever. */
const EXIT_GRACE = 1_000;
/** Milliseconds until a process must have exited after it announced its end, or closed its channel. */
const ENDING = 1_000;
/** Milliseconds after which nothing is prefetched behind the running invocation. */
const SLOW = 20;

/**
 * A child process that holds a handler and runs one invocation at a time, like an execution environment of Lambda. What the process was
 * sent is in `inFlight` until the process answers or returns it, the gateway revokes it, or the process ends.
 */
export class HandlerProcess {
  /** Resolves when the process has exited and its own output has been read; the output of its grandchildren is not awaited. */
  public readonly gone: Promise<void>;
  private state: 'starting' | 'ready' | 'ended' = 'starting';
  private readonly inFlight = new InFlight();
  /** When the running invocation started, or the process itself (`performance.now()`). */
  private since = performance.now();
  private retiring = false;
  /** The process announced that it ends: nothing runs in it any more. */
  private failing = false;
  private hasServed = false;
  /** When the process could take its first invocation (`performance.now()`); 0 once it runs one. */
  private readyAt = 0;
  private timer?: NodeJS.Timeout;
  private readonly child: ChildProcess;
  private readonly channel: ProcessChannel;
  private readonly output: OutputLines;
  private readonly debugger: DebuggerState;
  private readonly awsCalls: AwsCalls;

  public constructor(private readonly options: HandlerProcessOptions, private readonly observer: ProcessObserver) {
    const { fn, launch: { command, args, directory, environment, setup } } = options;
    this.output = new OutputLines(fn.id, options.onOutput);
    this.debugger = new DebuggerState((url) => options.onInspector(fn, url), (reason) => options.onInspectorRefused(fn, reason));
    this.awsCalls = new AwsCalls((event) => options.onAwsCall(fn, event));
    this.child = spawn(command, args, {
      cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: HAS_GROUPS,
    });
    this.channel = new ProcessChannel(this.child.stdio[CHANNEL] as net.Socket, {
      onLine: (line) => this.read(line),
      onTooLong: () => this.endByGarbage('it wrote a line of more than 6 MB to'),
      onEnd: () => this.endSoon(() => this.endByGarbage('it closed')),
    });
    this.channel.send(encodeSetup(setup));
    this.readPipe('stdout');
    this.readPipe('stderr');
    this.gone = this.watchEnd();
    this.watchTime();
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  public get version(): number {
    return this.options.version;
  }

  public get isStarting(): boolean {
    return this.state === 'starting';
  }

  /** Whether the process was ever sent an invocation. */
  public get served(): boolean {
    return this.hasServed;
  }

  /** The number of invocations in the process: the running one and the prefetched ones. */
  public get load(): number {
    return this.inFlight.size;
  }

  /** Whether the process may be sent invocations: it is ready, and neither returns any nor holds them up behind a slow one. */
  public takesMore(now: number): boolean {
    return this.state === 'ready' && !this.retiring && !this.failing && !this.inFlight.awaitsReturns && this.runningFor(now) <= SLOW
      && !this.inFlight.running?.fault;
  }

  /** Milliseconds that the running invocation has taken so far; 0 if none runs. */
  public runningFor(now: number): number {
    return this.inFlight.size > 0 ? now - this.since : 0;
  }

  /** Runs an invocation, or prefetches it if one runs. */
  public send(invocation: Invocation): void {
    this.hasServed = true;
    const lease = this.inFlight.add(invocation);
    if (invocation.fault) this.runFaulty(invocation, invocation.fault);
    else this.channel.send(encodeInvocation(invocation.requestId, invocation.event, lease, invocation.clientContext));
    if (lease !== undefined) return;
    this.channel.flush();
    this.beginNext();
  }

  private runFaulty(invocation: Invocation, fault: InvocationFault): void {
    runFaulty(fault, {
      timeout: this.options.fn.timeout,
      isOver: () => this.inFlight.running !== invocation,
      send: () => {
        this.channel.send(encodeInvocation(invocation.requestId, invocation.event, undefined, invocation.clientContext));
        this.channel.flush();
      },
      crash: () => this.crash(),
      timeOut: () => this.timeOut(),
    });
  }

  /** Ends the process as Lambda ends one that runs out of memory. */
  private crash(): boolean {
    this.kill(exitFailure('exit', null, 'SIGKILL'));
    return true;
  }

  /**
   * Takes back what was prefetched and is stuck.
   *
   * @param readUpTo `systemTime` up to which all that the process sent has been read
   */
  public revokeExpired(readUpTo: number): readonly Invocation[] {
    return this.state === 'ended' || this.channel.paused ? [] : this.inFlight.revokeExpired(readUpTo);
  }

  /** Lets the process finish what is in flight, then ends it. */
  public retire(): void {
    this.retiring = true;
    this.endIfDone();
  }

  /**
   * Ends the process now.
   *
   * @param failure how the running invocation fails, at once rather than when the process has exited; what has not started is returned
   */
  public kill(failure?: Failure): void {
    kill(this.child);
    if (failure) this.end(failure);
  }

  private read(line: string): void {
    if (this.state === 'ended') return;
    const message = decodeMessage(line);
    if (!message || !this.take(message)) this.endByGarbage(`it wrote ${JSON.stringify(shortened(line))} to`);
  }

  /** @returns false if the process may not send this message now */
  private take(message: ProcessMessage): boolean {
    switch (message.type) {
      case 'loaded': return this.state === 'starting' && this.ready();
      case 'not-loaded': return this.state === 'starting' && this.failToLoad(message.error);
      case 'result':
      case 'error': return this.finish(message);
      case 'returned': return this.takeReturned(message.count);
      case 'output': return this.print(message);
      case 'note':
        this.awsCalls.read(message.facts);
        return true;
    }
  }

  /** Fails the running invocation as Lambda does when a runtime is killed. */
  private endByGarbage(what: string): void {
    this.channel.close();
    if (this.state === 'ended') return;
    this.options.onGarbage(this.options.fn, `its process was ended: ${what} file descriptor ${CHANNEL}, by which it answers the gateway`);
    this.kill(exitFailure(this.state === 'starting' ? 'init' : 'exit', null, 'SIGKILL'));
  }

  /** Gives the process a moment to end by itself. */
  private endSoon(force: () => void): void {
    setTimeout(() => { if (isRunning(this.child)) force(); }, ENDING).unref();
  }

  private ready(): boolean {
    this.state = 'ready';
    this.readyAt = performance.now();
    this.output.flush();
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.retiring) this.kill();
    else this.observer.onReady(this);
    return true;
  }

  private failToLoad(reported: HandlerError): boolean {
    const error = this.mapped(reported);
    this.end(reportedFailure('init', error), error);
    this.kill();
    return true;
  }

  private finish(message: Extract<ProcessMessage, { readonly type: 'result' | 'error' }>): boolean {
    if (this.failing) return false;
    const { requestId, duration } = message;
    const { running } = this.inFlight;
    if (running?.fault?.kill && running.requestId === requestId) return this.crash();
    const invocation = this.inFlight.finish(requestId);
    if (!invocation) return this.inFlight.finishRevoked(requestId);
    this.output.flush();
    this.failing = message.type === 'error' && message.last;
    if (this.failing) this.endSoon(() => this.kill());
    else this.beginNext();
    if (message.type === 'result') invocation.end({ ok: true, payload: message.payload, requestId, duration });
    else invocation.end(reportedFailure('error', this.mapped(message.error))(requestId, duration));
    this.observer.onFinished(this, duration);
    this.endIfDone();
    return true;
  }

  /** The time of the next invocation begins, if there is one. */
  private beginNext(): void {
    this.since = performance.now();
    const { running } = this.inFlight;
    if (!running) return;
    this.watchTime();
    const isColdStart = running.queuedAt < this.readyAt;
    this.readyAt = 0;
    running.onStart?.(isColdStart);
  }

  private takeReturned(count: number): boolean {
    const returned = this.inFlight.takeReturned(count);
    if (!returned) return false;
    this.beginNext();
    this.observer.onReturned(returned);
    this.endIfDone();
    return true;
  }

  private endIfDone(): void {
    if (this.retiring && this.inFlight.size === 0) this.kill();
  }

  private mapped(error: HandlerError): HandlerError {
    return { ...error, trace: this.options.mapStack(this.options.fn.id, error.trace) };
  }

  private print({ stream, requestId, text }: Extract<ProcessMessage, { readonly type: 'output' }>): boolean {
    const isOwn = requestId !== undefined && this.inFlight.has(requestId);
    this.output.add(stream, isOwn ? requestId : undefined, text);
    return true;
  }

  /** Reads what addons, grandchildren and Node.js itself print past the channel; it is attributed to the running invocation. */
  private readPipe(stream: 'stdout' | 'stderr'): void {
    const pipe = this.child[stream];
    if (!pipe) return;
    readInTurns<string>(pipe.setEncoding('utf8'), {
      begin: (text) => this.options.launch.setup.inspectorPort === undefined ? text : this.debugger.read(text),
      go: (text, isLate) => this.output.addInTurn(stream, this.inFlight.running?.requestId, text, isLate),
    });
  }

  /** Sets the one timer of the process, which is set again if it fires too early: cheaper than a timer for each invocation. */
  private watchTime(): void {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      // Results that arrived while the gateway itself was busy are read first.
      setImmediate(() => this.checkTime());
    }, Math.max(1, this.since + this.limit - performance.now()));
  }

  private get limit(): number {
    return this.state === 'starting' ? START_LIMIT : this.options.fn.timeout;
  }

  private checkTime(): void {
    if (this.state === 'ended' || (this.state === 'ready' && this.inFlight.size === 0)) return;
    // While a debugger is attached, time stands still; the full limit begins when it leaves.
    if (this.debugger.attached) this.since = performance.now();
    if (performance.now() - this.since < this.limit) return this.watchTime();
    this.timeOut();
  }

  private timeOut(): void {
    this.awsCalls.timeOut();
    this.kill(timeoutFailure(this.state === 'starting' ? 'init' : 'timeout', this.limit));
  }

  private async watchEnd(): Promise<void> {
    // As on Lambda, nothing of an ended environment keeps running.
    const [code, signal] = await exitOf(this.child, EXIT_GRACE);
    // Its last lines may have been read and still wait for their turn.
    for (const end = performance.now() + EXIT_GRACE; this.channel.paused && performance.now() < end;) await nextTurn();
    this.end(exitFailure(this.state === 'starting' ? 'init' : 'exit', code, signal), undefined, signal !== null);
    for (const pipe of this.child.stdio) pipe?.destroy();
  }

  private end(failure: Failure, error?: HandlerError, killed = false): void {
    if (this.state === 'ended') return;
    const { state, inFlight } = this;
    this.state = 'ended';
    clearTimeout(this.timer);
    this.output.flush();
    const running = this.failing ? undefined : inFlight.takeRunning();
    running?.end(failure(running.requestId, Math.round(performance.now() - this.since)));
    this.observer.onReturned(inFlight.takeAll());
    if (state === 'starting' && !this.retiring) this.observer.onStartFailed(this, { failure, error, killed });
    else this.observer.onEnded(this);
  }
}
