import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';

/** How an invocation ended, and what it logged. */
export interface Invocation {
  readonly result?: unknown;
  /** The message of the error. */
  readonly error?: string;
  readonly log: string;
}

/** Loads a bundle once and invokes it, as Lambda does. */
const BOOTSTRAP = `
const now = Date.now;
let later = 0;
Date.now = () => now() + later;
let loaded;
process.on('message', async ({ bundle, event, seconds }) => {
  if (seconds) { later += seconds * 1000; return process.send({}); }
  try {
    loaded ??= require(bundle);
    process.send({ result: await loaded.handler(event) });
  } catch (error) {
    process.send({ error: error.message });
  }
});`;

/** One execution environment of a function of lib/lambda: a process that has only the variables of the function. */
export class LambdaProcess {
  private readonly child: ChildProcess;
  private log = '';

  public constructor(private readonly bundle: string, environment: Record<string, string>) {
    this.child = spawn(process.execPath, ['-e', BOOTSTRAP], { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on('data', (chunk: Buffer) => { this.log += chunk; });
  }

  public async invoke(event: object): Promise<Invocation> {
    this.log = '';
    const answer = await this.ask({ bundle: path.join(__dirname, `../../../lib/lambda/${this.bundle}.bundle.js`), event });
    // What it wrote before it answered may come behind the answer.
    await new Promise((resolve) => setTimeout(resolve, 15));
    return { ...answer, log: this.log };
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
