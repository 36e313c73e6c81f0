import { spawn, type ChildProcess } from 'child_process';
import type * as net from 'net';
import { DebuggerState } from './debugger-state';
import { exitFailure, reportedFailure, timeoutFailure, type Failure, type HandlerError } from './failures';
import type { Invocation } from './invocation';
import type { Launch } from './launch';
import { OutputLines, type OutputLine } from './output-lines';
import { ProcessChannel } from './process-channel';

/** What a process tells its function. */
export interface ProcessObserver {
  onReady(process: HandlerProcess): void;
  /** It ended before it was ready; why, unless it was told to. */
  onStartFailed(process: HandlerProcess, failure: Failure, error?: HandlerError): void;
  /** An invocation is over; what it took in milliseconds. */
  onFinished(process: HandlerProcess, duration: number): void;
  /** Invocations that have not started, in order. */
  onReturned(invocations: readonly Invocation[]): void;
  /** It takes no more invocations. */
  onEnded(process: HandlerProcess): void;
}

export interface HandlerProcessOptions {
  readonly functionId: string;
  /** Milliseconds that an invocation may take. */
  readonly timeout: number;
  readonly launch: Launch;
  readonly mapStack: (stackLines: readonly string[]) => readonly string[];
  readonly onOutput: (line: OutputLine) => void;
  /** Debuggers may attach there, or cannot, as the port is taken. */
  readonly onInspector: (url: string) => void;
  readonly onInspectorRefused: (reason: string) => void;
}

/** What Node.js and the file system may take on a busy machine before the handler's module counts as one that never loads: milliseconds. */
const START_LIMIT = 60_000;
/** Milliseconds that output may come late after the exit: a grandchild may hold the pipes open. */
const EXIT_GRACE = 200;

/** A child process that holds a handler and runs one invocation at a time, as an execution environment of Lambda does. */
export class HandlerProcess {
  /** It has ended, and all that it wrote is read. */
  public readonly gone: Promise<void>;
  private state: 'starting' | 'ready' | 'ended' = 'starting';
  /** The first one runs, the others were handed ahead. */
  private invocations: Invocation[] = [];
  /** When the first one started, or the process itself: milliseconds of `performance.now()`. */
  private since = performance.now();
  private recalling = false;
  /** What it runs has turned out slow: nothing is handed ahead behind it. */
  private slow = false;
  private retiring = false;
  /** It has failed so that it ends by itself: nothing runs in it any more. */
  private failing = false;
  private hasServed = false;
  private timer?: NodeJS.Timeout;
  private readonly child: ChildProcess;
  private readonly channel: ProcessChannel;
  private readonly output: OutputLines;
  private readonly debugger: DebuggerState;

  public constructor(private readonly options: HandlerProcessOptions, private readonly observer: ProcessObserver) {
    const { command, args, directory, environment, setup } = options.launch;
    this.output = new OutputLines(options.functionId, options.onOutput);
    this.debugger = new DebuggerState(options.onInspector, options.onInspectorRefused);
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
  public get takesMore(): boolean {
    return this.state === 'ready' && !this.retiring && !this.recalling && !this.slow && !this.failing;
  }

  /** How many invocations it has: the one that runs, and those handed ahead. */
  public get given(): number {
    return this.invocations.length;
  }

  /** How many were handed ahead. */
  public get ahead(): number {
    return Math.max(0, this.invocations.length - 1);
  }

  /** It was given an invocation at some time. */
  public get served(): boolean {
    return this.hasServed;
  }

  /** Milliseconds that the running invocation has taken so far; 0 if none runs. */
  public runningFor(now: number): number {
    return this.invocations.length > 0 ? now - this.since : 0;
  }

  public run(invocation: Invocation): void {
    this.hasServed = true;
    const wasIdle = this.invocations.push(invocation) === 1;
    if (wasIdle) {
      this.since = performance.now();
      this.watchTime();
    }
    const { event, requestId } = invocation;
    // Outside of strings, where it cannot be, a line feed in JSON is a space.
    this.channel.send(`I${requestId}${event.includes('\n') ? event.replaceAll('\n', ' ') : event}`);
    if (wasIdle) this.channel.flush();
  }

  /** Asks for what has not started, as what runs is slow; a process in a busy loop cannot answer. */
  public recall(): void {
    this.slow = this.invocations.length > 0;
    if (this.recalling || this.ahead === 0) return;
    this.recalling = true;
    this.channel.send('B');
  }

  /** Lets it finish what it runs, then ends it. */
  public retire(): void {
    this.retiring = true;
    this.recall();
    if (this.invocations.length === 0) this.kill();
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
      case 'B': return this.giveBack(Number(line.slice(1)));
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
    const invocation = this.invocations.shift();
    if (!invocation) return;
    this.output.flush();
    this.since = performance.now();
    this.slow = false;
    this.failing = line[0] === 'X';
    const space = line.indexOf(' ');
    const duration = Number(line.slice(1, space));
    const text = line.slice(space + 1);
    const { requestId } = invocation;
    if (line[0] === 'R') invocation.end({ ok: true, payload: text, requestId, duration });
    else invocation.end(reportedFailure('error', this.mapped(JSON.parse(text) as HandlerError))(requestId, duration));
    this.observer.onFinished(this, duration);
    if (this.retiring && this.invocations.length === 0) this.kill();
  }

  private giveBack(count: number): void {
    this.recalling = false;
    this.observer.onReturned(count > 0 ? this.invocations.splice(-count) : []);
  }

  private mapped(error: HandlerError): HandlerError {
    return { ...error, trace: this.options.mapStack(error.trace) };
  }

  private print(stream: 'stdout' | 'stderr', requestId: string | null, text: string): void {
    this.output.add(stream, requestId ?? undefined, text);
  }

  /** What does not pass the channel: addons, grandchildren, Node.js itself. It belongs to what runs at the moment. */
  private readPipe(stream: 'stdout' | 'stderr'): void {
    this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      const rest = this.options.launch.setup.inspectorPort === undefined ? text : this.debugger.read(text);
      if (rest !== '') this.output.add(stream, this.invocations[0]?.requestId, rest);
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
    return this.state === 'starting' ? START_LIMIT : this.options.timeout;
  }

  private checkTime(): void {
    if (this.state === 'ended' || (this.state === 'ready' && this.invocations.length === 0)) return;
    // Who stands at a breakpoint has all the time; it starts anew when the debugger leaves.
    if (this.debugger.attached) this.since = performance.now();
    if (performance.now() - this.since < this.limit) return this.watchTime();
    this.kill(timeoutFailure(this.state === 'starting' ? 'init' : 'timeout', this.limit));
  }

  private async watchEnd(): Promise<void> {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      this.child.on('error', () => resolve([127, null]));
      this.child.once('close', (...exit) => resolve(exit));
      this.child.once('exit', (...exit) => setTimeout(() => resolve(exit), EXIT_GRACE).unref());
    });
    this.end(exitFailure(this.state === 'starting' ? 'init' : 'exit', code, signal));
  }

  private end(failure: Failure, error?: HandlerError): void {
    if (this.state === 'ended') return;
    const { state, invocations } = this;
    this.state = 'ended';
    this.invocations = [];
    clearTimeout(this.timer);
    this.output.flush();
    const running = this.failing ? undefined : invocations.shift();
    running?.end(failure(running.requestId, Math.round(performance.now() - this.since)));
    this.observer.onReturned(invocations);
    if (state === 'starting' && !this.retiring) this.observer.onStartFailed(this, failure, error);
    else this.observer.onEnded(this);
  }
}
