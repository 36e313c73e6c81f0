import { randomUUID } from 'crypto';
import { builtinModules } from 'module';
import * as path from 'path';
import { setImmediate as nextTurn } from 'timers/promises';
import type { AwsCallEvent } from './aws-calls';
import { unservedFailure, type InvocationResult, type Invoker, type InvokeOptions, type OnStart } from './invoker';
import { launchOf } from './launch';
import type { OutputLine } from './process-output';
import { FunctionQueue } from './queue';
import type { HandlerError } from './runtime/lines';
import type { LambdaFunction, Notice } from '../assembly/local-app';
import { atMost } from '../patience';

export interface FunctionPoolOptions {
  /** The app's folder: its node_modules has the packages that bundles leave out. */
  readonly directory: string;
  /**
   * The most processes of a function, and so the most invocations at a time. A lower reserved concurrency of the function takes precedence.
   * @default 4
   */
  readonly concurrency?: number;
  /** The complete environment of a function's processes (process-environment.ts); called at `start` and `replace`. */
  readonly environment: (fn: LambdaFunction) => Record<string, string>;
  readonly onOutput: (line: OutputLine) => void;
  /** Notices `package-missing`, `function-not-started`, `function-not-served`, `function-garbled`, `inspector-refused`. */
  readonly onNotice?: (notice: Notice) => void;
  /** Maps a stack to the sources. Where there are source maps, Node.js has done so already. */
  readonly mapStack?: (functionId: string, stackLines: readonly string[]) => readonly string[];
  /** The first debugger port: each Node.js function gets a port, has one process, and does not time out while a debugger is attached. */
  readonly inspect?: number;
  /** Called for each new process with the address that debuggers attach to: `ws://127.0.0.1:9229/...`. */
  readonly onInspector?: (fn: LambdaFunction, url: string) => void;
  /** A call to AWS failed, or a call to the gateway would fail on AWS. */
  readonly onAwsCall?: (fn: LambdaFunction, event: AwsCallEvent) => void;
  /** Called with the ids of all processes soon after one was started or has ended. */
  readonly onProcesses?: (pids: readonly number[]) => void;
  /**
   * The folder for inline code.
   * @default the system's folder for temporary files
   */
  readonly temporaryDirectory?: string;
}

const DEFAULT_CONCURRENCY = 4;
/** Milliseconds that the functions of `$connect` have to start before the others do. */
const HEAD_START = 500;
/** Milliseconds to wait for killed processes to end. */
const CLOSING_PATIENCE = 800;

/**
 * Runs Lambda functions in child processes: a queue for each function, and processes for each queue. Unlike on Lambda, processes are not
 * frozen between invocations: whatever a handler left running keeps running, and what it prints has no request id.
 */
export class FunctionPool implements Invoker {
  private readonly queues = new Map<string, FunctionQueue>();
  /** Functions on demand that were never invoked. */
  private readonly waiting = new Map<string, LambdaFunction>();
  /** Who reads the output of an invocation, by request id. */
  private readonly readers = new Map<string, (text: string) => void>();
  private readonly inspectorPorts = new Map<string, number>();
  private isStarting = false;
  private isReporting = false;
  private isClosed = false;

  public constructor(private readonly options: FunctionPoolOptions) {}

  /**
   * Starts one process for each function that is not on demand. Resolves when all are ready or have failed; `onNotice` reports failures.
   *
   * @param first ids of the functions that start before the others, which would compete with them for the processor
   */
  public async start(functions: ReadonlyMap<string, LambdaFunction>, first: ReadonlySet<string> = new Set()): Promise<void> {
    const all = [...functions.values()];
    for (const fn of all.filter(({ onDemand }) => onDemand)) this.waiting.set(fn.id, fn);
    const queues = all.filter(({ onDemand }) => !onDemand).map((fn) => ({ isFirst: first.has(fn.id), queue: this.add(fn) }));
    const early = await this.warm(queues.filter(({ isFirst }) => isFirst));
    await atMost(HEAD_START, Promise.all(early));
    const late = await this.warm(queues.filter(({ isFirst }) => !isFirst));
    await Promise.all([...early, ...late]);
  }

  /** Takes new code or settings for the next invocations; what runs is finished with the old ones. Adds the function if it is new. */
  public replace(fn: LambdaFunction): void {
    if (this.isClosed) return;
    const queue = this.queues.get(fn.id);
    if (queue) queue.replace(fn);
    else if (fn.onDemand) this.waiting.set(fn.id, fn);
    else void this.add(fn).warm();
  }

  /** Ends a function's processes; what is in flight or pending fails. */
  public remove(functionId: string): void {
    const queue = this.queues.get(functionId);
    this.queues.delete(functionId);
    this.waiting.delete(functionId);
    void queue?.close('the function was removed');
  }

