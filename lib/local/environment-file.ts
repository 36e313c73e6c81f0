import * as fs from 'fs';
import * as path from 'path';
import { parseEnv } from 'util';
import { LambdaFunction } from './assembly/local-app';
import { GatewayError } from './gateway-error';
import { GatewayOptions } from './gateway-options';
import { isRecord } from './protocol/json';
import { functionLabel } from './terminal/served';

type Variables = Readonly<Record<string, string>>;

/** Variables that the developer sets for this machine, over those of the template. */
export interface VariableOverrides {
  readonly all: Variables;
  /** By construct path, logical id or name of a function. */
  readonly functions: Readonly<Record<string, Variables>>;
}

/** The key of a JSON file whose variables are for every function, as in `sam local`. */
const FOR_ALL = 'Parameters';

/**
 * The variables of `envVars`, `environment` and `functionEnvironment`. The objects take precedence over the file.
 *
 * @throws GatewayError ENV_FILE_UNREADABLE
 */
export function readOverrides({ envVars, environment, functionEnvironment = {} }: GatewayOptions): VariableOverrides {
  const file = envVars === undefined ? { all: {}, functions: {} } : readFile(envVars);
  const names = new Set([...Object.keys(file.functions), ...Object.keys(functionEnvironment)]);
  return {
    all: { ...file.all, ...environment },
    functions: Object.fromEntries([...names].map((name) => [name, { ...file.functions[name], ...functionEnvironment[name] }])),
  };
}

/** The variables for one function. */
export function variablesOf(fn: LambdaFunction, { all, functions }: VariableOverrides): Variables {
  return Object.assign({}, all, ...namesOf(fn).map((name) => functions[name]));
}

/** The names by which variables are set for a function. If several are used, the last of these takes precedence. */
export function namesOf({ id, name, path: constructPath }: LambdaFunction): string[] {
  return [id.slice(id.lastIndexOf('/') + 1), name, functionLabel(constructPath), constructPath];
}

/** Milliseconds between two polls of the file: `fs.watch` would lose the file when an editor replaces it. */
const INTERVAL = 500;

export interface VariablesListener {
  /** Called at once, since the file may have been saved after it was read, and after each save. */
  readonly onChange: (overrides: VariableOverrides) => void;
  /** The saved file cannot be parsed. */
  readonly onBroken: (error: GatewayError) => void;
}

/** Reads the file `envVars`, if there is one, again after each save. @returns a function that stops the polling */
export function watchVariables(options: GatewayOptions, { onChange, onBroken }: VariablesListener): () => void {
  const { envVars } = options;
  if (envVars === undefined) return () => undefined;
  const file = path.resolve(envVars);
  let before: string | undefined;
  const poll = (): void => {
    const now = contentsOf(file);
    if (now === before) return;
    before = now;
    try {
      onChange(readOverrides({ ...options, envVars: file }));
    } catch (error) {
      onBroken(error as GatewayError);
    }
  };
  poll();
  const timer = setInterval(poll, INTERVAL).unref();
  return () => clearInterval(timer);
}

function contentsOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

function readFile(file: string): VariableOverrides {
  const text = readText(file);
  if (!file.endsWith('.json')) return { all: parseEnv(text) as Variables, functions: {} };
  const { [FOR_ALL]: all = {}, ...functions } = parsed(file, text);
  return { all, functions };
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, `cannot be read (${(error as NodeJS.ErrnoException).code}); write its path relative to ${process.cwd()}`);
  }
}

function parsed(file: string, text: string): Record<string, Variables> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, `is not valid JSON (${(error as Error).message}); write { "Parameters": { "NAME": "value" } }`);
  }
  if (!isRecord(content)) throw unreadable(file, 'is not an object; write { "Parameters": { "NAME": "value" } }');
  const broken = Object.entries(content).find(([, variables]) => !isVariables(variables));
  if (broken) {
    throw unreadable(file, `has no variables at ${JSON.stringify(broken[0])}; write { "<function or Parameters>": { "NAME": "value" } }`);
  }
  return content as Record<string, Variables>;
}

function unreadable(file: string, what: string): GatewayError {
  return new GatewayError('ENV_FILE_UNREADABLE', `the env file ${JSON.stringify(file)} ${what}`);
}

function isVariables(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((variable) => typeof variable === 'string');
}
