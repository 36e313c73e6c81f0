import { spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../gateway-error';
import { HAS_GROUPS, killGroup } from '../process-group';
import { readProject } from './cdk-project';
import { synthesisEnvironment } from './synthesis-environment';

export interface SynthesisOptions {
  /** The shell command that synthesizes the app. */
  readonly app: string;
  /** Folder of the app, where it runs: that of its cdk.json. */
  readonly directory: string;
  /** Folder for the assembly, relative to that one. */
  readonly output: string;
  /** The shell's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the app and all that it started. The app is not in the terminal's process group: Ctrl-C alone does not end it. */
  readonly signal?: AbortSignal;
}

/** Milliseconds to wait for output after the app has exited: a daemon that it started may keep the pipes open. */
const OUTPUT_GRACE = 1_000;

interface Synthesis {
  /** Absolute folder of the assembly. */
  readonly directory: string;
  /** What the app printed. */
  readonly output: string;
}

interface Run {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly output: string;
}

/**
 * Runs a CDK app as the CDK CLI does, without asking AWS anything: values to look up that cdk.context.json does not have are
 * those that the CDK library makes up.
 *
 * @throws GatewayError APP_FAILED: a line of ours, then what the app printed. If `signal` aborts, its reason.
 */
export async function synthesize({ app, directory, output, environment, signal }: SynthesisOptions): Promise<Synthesis> {
  signal?.throwIfAborted();
  const folder = path.resolve(directory);
  const assembly = path.resolve(folder, output);
  const { build, context } = readProject(folder, environment.HOME);
  fs.mkdirSync(assembly, { recursive: true });
  const before = written(assembly);
  const { variables, cleanUp } = synthesisEnvironment(folder, assembly, context, environment);
  try {
    const built = build ? await runToEnd(build, folder, variables, signal) : '';
    const printed = built + await runToEnd(interpreted(app, folder), folder, variables, signal);
    if (written(assembly) === before) throw failure(`"${app}" wrote no assembly into ${assembly}; does it call app.synth()?`, printed);
    return { directory: assembly, output: printed };
  } finally {
    cleanUp();
  }
}

async function runToEnd(command: string, directory: string, environment: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const { code, killedBy, output } = await run(command, directory, environment, signal);
  signal?.throwIfAborted();
  if (code === 0) return output;
  throw failure(`"${command}" in ${directory} ended with ${killedBy ?? `exit code ${code}`}`, output);
}

function run(command: string, cwd: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Run> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that the shell's children end with it.
    const child = spawn(command, { cwd, env, shell: true, detached: HAS_GROUPS, stdio: ['ignore', 'pipe', 'pipe'] });
    // A process in another group may keep the pipes open forever, so they are closed here.
    const close = (): void => {
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const end = (): void => {
      // SIGKILL: a synthesis has nothing to clean up.
      killGroup(child);
      close();
    };
    const output: Buffer[] = [];
    signal?.addEventListener('abort', end, { once: true });
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', (error) => reject(failure(`"${command}" cannot be started in ${cwd}: ${error.message}`, '')));
    child.once('exit', () => setTimeout(close, OUTPUT_GRACE).unref());
    child.once('close', (code, killedBy) => {
      signal?.removeEventListener('abort', end);
      resolve({ code, killedBy, output: Buffer.concat(output).toString() });
    });
  });
}

/** The CDK CLI runs `bin/app.js` with Node unless it is a program itself. */
function interpreted(app: string, directory: string): string {
  const [first] = app.trim().split(/\s/, 1);
  const file = path.resolve(directory, first);
  if (path.extname(first) !== '.js' || !fs.existsSync(file) || isProgram(file)) return app;
  return `${JSON.stringify(process.execPath)} ${app.trim()}`;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return process.platform !== 'win32';
  } catch {
    return false;
  }
}

/** When the assembly was written; the manifest is last. */
function written(assembly: string): bigint | undefined {
  return fs.statSync(path.join(assembly, 'manifest.json'), { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}

function failure(line: string, output: string): GatewayError {
  const own = output.trimEnd();
  return new GatewayError('APP_FAILED', own === '' ? line : `${line}:\n${own}`);
}