  public invoke(functionId: string, event: string, onStart?: OnStart, options: InvokeOptions = {}): Promise<InvocationResult> {
    return new Promise((resolve) => {
      const { requestId = randomUUID(), clientContext, onOutput, fault } = options;
      const queue = this.queues.get(functionId) ?? this.firstUse(functionId);
      if (!queue) return resolve(unservedFailure(`there is no function ${functionId}`)(requestId, 0));
      if (onOutput) this.readers.set(requestId, onOutput);
      const end = (result: InvocationResult): void => {
        if (onOutput) this.readers.delete(requestId);
        resolve(result);
      };
      queue.enqueue({ requestId, event, clientContext, version: queue.version, queuedAt: performance.now(), onStart, fault, end });
    });
  }

  /** Whether a function was started, or was to be; one on demand is with its first invocation. */
  public isStarted(functionId: string): boolean {
    return this.queues.has(functionId);
  }

  /** The number of invocations of a function that are pending or in flight. */
  public load(functionId: string): number {
    return this.queues.get(functionId)?.load ?? 0;
  }

  private firstUse(functionId: string): FunctionQueue | undefined {
    const fn = this.isClosed ? undefined : this.waiting.get(functionId);
    this.waiting.delete(functionId);
    return fn && this.add(fn);
  }

  /** The process ids of a function, or of all functions. */
  public pids(functionId?: string): readonly number[] {
    return [...this.queues].flatMap(([id, queue]) => functionId === undefined || functionId === id ? queue.pids : []);
  }

  /** Ends all processes. Resolves when none is left, except for processes that the system cannot end. */
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
      onOutput: (line) => this.print(line),
      onStartFailed: (current, reason, error) => this.reportStart(current, reason, error),
      onInspector: (current, url) => options.onInspector?.(current, url),
      onInspectorRefused: (current, reason) => this.notice('inspector-refused', current, reason),
      onAwsCall: (current, event) => options.onAwsCall?.(current, event),
      onGarbage: (current, reason) => this.notice('function-garbled', current, reason),
      onProcesses: () => this.reportProcesses(),
    });
    this.queues.set(fn.id, queue);
    return queue;
  }

  private print(line: OutputLine): void {
    this.options.onOutput(line);
    if (line.requestId !== undefined && this.readers.size > 0) this.readers.get(line.requestId)?.(line.text);
  }

  /** Resolves when the processes are there, with promises that they are ready or have failed. */
  private async warm(queues: readonly { readonly queue: FunctionQueue }[]): Promise<Promise<void>[]> {
    const ready: Promise<void>[] = [];
    this.isStarting = true;
    for (const { queue } of queues) {
      // An invocation may have started a process meanwhile.
      if (queue.pids.length === 0) ready.push(queue.warm());
      // Starting a process takes milliseconds in which the gateway serves no client.
      await nextTurn();
    }
    this.isStarting = false;
    this.reportProcesses();
    return ready;
  }

  /** Reports at most once a turn of the event loop, and only when all processes that are being started are there. */
  private reportProcesses(): void {
    const { onProcesses } = this.options;
    if (!onProcesses || this.isStarting || this.isReporting) return;
    this.isReporting = true;
    setImmediate(() => {
      this.isReporting = false;
      onProcesses(this.pids());
    });
  }

  private launch(fn: LambdaFunction): ReturnType<typeof launchOf> {
    const launch = launchOf(fn, { ...this.options, appDirectory: this.options.directory }, this.inspectorPort(fn));
    if ('reason' in launch) this.options.onNotice?.({ code: 'function-not-served', subject: fn.path, text: launch.reason });
    return launch;
  }

  /** A function keeps its port as long as the gateway runs, so that debuggers can attach again. */
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

/** The notice that names the package a function lacks; undefined if the function failed to load for another reason. */
export function missingPackage(fn: LambdaFunction, error: HandlerError, appDirectory: string): Notice | undefined {
  const isPython = fn.runtime.startsWith('python');
  const wanted = (isPython ? PYTHON_IMPORT : NODE_IMPORT).exec(error.errorMessage)?.[1];
  if (wanted === undefined || wanted === moduleOf(fn) || builtinModules.includes(wanted)) return undefined;
  const name = isPython ? wanted.split('.')[0] : wanted.split('/').slice(0, wanted.startsWith('@') ? 2 : 1).join('/');
  const text = isPython
    ? `${fn.path} imports ${name}, which is neither in its code nor installed: pip install ${name}`
    : `${fn.path} imports ${name}, which is neither in its code nor in ${path.join(appDirectory, 'node_modules')}: `
      + `npm install --save-dev ${name}`;
  return { code: 'package-missing', subject: fn.path, text };
}

/** Only bare names: `./text` is a file, not a package. */
const NODE_IMPORT = /Cannot find (?:module|package) '((?![./#]|node:|file:)[^']+)'/;
const PYTHON_IMPORT = /No module named '([^']+)'/;

/** The handler's own module, which is missing if the handler is misspelt. */
function moduleOf(fn: LambdaFunction): string {
  return path.basename(fn.handler).split('.')[0];
}
