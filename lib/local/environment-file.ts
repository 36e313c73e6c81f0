import * as fs from 'fs';
import * as path from 'path';
import { parseEnv } from 'util';
import { LambdaFunction } from './assembly/model';
import { GatewayError } from './gateway-error';
import { GatewayOptions } from './gateway-options';
import { isRecord } from './protocol/json';
import { functionLabel } from './terminal/served';

type Variables = Readonly<Record<string, string>>;

/** Variables that the developer gives, over those of the template. */
export interface GivenVariables {
  readonly all: Variables;
  /** By construct path, logical id or name of a function. */
  readonly functions: Readonly<Record<string, Variables>>;
}

/** The part of a JSON file that is for every function, as `sam local` has it. */
const FOR_ALL = 'Parameters';

/**
 * What `envVars`, `environment` and `functionEnvironment` give; the options win over the file.
 *
 * @throws GatewayError ENV_FILE_UNREADABLE
 */
export function givenVariables({ envVars, environment, functionEnvironment = {} }: GatewayOptions): GivenVariables {
  const file = envVars === undefined ? { all: {}, functions: {} } : readFile(envVars);
  const names = new Set([...Object.keys(file.functions), ...Object.keys(functionEnvironment)]);
  return {
    all: { ...file.all, ...environment },
    functions: Object.fromEntries([...names].map((name) => [name, { ...file.functions[name], ...functionEnvironment[name] }])),
  };
}

/** What of it is for one function. */
export function variablesOf(fn: LambdaFunction, { all, functions }: GivenVariables): Variables {
  return Object.assign({}, all, ...namesOf(fn).map((name) => functions[name]));
}

/** What a function may be called by, from the name that wins least: logical id, name, as it is printed, construct path. */
export function namesOf({ id, name, path: constructPath }: LambdaFunction): string[] {
  return [id.slice(id.lastIndexOf('/') + 1), name, functionLabel(constructPath), constructPath];
}

/** Milliseconds between two polls of the file. `fs.watch` would lose it when an editor replaces the file. */
const INTERVAL = 500;

export interface VariablesListener {
  /** Called at once, since the file may have been saved after it was read, and after each save. */
  readonly onChange: (given: GivenVariables) => void;
  /** The saved file cannot be parsed. */
  readonly onBroken: (error: GatewayError) => void;
}

/** Reads `envVars` again after each save, if it is set. @returns a function that stops that */
export function watchVariables(options: GatewayOptions, { onChange, onBroken }: VariablesListener): () => void {
  const { envVars } = options;
  if (envVars === undefined) return () => undefined;
  const file = path.resolve(envVars);
  let before: string | undefined;
  const look = (): void => {
    const now = contentsOf(file);
    if (now === before) return;
    before = now;
    try {
      onChange(givenVariables({ ...options, envVars: file }));
    } catch (error) {
      onBroken(error as GatewayError);
    }
  };
  look();
  const timer = setInterval(look, INTERVAL).unref();
  return () => clearInterval(timer);
}

function contentsOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

function readFile(file: string): GivenVariables {
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
    throw unreadable(file, `is no JSON (${(error as Error).message}); write { "Parameters": { "NAME": "value" } }`);
  }
  if (!isRecord(content)) throw unreadable(file, 'is no object; write { "Parameters": { "NAME": "value" } }');
  const broken = Object.entries(content).find(([, variables]) => !isVariables(variables));
  if (broken) {
    throw unreadable(file, `has no variables at ${JSON.stringify(broken[0])}; write { "<function or Parameters>": { "NAME": "value" } }`);
  }
  return content as Record<string, Variables>;
}

function unreadable(file: string, complaint: string): GatewayError {
  return new GatewayError('ENV_FILE_UNREADABLE', `the env file ${JSON.stringify(file)} ${complaint}`);
}

function isVariables(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((variable) => typeof variable === 'string');
}
