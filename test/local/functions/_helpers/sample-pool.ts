import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { LambdaFunction, Notice } from '../../../../lib/local/assembly/local-app';
import type { InvocationFailure, InvocationResult } from '../../../../lib/local/functions/invoker';
import { FunctionPool, type FunctionPoolOptions } from '../../../../lib/local/functions/pool';
import type { OutputLine } from '../../../../lib/local/functions/process-output';

export const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

export const REQUEST_ID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

/** What a failed test did not close; its processes would keep jest from ending. */
const open = new Set<SamplePool>();
afterAll(async () => {
  for (const pool of open) await pool.close();
});

/** A pool with real processes in a folder of its own, and what it reported. */
export class SamplePool {
  public readonly directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'functions-test-')));
  public readonly output: OutputLine[] = [];
  public readonly notices: Notice[] = [];
  public readonly pool: FunctionPool;
  private readonly functions = new Map<string, LambdaFunction>();

  public constructor(options: Partial<FunctionPoolOptions> = {}) {
    this.pool = new FunctionPool({
      directory: this.directory,
      environment: (fn) => ({ PATH: process.env.PATH ?? '', AWS_LAMBDA_FUNCTION_NAME: fn.name, ...fn.environment }),
      onOutput: (line) => this.output.push(line),
      onNotice: (notice) => this.notices.push(notice),
      ...options,
    });
    open.add(this);
  }

  public write(file: string, text: string): void {
    const target = path.join(this.directory, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }

  /** Its code is `text` as `<id>/index.js`, if one is given. */
  public add(id: string, text?: string, properties: Partial<LambdaFunction> = {}): LambdaFunction {
    const directory = path.join(this.directory, id);
    fs.mkdirSync(directory, { recursive: true });
    if (text !== undefined) this.write(`${id}/index.js`, text);
    const fn = { ...sampleFunction(id), code: { directory }, ...properties };
    this.functions.set(id, fn);
    return fn;
  }

  public start(first?: ReadonlySet<string>): Promise<void> {
    return this.pool.start(this.functions, first);
  }

  /** Adds a function, starts it and invokes it once. */
  public async run(text: string, properties: Partial<LambdaFunction> = {}, event: unknown = {}): Promise<InvocationResult> {
    const { id } = this.add(`f${this.functions.size}`, text, properties);
    await this.pool.start(new Map([[id, this.functions.get(id)!]]));
    return this.pool.invoke(id, JSON.stringify(event));
  }

  public async fail(text: string, properties: Partial<LambdaFunction> = {}): Promise<InvocationFailure> {
    const result = await this.run(text, properties);
    if (result.ok) throw new Error(`did not fail: ${result.payload}`);
    return result;
  }

  public printed(): string[] {
    return this.output.map(({ text }) => text);
  }

  public async close(): Promise<void> {
    open.delete(this);
    jest.useRealTimers();
    await this.pool.close();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

export function sampleFunction(id: string): LambdaFunction {
  return {
    id,
    path: `Test/${id}`,
    name: `test-${id}`,
    arn: `arn:aws:lambda:eu-west-1:111111111111:function:test-${id}`,
    region: 'eu-west-1',
    account: '111111111111',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    timeout: 60_000,
    memorySize: 128,
    environment: {},
    unresolved: [],
    code: { none: 'nothing was written' },
    layers: [],
  };
}

// A test may stop the clock.
const { setTimeout: realTimeout } = globalThis;

export async function until(condition: () => boolean, limit = 30_000): Promise<void> {
  for (const start = Date.now(); !condition();) {
    if (Date.now() - start > limit) throw new Error('it did not happen');
    await new Promise((resolve) => realTimeout(resolve, 5));
  }
}

/**
 * Stops the clock of this process, and so of the gateway, until the sample is closed. Handlers keep theirs. Call this before the sample is
 * started: the stopped clock begins at 0.
 *
 * @returns moves the clock on by some milliseconds
 */
export function stopClock(): (milliseconds: number) => void {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'],
  });
  return (milliseconds) => jest.advanceTimersByTime(milliseconds);
}

/** A statement that waits for a file, for the beginning of a module. */
export function waitFor(file: string): string {
  return `while (!require('fs').existsSync(${JSON.stringify(file)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);`;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
