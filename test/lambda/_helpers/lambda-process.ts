import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';
import { Readable } from 'stream';

/** How an invocation ended, and what it logged. */
export interface Invocation {
  readonly result?: unknown;
  /** The message of the error. */
  readonly error?: string;
  /** Its stack, which Lambda logs. */
  readonly stack?: string;
  readonly log: string;
}

/** What ends the output of an invocation, on both streams: they may come behind the answer. */
const END = '<end of the invocation>';

/** Loads a bundle once and invokes it, as Lambda does. */
const BOOTSTRAP = `
const now = Date.now;
let later = 0;
let stopped;
Date.now = () => (stopped ?? now()) + later;
let loaded;
process.on('message', async ({ bundle, event, seconds, stop }) => {
  if (stop) { stopped = now(); return process.send({}); }
  if (seconds) { later += seconds * 1000; return process.send({}); }
  try {
    loaded ??= require(bundle);
    process.send({ result: await loaded.handler(event) });
  } catch (error) {
    process.send({ error: error.message, stack: error.stack });
  }
  for (const stream of [process.stdout, process.stderr]) stream.write('${END}');
});`;

/** One execution environment of a function of lib/lambda: a process that has only the variables of the function. */
export class LambdaProcess {
  private readonly child: ChildProcess;
  private readonly streams: readonly Output[];

  public constructor(private readonly bundle: string, environment: Record<string, string>) {
    this.child = spawn(process.execPath, ['-e', BOOTSTRAP], { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.streams = [this.child.stdout!, this.child.stderr!].map((stream) => new Output(stream));
  }

  public async invoke(event: object): Promise<Invocation> {
    const bundle = path.join(__dirname, `../../../lib/lambda/${this.bundle}.bundle.js`);
    const [answer, ...logs] = await Promise.all([this.ask({ bundle, event }), ...this.streams.map((stream) => stream.next())]);
    return { ...answer, log: logs.join('') };
  }

  /** Stops the clock of the function, so that only `advance` moves it. */
  public async stopClock(): Promise<void> {
    await this.ask({ stop: true });
  }

  /** Sets the clock of the function forward. */
  public async advance(seconds: number): Promise<void> {
    await this.ask({ seconds });
  }

  public async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    await new Promise((resolve) => { this.child.once('exit', resolve).kill(); });
  }

  private ask(message: object): Promise<object> {
    return new Promise((resolve, reject) => {
      this.child.once('message', (answer: object) => { this.child.off('exit', reject); resolve(answer); });
      this.child.once('exit', reject);
      this.child.send(message);
    });
  }
}

/** What a stream brings, an invocation at a time. */
class Output {
  private text = '';
  private look?: () => void;

  public constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.text += chunk;
      this.look?.();
    });
  }

  /** What came before the next end of an invocation. */
  public next(): Promise<string> {
    return new Promise((resolve) => {
      this.look = () => {
        const end = this.text.indexOf(END);
        if (end === -1) return;
        this.look = undefined;
        const log = this.text.slice(0, end);
        this.text = this.text.slice(end + END.length);
        resolve(log);
      };
      this.look?.();
    });
  }
}
