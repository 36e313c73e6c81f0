import { randomUUID } from 'crypto';
import { setImmediate as nextTurn } from 'timers/promises';
import type { AwsCallEvent } from './aws-calls';
import { unservedFailure, type HandlerError } from './failures';
import { FunctionQueue } from './function-queue';
import type { InvocationResult, Invoker } from './invoker';
import { launchOf } from './launch';
import { missingPackage } from './missing-package';
import type { OutputLine } from './output-lines';
import type { LambdaFunction, Notice } from '../assembly/model';
import { atMost } from '../patience';

export interface FunctionPoolOptions {
  /** The app's folder: what bundles left out is taken from its node_modules. */
  readonly directory: string;
  /**
   * Processes of a function at most, and so invocations at a time. A lower reserved concurrency of the function counts instead.
   * @default 4
   */
  readonly concurrency?: number;
  /** The complete environment of a function's process (see environment.ts); asked for at `start` and `replace`. */
  readonly environment: (fn: LambdaFunction) => Record<string, string>;
  /** A handler printed a line. */
  readonly onOutput: (line: OutputLine) => void;
  /** `package-missing`, `function-not-started`, `function-not-served`, `function-garbled`, `inspector-refused`. */
  readonly onNotice?: (notice: Notice) => void;
  /** Maps a stack to the sources; Node.js has done so already where there are source maps. */
  readonly mapStack?: (functionId: string, stackLines: readonly string[]) => readonly string[];
  /** Gives every Node.js function a debugger port, counted from this; it then has one process, and its timeout waits for the debugger. */
  readonly inspect?: number;
  /** A debugger may attach there: `ws://127.0.0.1:9229/...`; told again for each new process. */
  readonly onInspector?: (fn: LambdaFunction, url: string) => void;
  /** A call to AWS failed, or a call to the gateway would fail on AWS: see aws-calls.ts. */
  readonly onAwsCall?: (fn: LambdaFunction, event: AwsCallEvent) => void;
  /** Told the ids of all processes soon after some were started or have ended. */
  readonly onProcesses?: (pids: readonly number[]) => void;
  /**
   * Folder for inline code.
   * @default that of the system for temporary files
   */
  readonly temporaryDirectory?: string;
}

const DEFAULT_CONCURRENCY = 4;
/** Milliseconds to wait for killed processes to end. */
const CLOSING_PATIENCE = 800;

/**
 * Runs Lambda functions in child processes. Other than on Lambda, a process is not frozen between invocations: what a handler left
 * behind goes on, and what it prints then has no request id.
 */
export class FunctionPool implements Invoker {
  private readonly queues = new Map<string, FunctionQueue>();
  private readonly inspectorPorts = new Map<string, number>();
  private areStarted = false;
  private isTelling = false;
  private isClosed = false;

  public constructor(private readonly options: FunctionPoolOptions) {}

  /** Starts one process a function. Fulfilled when all are ready or have failed, which `onNotice` tells. */
  public async start(functions: ReadonlyMap<string, LambdaFunction>): Promise<void> {
    const queues = [...functions.values()].map((fn) => this.add(fn));
    const ready: Promise<void>[] = [];
    for (const queue of queues) {
      ready.push(queue.warm());
      // To start a process takes milliseconds, in which nobody else is served.
      await nextTurn();
    }
    this.areStarted = true;
    this.tellProcesses();
    await Promise.all(ready);
  }

  /** Takes new code or settings: the next invocation runs on them, what runs is finished on the old. Also adds a function. */
  public replace(fn: LambdaFunction): void {
    if (this.isClosed) return;
    const queue = this.queues.get(fn.id);
    if (queue) queue.replace(fn);
    else void this.add(fn).warm();
  }

  /** Ends a function's processes; what runs or waits fails. */
  public remove(functionId: string): void {
    const queue = this.queues.get(functionId);
    this.queues.delete(functionId);
    void queue?.close('the function was removed');
  }

  public invoke(functionId: string, event: string, onStart?: () => void): Promise<InvocationResult> {
    return new Promise((resolve) => {
      const requestId = randomUUID();
      const queue = this.queues.get(functionId);
      if (queue) queue.enqueue({ requestId, event, version: queue.version, queuedAt: performance.now(), onStart, end: resolve });
      else resolve(unservedFailure(`there is no function ${functionId}`)(requestId, 0));
    });
  }

  /** Process ids of a function, or of all. */
  public pids(functionId?: string): readonly number[] {
    return [...this.queues].flatMap(([id, queue]) => functionId === undefined || functionId === id ? queue.pids : []);
  }

  /** Ends all processes; resolves when none is left, except processes that the system cannot end. */
  public async close(): Promise<void> {
    this.isClosed = true;
    const queues = [...this.queues.values()];
    await atMost(CLOSING_PATIENCE, Promise.all(queues.map((queue) => queue.close('the gateway was closed'))));
  }

  private add(fn: LambdaFunction): FunctionQueue {
    const { options } = this;
    const queue = new FunctionQueue(fn, {
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      launch: (current) => this.launch(current),
      mapStack: options.mapStack ?? ((_functionId, stackLines) => stackLines),
      onOutput: options.onOutput,
      onStartFailed: (current, reason, error) => this.reportStart(current, reason, error),
      onInspector: (current, url) => options.onInspector?.(current, url),
      onInspectorRefused: (current, reason) => this.notice('inspector-refused', current, reason),
      onAwsCall: (current, event) => options.onAwsCall?.(current, event),
      onGarbage: (current, reason) => this.notice('function-garbled', current, reason),
      onProcesses: () => this.tellProcesses(),
    });
    this.queues.set(fn.id, queue);
    return queue;
  }

  /** Those of one turn of the event loop together, and those of the start when all are there: nobody waits for this. */
  private tellProcesses(): void {
    const { onProcesses } = this.options;
    if (!onProcesses || !this.areStarted || this.isTelling) return;
    this.isTelling = true;
    setImmediate(() => {
      this.isTelling = false;
      onProcesses(this.pids());
    });
  }

  private launch(fn: LambdaFunction): ReturnType<typeof launchOf> {
    const launch = launchOf(fn, { ...this.options, appDirectory: this.options.directory }, this.inspectorPort(fn));
    if ('reason' in launch) this.options.onNotice?.({ code: 'function-not-served', subject: fn.path, text: launch.reason });
    return launch;
  }

  /** The same port as long as the gateway runs: debuggers attach again by it. */
  private inspectorPort({ id, runtime }: LambdaFunction): number | undefined {
    const { inspect } = this.options;
    if (inspect === undefined || !runtime.startsWith('nodejs')) return undefined;
    const port = this.inspectorPorts.get(id) ?? inspect + this.inspectorPorts.size;
    this.inspectorPorts.set(id, port);
    return port;
  }

  private reportStart(fn: LambdaFunction, reason: string, error?: HandlerError): void {
    const notice = error && missingPackage(fn, error, this.options.directory);
    if (notice) this.options.onNotice?.(notice);
    else this.notice('function-not-started', fn, error ? `${error.errorType}: ${reason}` : reason);
  }

  private notice(code: string, fn: LambdaFunction, reason: string): void {
    this.options.onNotice?.({ code, subject: fn.path, text: `${fn.path}: ${reason.split('\n', 1)[0]}` });
  }
}
