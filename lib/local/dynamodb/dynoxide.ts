import { ChildProcess, spawn } from 'child_process';
import { randomInt } from 'crypto';
import { atMost } from '../patience';
import { Binary } from './binary';
import { HAS_GROUPS, isRunning, kill } from '../process-group';

/** A running dynoxide. */
export interface Dynoxide {
  /** `http://127.83.4.190:43817` */
  readonly endpoint: URL;
  readonly pid: number;
  /** Resolves when the process has ended, with how it ended and what it said last. */
  readonly ended: Promise<string>;
  /** Ends the process. */
  stop(): Promise<void>;
}

export interface DynoxideOptions {
  readonly binary: Binary;
  /**
   * The file of the database.
   *
   * @default - in memory
   */
  readonly file?: string;
  /** Called with the id of the process as soon as there is one. */
  readonly onStart: (pid: number) => void;
}

/** Milliseconds; a start takes less than 50. */
const START_PATIENCE = 10_000;
const STOP_PATIENCE = 1_000;

/**
 * Becomes dynoxide at a word of the gateway, which by then has named the process to those who end it. A gateway that is killed before
 * never says it.
 */
const WAITING = 'IFS= read -r word || exit; unset PWD OLDPWD SHLVL _; exec "$0" "$@" </dev/null';

/** The most ports that are tried. */
const MOST_PORTS = 10;

/** Characters of its output that are kept, in case it ends. */
const KEPT = 2_000;

/**
 * Starts dynoxide at a random address of this machine.
 *
 * dynoxide answers everybody, web pages included (CORS `*`), so that a page has to guess the port and the address: one of 16 million on
 * Linux, where all of 127.0.0.0/8 is this machine. Handlers reach it through the gateway only.
 */
export async function startDynoxide(options: DynoxideOptions): Promise<Dynoxide> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptStart(options, randomHost(), randomInt(10_000, 60_000));
    } catch (error) {
      if (attempt === MOST_PORTS || !/already in use/i.test((error as Error).message)) throw error;
    }
  }
}

/** Elsewhere 127.0.0.1 is the only address of the network that is set up. */
function randomHost(): string {
  return process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1';
}

async function attemptStart({ binary, file, onStart }: DynoxideOptions, host: string, port: number): Promise<Dynoxide> {
  const args = ['--host', host, '--port', String(port), ...file === undefined ? [] : ['--db-path', file]];
  // In a group of its own, Ctrl-C does not reach it before the functions of `$disconnect` have run.
  const [program, ...rest] = process.platform === 'win32' ? [binary.file, ...args] : ['/bin/sh', '-c', WAITING, binary.file, ...args];
  const child = spawn(program, rest, {
    cwd: '/', env: { SystemRoot: process.env.SystemRoot }, detached: HAS_GROUPS, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true,
  });
  child.stdin.on('error', () => undefined);
  const output = new LastOutput(child);
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve([signal ?? `exit code ${code}`, output.lastLine].filter((part) => part).join(': ')));
  });
  if (child.pid === undefined) throw new Error(await ended);
  onStart(child.pid);
  child.stdin.end('\n');
  const problem = await Promise.race([output.ready.then(() => undefined), ended, late()]);
  if (problem !== undefined) {
    kill(child);
    throw new Error(problem);
  }
  return { endpoint: new URL(`http://${host}:${port}`), pid: child.pid, ended, stop: () => stop(child, ended) };
}

async function late(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, START_PATIENCE).unref());
  return `it was not ready after ${START_PATIENCE / 1000} seconds`;
}

/** SIGTERM lets it close its file. */
async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (!isRunning(child)) return;
  child.kill('SIGTERM');
  await atMost(STOP_PATIENCE, ended);
  kill(child);
}

/** Reads the output of the process, so that it never waits for a reader, and keeps the end of it. */
class LastOutput {
  /** Resolves when the process listens. */
  public readonly ready: Promise<void>;
  private text = '';

  public constructor({ stdout, stderr }: ChildProcess) {
    this.ready = new Promise((resolve) => {
      for (const stream of [stdout, stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => {
          const text = this.text + chunk;
          if (/listening on http/i.test(text)) resolve();
          this.text = text.slice(-KEPT);
        });
      }
    });
  }

  public get lastLine(): string | undefined {
    return this.text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/listening on http/i.test(line)).at(-1);
  }
}
