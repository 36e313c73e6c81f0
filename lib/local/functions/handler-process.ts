import { spawn, type ChildProcess } from 'child_process';
import type * as net from 'net';
import { AwsCalls, type AwsCallEvent } from './aws-calls';
import { DebuggerState } from './debugger-state';
import { exitFailure, reportedFailure, timeoutFailure, type Failure, type HandlerError } from './failures';
import { GivenInvocations } from './given-invocations';
import type { Invocation } from './invocation';
import type { Launch } from './launch';
import { OutputLines, type OutputLine } from './output-lines';
import { ProcessChannel, readInTurns } from './process-channel';
import { readMessage, type ProcessMessage } from './process-message';
import type { ProcessObserver } from './process-observer';
import type { LambdaFunction } from '../assembly/model';
import { exitOf, HAS_GROUPS, isRunning, kill } from '../process-group';
import { shortened } from '../protocol/quote';

export interface HandlerProcessOptions {
  readonly fn: LambdaFunction;
  readonly launch: Launch;
  /** The version of the function's code; later code has a higher number. */
  readonly version: number;
  readonly mapStack: (functionId: string, stackLines: readonly string[]) => readonly string[];
  readonly onOutput: (line: OutputLine) => void;
  /** Debuggers may attach there, or cannot, as the port is taken. */
  readonly onInspector: (fn: LambdaFunction, url: string) => void;
  readonly onInspectorRefused: (fn: LambdaFunction, reason: string) => void;
  /** A call to AWS failed, or a call to the gateway would fail on AWS. */
  readonly onAwsCall: (fn: LambdaFunction, event: AwsCallEvent) => void;
  /** The process was ended because it wrote a malformed line to the gateway. */
  readonly onGarbage: (fn: LambdaFunction, reason: string) => void;
}

/** What Node.js and the file system may take on a busy machine before the handler's module counts as one that never loads: milliseconds. */
const START_LIMIT = 60_000;
/** Milliseconds to wait for output after the exit: a grandchild may keep the pipes open forever. */
const EXIT_GRACE = 200;
/** Milliseconds until a process must have exited after it announced that, or closed its channel. */
const ENDING = 1_000;
/** Milliseconds after which nothing is handed ahead behind what runs. */
const SLOW = 20;

/** A child process that holds a handler and runs one invocation at a time, as an execution environment of Lambda does. */
export class HandlerProcess {
  /** It has exited and its own output has been read; output of its grandchildren is not awaited. */
  public readonly gone: Promise<void>;
  private state: 'starting' | 'ready' | 'ended' = 'starting';
  private readonly invocations = new GivenInvocations();
  /** When the running one started, or the process itself: milliseconds of `performance.now()`. */
  private since = performance.now();
  private retiring = false;
  /** It has failed so that it ends by itself: nothing runs in it any more. */
  private failing = false;
  private hasServed = false;
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
    this.child = spawn(command, args, { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: HAS_GROUPS });
    this.channel = new ProcessChannel(this.child.stdio[3] as net.Socket, {
      onLine: (line) => this.read(line),
      onTooLong: () => this.endByGarbage('it wrote a line of more than 6 MB to'),
      onEnd: () => this.endSoon(() => this.endByGarbage('it closed')),
    });
    this.channel.send(JSON.stringify(setup));
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

  public get starting(): boolean {
    return this.state === 'starting';
  }

  /** It is ready, and what it runs does not hold up what comes after. */
  public takesMore(now: number): boolean {
    return this.state === 'ready' && !this.retiring && !this.failing && this.runningFor(now) <= SLOW;
  }

  /** How many invocations it has: the one that runs, and those handed ahead. */
  public get given(): number {
    return this.invocations.size;
  }

  /** It was given an invocation at some time. */
  public get served(): boolean {
    return this.hasServed;
  }

  /** Milliseconds that the running invocation has taken so far; 0 if none runs. */
  public runningFor(now: number): number {
    return this.invocations.size > 0 ? now - this.since : 0;
  }

  public run(invocation: Invocation): void {
    this.hasServed = true;
    const lease = this.invocations.add(invocation);
    const { event, requestId } = invocation;
    // Outside of strings, where it cannot be, a line feed in JSON is a space.
    this.channel.send(`I${requestId}${lease ?? ''} ${event.includes('\n') ? event.replaceAll('\n', ' ') : event}`);
    if (lease !== undefined) return;
    this.channel.flush();
    this.beginNext();
  }

  /**
   * Takes back what was handed ahead and is stuck.
   *
   * @param readUpTo `systemTime` up to which all that the process sent has been read
   */
  public takeStuck(readUpTo: number): readonly Invocation[] {
    return this.state === 'ended' || this.channel.paused ? [] : this.invocations.takeExpired(readUpTo);
  }

  /** Lets it finish what it runs, then ends it. */
  public retire(): void {
    this.retiring = true;
    this.endIfDone();
  }

