import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { GatewayError } from '../gateway-error';
import { isRecord } from '../protocol/json';

/** The settings of cdk.json; paths are as written, relative to its folder. */
interface CdkProject {
  /** The command that synthesizes the app, or a folder with an assembly. */
  readonly app?: string;
  /** A command to run before `app`. */
  readonly build?: string;
  /** The folder of the assembly; `cdk.out` unless cdk.json names another. */
  readonly output: string;
  /** The patterns that `cdk watch` leaves out: `globPattern`. */
  readonly exclude: readonly string[];
  /** The context of cdk.json, cdk.context.json and ~/.cdk.json: the first of them that has a key wins, as with the CDK CLI. */
  readonly context: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads cdk.json of a folder; the file and every setting in it are optional. */
export function readProject(directory: string, home = os.homedir()): CdkProject {
  const settings = readJson(path.join(directory, 'cdk.json'));
  const user = readJson(path.join(home, '.cdk.json'));
  return {
    app: command(settings.app),
    build: command(settings.build),
    output: typeof settings.output === 'string' ? settings.output : 'cdk.out',
    exclude: [table(settings.watch).exclude ?? []].flat().filter((item) => typeof item === 'string'),
    context: { ...table(user.context), ...readJson(path.join(directory, 'cdk.context.json')), ...table(settings.context) },
  };
}

/** The `app` of cdk.json. @throws GatewayError INVALID_OPTION, if there is none */
export function appCommand(directory: string): string {
  const { app } = readProject(directory);
  if (app) return app;
  const file = path.join(directory, 'cdk.json');
  const what = fs.existsSync(file) ? `${file} has no "app"` : `there is no cdk.json in ${directory}`;
  const wayOut = 'name the command that synthesizes the app with --app "npx tsx bin/app.ts", or an assembly with --app cdk.out';
  throw new GatewayError('INVALID_OPTION', `${what}; ${wayOut}`);
}

/** Whether a folder is a cloud assembly, which needs no synthesis. */
export function isAssembly(directory: string): boolean {
  return fs.existsSync(path.join(directory, 'manifest.json'));
}

/**
 * A pattern of `watch.exclude` in cdk.json: `test`, `cdk*.json`, `**\/*.d.ts`, `src/{a,b}`.
 *
 * The expression matches paths with `/`, relative to the folder of the app. If it matches a folder, it matches all that is in the folder.
 */
export function globPattern(pattern: string): RegExp {
  return new RegExp(`^${glob(pattern.replace(/^\.\//, '').replace(/\/+$/, ''))}(?:/|$)`);
}

function readJson(file: string): Json {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    return table(JSON.parse(text));
  } catch (error) {
    throw new GatewayError('INVALID_OPTION', `${file} is not valid JSON: ${(error as Error).message.split('\n')[0]}; correct it`);
  }
}

function command(value: unknown): string | undefined {
  const text = Array.isArray(value) ? value.join(' ') : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function table(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** The tokens of a glob pattern, and how each is written in a regular expression. */
const TOKENS: ReadonlyArray<readonly [RegExp, (text: string) => string]> = [
  [/^\*\*\//, () => '(?:.*/)?'],
  [/^\*\*/, () => '.*'],
  [/^\*/, () => '[^/]*'],
  [/^\?/, () => '[^/]'],
  [/^\{([^{}]*)\}/, (text) => `(?:${text.slice(1, -1).split(',').map((part) => glob(part)).join('|')})`],
  [/^[^]/, (text) => text.replace(/[\\^$.|+()[\]{}]/, '\\$&')],
];

function glob(pattern: string): string {
  let rest = pattern;
  let written = '';
  while (rest.length > 0) {
    for (const [token, write] of TOKENS) {
      const match = token.exec(rest);
      if (!match) continue;
      written += write(match[0]);
      rest = rest.slice(match[0].length);
      break;
    }
  }
  return written;
}
