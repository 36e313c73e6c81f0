import { spawn, type ChildProcess } from 'child_process';
import type * as net from 'net';
import { AwsCalls, type AwsCallEvent } from './aws-calls';
import { DebuggerState } from './debugger-state';
import { exitFailure, reportedFailure, timeoutFailure, type Failure, type HandlerError } from './failures';
import { GivenInvocations } from './given-invocations';
import type { Invocation } from './invocation';
import type { Launch } from './launch';
import { OutputLines, type OutputLine } from './output-lines';
import { ProcessChannel } from './process-channel';
import type { ProcessObserver } from './process-observer';
import type { LambdaFunction } from '../assembly/model';

export interface HandlerProcessOptions {
  readonly fn: LambdaFunction;
  readonly launch: Launch;
  readonly mapStack: (functionId: string, stackLines: readonly string[]) => readonly string[];
  readonly onOutput: (line: OutputLine) => void;
  /** Debuggers may attach there, or cannot, as the port is taken. */
  readonly onInspector: (fn: LambdaFunction, url: string) => void;
  readonly onInspectorRefused: (fn: LambdaFunction, reason: string) => void;
  /** A call of AWS failed, or one of the gateway would fail on AWS. */
  readonly onAwsCall: (fn: LambdaFunction, event: AwsCallEvent) => void;
}

/** What Node.js and the file system may take on a busy machine before the handler's module counts as one that never loads: milliseconds. */
const START_LIMIT = 60_000;
/** Milliseconds that output may come late after the exit: a grandchild may hold the pipes open. */
const EXIT_GRACE = 200;
/** Milliseconds after which nothing is handed ahead behind what runs. */
const SLOW = 20;

/** A child process that holds a handler and runs one invocation at a time, as an execution environment of Lambda does. */
export class HandlerProcess {
  /** It has ended, and all that it wrote is read. */
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
    this.child = spawn(command, args, { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.channel = new ProcessChannel(this.child.stdio[3] as net.Socket, (line) => this.read(line));
    this.channel.send(JSON.stringify(setup));
    this.readPipe('stdout');
    this.readPipe('stderr');
    this.gone = this.watchEnd();
    this.watchTime();
  }

  public get pid(): number | undefined {
    return this.child.pid;
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
    return this.state === 'ended' ? [] : this.invocations.takeExpired(readUpTo);
  }

  /** Lets it finish what it runs, then ends it. */
  public retire(): void {
    this.retiring = true;
    this.endIfDone();
  }

  /** Ends it now; what runs in it fails, what has not started is given back. */
  public kill(failure?: Failure): void {
    this.child.kill('SIGKILL');
    if (failure) this.end(failure);
  }

  private read(line: string): void {
    if (this.state === 'ended') return;
    switch (line[0]) {
      case 'R':
      case 'E':
      case 'X': return this.finish(line);
      case 'O': return this.print(...JSON.parse(line.slice(1)) as ['stdout' | 'stderr', string | null, string]);
      case 'B': return this.takeReturned(Number(line.slice(1)));
      case 'N': return this.awsCalls.read(line.slice(1));
      case 'S': return this.ready();
      case 'F': return this.failToLoad(JSON.parse(line.slice(1)) as HandlerError);
    }
  }

  private ready(): void {
    this.state = 'ready';
    this.output.flush();
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.retiring) this.kill();
    else this.observer.onReady(this);
  }

  private failToLoad(reported: HandlerError): void {
    const error = this.mapped(reported);
    this.end(reportedFailure('init', error), error);
    this.child.kill('SIGKILL');
  }

  private finish(line: string): void {
    const requestId = line.slice(1, 37);
    const invocation = this.invocations.finish(requestId);
    // It was taken back, and somebody else answers.
    if (!invocation) return;
    this.output.flush();
    this.failing = line[0] === 'X';
    if (!this.failing) this.beginNext();
    const space = line.indexOf(' ');
    const duration = Number(line.slice(37, space));
    const text = line.slice(space + 1);
    if (line[0] === 'R') invocation.end({ ok: true, payload: text, requestId, duration });
    else invocation.end(reportedFailure('error', this.mapped(JSON.parse(text) as HandlerError))(requestId, duration));
    this.observer.onFinished(this, duration);
    this.endIfDone();
  }

  /** The time of the next invocation begins, if there is one. */
  private beginNext(): void {
    this.since = performance.now();
    const { running } = this.invocations;
    if (!running) return;
    this.watchTime();
    running.onStart?.();
  }

  private takeReturned(number: number): void {
    const returned = this.invocations.takeReturned(number);
    this.beginNext();
    this.observer.onReturned(returned);
    this.endIfDone();
  }

  private endIfDone(): void {
    if (this.retiring && this.invocations.size === 0) this.kill();
  }

  private mapped(error: HandlerError): HandlerError {
    return { ...error, trace: this.options.mapStack(this.options.fn.id, error.trace) };
  }

  private print(stream: 'stdout' | 'stderr', requestId: string | null, text: string): void {
    this.output.add(stream, requestId ?? undefined, text);
  }

  /** What does not pass the channel: addons, grandchildren, Node.js itself. It belongs to what runs at the moment. */
  private readPipe(stream: 'stdout' | 'stderr'): void {
    this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      const rest = this.options.launch.setup.inspectorPort === undefined ? text : this.debugger.read(text);
      if (rest !== '') this.output.add(stream, this.invocations.running?.requestId, rest);
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
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      this.child.on('error', () => resolve([127, null]));
      this.child.once('close', (...exit) => resolve(exit));
      this.child.once('exit', (...exit) => setTimeout(() => resolve(exit), EXIT_GRACE).unref());
    });
    this.end(exitFailure(this.state === 'starting' ? 'init' : 'exit', code, signal), undefined, signal !== null);
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