  /** Ends it now; what runs in it fails, what has not started is given back. */
  public kill(failure?: Failure): void {
    kill(this.child);
    if (failure) this.end(failure);
  }

  private read(line: string): void {
    if (this.state === 'ended') return;
    const message = readMessage(line);
    if (!message || !this.take(message)) this.endByGarbage(`it wrote ${JSON.stringify(shortened(line))} to`);
  }

  /** @returns false if it cannot be said now */
  private take(message: ProcessMessage): boolean {
    switch (message.type) {
      case 'loaded': return this.state === 'starting' && this.ready();
      case 'not-loaded': return this.state === 'starting' && this.failToLoad(message.error);
      case 'result':
      case 'error': return this.finish(message);
      case 'returned': return this.takeReturned(message.count);
      case 'output': return this.print(message);
      case 'aws-call':
        this.awsCalls.read(message.facts);
        return true;
    }
  }

  /** As Lambda puts it when a runtime is killed in the middle of its work. */
  private endByGarbage(what: string): void {
    this.channel.close();
    if (this.state === 'ended') return;
    this.options.onGarbage(this.options.fn, `its process was ended: ${what} file descriptor 3, by which it answers the gateway`);
    this.kill(exitFailure(this.state === 'starting' ? 'init' : 'exit', null, 'SIGKILL'));
  }

  /** By itself, or else by force. */
  private endSoon(force: () => void): void {
    setTimeout(() => { if (isRunning(this.child)) force(); }, ENDING).unref();
  }

  private ready(): boolean {
    this.state = 'ready';
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
    const invocation = this.invocations.finish(requestId);
    if (!invocation) return this.invocations.finishTakenBack(requestId);
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
    const { running } = this.invocations;
    if (!running) return;
    this.watchTime();
    running.onStart?.();
  }

  private takeReturned(count: number): boolean {
    const returned = this.invocations.takeReturned(count);
    if (!returned) return false;
    this.beginNext();
    this.observer.onReturned(returned);
    this.endIfDone();
    return true;
  }

  private endIfDone(): void {
    if (this.retiring && this.invocations.size === 0) this.kill();
  }

  private mapped(error: HandlerError): HandlerError {
    return { ...error, trace: this.options.mapStack(this.options.fn.id, error.trace) };
  }

  private print({ stream, requestId, text }: Extract<ProcessMessage, { readonly type: 'output' }>): boolean {
    const isOwn = requestId !== undefined && this.invocations.has(requestId);
    this.output.add(stream, isOwn ? requestId : undefined, text);
    return true;
  }

  /** What does not pass the channel: addons, grandchildren, Node.js itself. It belongs to what runs at the moment. */
  private readPipe(stream: 'stdout' | 'stderr'): void {
    const pipe = this.child[stream];
    if (!pipe) return;
    readInTurns<string>(pipe.setEncoding('utf8'), {
      begin: (text) => this.options.launch.setup.inspectorPort === undefined ? text : this.debugger.read(text),
      go: (text, isLate) => this.output.addInTurn(stream, this.invocations.running?.requestId, text, isLate),
    });
  }

  /** One timer a process, set again when it was too early: cheaper than one an invocation. */
  private watchTime(): void {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      // Results that came while this process was busy itself are read first.
      setImmediate(() => this.checkTime());
    }, Math.max(1, this.since + this.limit - performance.now()));
  }

  private get limit(): number {
    return this.state === 'starting' ? START_LIMIT : this.options.fn.timeout;
  }

  private checkTime(): void {
    if (this.state === 'ended' || (this.state === 'ready' && this.invocations.size === 0)) return;
    // Who stands at a breakpoint has all the time; it starts anew when the debugger leaves.
    if (this.debugger.attached) this.since = performance.now();
    if (performance.now() - this.since < this.limit) return this.watchTime();
    this.awsCalls.timeOut();
    this.kill(timeoutFailure(this.state === 'starting' ? 'init' : 'timeout', this.limit));
  }

  private async watchEnd(): Promise<void> {
    // As on Lambda, nothing of an ended environment keeps running.
    const [code, signal] = await exitOf(this.child, EXIT_GRACE);
    this.end(exitFailure(this.state === 'starting' ? 'init' : 'exit', code, signal), undefined, signal !== null);
    for (const pipe of this.child.stdio) pipe?.destroy();
  }

  private end(failure: Failure, error?: HandlerError, killed = false): void {
    if (this.state === 'ended') return;
    const { state, invocations } = this;
    this.state = 'ended';
    clearTimeout(this.timer);
    this.output.flush();
    const running = this.failing ? undefined : invocations.takeRunning();
    running?.end(failure(running.requestId, Math.round(performance.now() - this.since)));
    this.observer.onReturned(invocations.takeAll());
    if (state === 'starting' && !this.retiring) this.observer.onStartFailed(this, { failure, error, killed });
    else this.observer.onEnded(this);
  }
}
