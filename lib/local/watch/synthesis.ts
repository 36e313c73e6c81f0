import { spawn } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { PLACEHOLDER_ENVIRONMENT } from '../assembly/stack';
import { GatewayError } from '../gateway-error';
import { HAS_GROUPS, killGroup } from '../process-group';
import { readProject } from './cdk-project';

export interface SynthesisOptions {
  /** The shell command that synthesizes the app. */
  readonly app: string;
  /** Folder of the app, with its cdk.json; the command runs in it. */
  readonly directory: string;
  /** Folder for the assembly, relative to `directory`. */
  readonly output: string;
  /** The shell's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the app and all that it started. Ctrl-C does not reach the app, since it is not in the terminal's process group. */
  readonly signal?: AbortSignal;
}

/** Milliseconds to wait for output after the app has exited, since a daemon that it started may keep the pipes open. */
const OUTPUT_GRACE = 1_000;

interface Synthesis {
  /** Absolute folder of the assembly. */
  readonly directory: string;
  /** What the app printed. */
  readonly output: string;
}

interface CommandRun {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly output: string;
}

/**
 * Runs a CDK app as the CDK CLI does, without a call to AWS: for a look-up that is not in cdk.context.json, the CDK library
 * substitutes a dummy value.
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

/** `PATH` with the commands of installed packages, as `npx` and npm scripts have it. */
export function withTools(directory: string, before = ''): string {
  const folders: string[] = [];
  for (let folder = directory; ; folder = path.dirname(folder)) {
    folders.push(path.join(folder, 'node_modules', '.bin'));
    if (folder === path.dirname(folder)) break;
  }
  return [...folders, before].join(path.delimiter);
}

async function runToEnd(command: string, directory: string, environment: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const { code, killedBy, output } = await run(command, directory, environment, signal);
  signal?.throwIfAborted();
  if (code === 0) return output;
  throw failure(`"${command}" in ${directory} ended with ${killedBy ?? `exit code ${code}`}`, output);
}

function run(command: string, cwd: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<CommandRun> {
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

/** When the assembly was written, by its manifest, which is written last. */
function written(assembly: string): bigint | undefined {
  return fs.statSync(path.join(assembly, 'manifest.json'), { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}

function failure(line: string, output: string): GatewayError {
  const own = output.trimEnd();
  return new GatewayError('APP_FAILED', own === '' ? line : `${line}:\n${own}`);
}

/** The context that the CDK CLI gives an app by default. */
const CLI_CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  // Needed only for a deployment, and takes time.
  'aws:cdk:disable-version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
};

/** Bytes. Linux limits the size of a variable; the CDK library reads longer contexts from a file. */
const LONGEST_CONTEXT = 100_000;

interface SynthesisEnvironment {
  readonly variables: NodeJS.ProcessEnv;
  /** Removes the file of a long context. */
  cleanUp(): void;
}

/**
 * The environment in which the CDK CLI runs an app.
 *
 * The CLI asks AWS for the account. Here the shell may name it (`CDK_DEFAULT_ACCOUNT`); otherwise a placeholder stands in, so that apps
 * that require an account run too.
 *
 * @param directory absolute folder of the app
 * @param output absolute folder for the assembly
 * @param context context of the project; that of the CLI takes precedence
 */
function synthesisEnvironment(
  directory: string, output: string, context: Readonly<Record<string, unknown>>, shell: NodeJS.ProcessEnv,
): SynthesisEnvironment {
  const { variables, cleanUp } = contextVariables(JSON.stringify({ ...context, ...CLI_CONTEXT }));
  return {
    variables: {
      // Python on Windows would print in another encoding otherwise.
      PYTHONIOENCODING: 'utf-8',
      // The validation of templates takes time, and only a deployment needs it.
      CDK_VALIDATION: 'false',
      ...shell,
      PATH: withTools(directory, shell.PATH),
      CDK_OUTDIR: output,
      CDK_DEFAULT_REGION: shell.CDK_DEFAULT_REGION ?? shell.AWS_REGION ?? shell.AWS_DEFAULT_REGION ?? PLACEHOLDER_ENVIRONMENT.region,
      CDK_DEFAULT_ACCOUNT: shell.CDK_DEFAULT_ACCOUNT ?? PLACEHOLDER_ENVIRONMENT.account,
      ...variables,
    },
    cleanUp,
  };
}

function contextVariables(json: string): SynthesisEnvironment {
  if (Buffer.byteLength(json) <= LONGEST_CONTEXT) return { variables: { CDK_CONTEXT_JSON: json }, cleanUp: () => undefined };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-context-'));
  const file = path.join(folder, 'context.json');
  fs.writeFileSync(file, json);
  return {
    variables: { CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION_ENV: file },
    cleanUp: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
