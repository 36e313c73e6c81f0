import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ServerlessFileError } from '../file-error';
import type { Mutable } from './origins';
import { SCRIPT_PROCESS } from './script-process';

/** A script that Serverless runs to know its configuration. */
export interface ScriptRun {
  readonly file: string;
  /** The working directory. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For `${file(x.js):a.b}`: functions are called, as Serverless does. */
  readonly variable?: ScriptVariable;
  /** Default: 30. */
  readonly timeoutSeconds?: number;
}

export interface ScriptVariable {
  readonly keys: readonly string[];
  readonly options: Readonly<Record<string, string | null>>;
  /** What the script asks for by `resolveConfigurationProperty`. */
  property(keys: readonly string[]): Mutable | undefined;
  /** What the script asks for by `resolveVariable`. */
  resolve(text: string): Mutable;
}

interface Need {
  readonly kind: 'property' | 'variable';
  readonly text: string;
  readonly argument: string | readonly string[];
}

interface Answer {
  readonly value?: Mutable;
  readonly isFunction?: boolean;
  readonly needs?: readonly Need[];
  readonly error?: string;
}

const TIMEOUT_SECONDS = 30;
const MAX_BYTES = 20_000_000;
/** Times that a script is run again since it asks for something. */
const MAX_ROUNDS = 100;

/** What the script exports, its promises settled; `undefined` if it has nothing under the keys. */
export function runScript(run: ScriptRun): Mutable | undefined {
  const known: Array<{ kind: string; text: string; value?: Mutable }> = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const answer = runOnce(run, known);
    if (answer.error !== undefined) {
      throw new ServerlessFileError(run.file, `the script failed: ${answer.error}`);
    } else if (answer.needs === undefined) {
      if (answer.isFunction === true) {
        throw new ServerlessFileError(run.file, run.variable === undefined
          ? 'the script exports a function, which Serverless does not call. Export an object, or a promise of one.'
          : 'the script\'s function returns a function. Return a value, or a promise of one.');
      }
      return answer.value;
    }
    for (const need of answer.needs) {
      const value = typeof need.argument === 'string' ? run.variable?.resolve(need.argument) : run.variable?.property(need.argument);
      known.push({ kind: need.kind, text: need.text, value });
    }
  }
  throw new ServerlessFileError(run.file, `the script asked for values of the configuration in more than ${MAX_ROUNDS} rounds.`);
}

function runOnce(run: ScriptRun, known: readonly unknown[]): Answer {
  const answerFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'serverless-script-'));
  try {
    return runIn(answerFolder, run, known);
  } finally {
    fs.rmSync(answerFolder, { recursive: true, force: true });
  }
}

/** The answer goes to a file: a pipe would be waited for as long as any process has it that the script leaves behind. */
function runIn(answerFolder: string, run: ScriptRun, known: readonly unknown[]): Answer {
  const { file, folder, environment, variable, timeoutSeconds = TIMEOUT_SECONDS } = run;
  const request = { file, isVariable: variable !== undefined, keys: variable?.keys ?? [], options: variable?.options ?? {}, known };
  const answerFile = path.join(answerFolder, 'answer.json');
  const descriptor = fs.openSync(answerFile, 'w+');
  try {
    const result = spawnSync(process.execPath, ['-e', SCRIPT_PROCESS], {
      cwd: folder,
      env: { ...environment },
      input: JSON.stringify(request),
      stdio: ['pipe', 'ignore', 'ignore', descriptor],
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
    });
    if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') {
      throw new ServerlessFileError(file, `the script did not end within ${timeoutSeconds} seconds.`);
    } else if (result.error !== undefined) {
      throw new ServerlessFileError(file, `the script cannot be started in ${path.resolve(folder)}: ${result.error.message}`);
    } else if (fs.fstatSync(descriptor).size > MAX_BYTES) {
      throw new ServerlessFileError(file, `the script exports more than ${MAX_BYTES / 1_000_000} MB.`);
    }
    return parsed(fs.readFileSync(answerFile, 'utf8'))
      ?? { error: `it ended with ${result.signal ?? `status ${result.status}`} before it gave a value` };
  } finally {
    fs.closeSync(descriptor);
  }
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}
