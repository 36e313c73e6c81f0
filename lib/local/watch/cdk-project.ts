import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { GatewayError } from '../gateway-error';
import { isRecord } from '../protocol/json';

/** What cdk.json says; paths are as written, relative to its folder. */
interface CdkProject {
  /** The command that synthesizes the app, or a folder with an assembly. */
  readonly app?: string;
  /** A command to run before that one. */
  readonly build?: string;
  /** Default: `cdk.out`. */
  readonly output: string;
  /** Patterns that `cdk watch` leaves out. */
  readonly exclude: readonly string[];
  /** Of cdk.json, then cdk.context.json, then ~/.cdk.json: the first that has a key wins, as with the CDK CLI. */
  readonly context: Readonly<Record<string, unknown>>;
}

type Settings = Readonly<Record<string, unknown>>;

/** Reads cdk.json of this folder; all of it is optional. */
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

/** The command of the app in this folder. */
export function appCommand(directory: string): string {
  const { app } = readProject(directory);
  if (app) return app;
  const file = path.join(directory, 'cdk.json');
  const what = fs.existsSync(file) ? `${file} has no "app"` : `there is no cdk.json in ${directory}`;
  const wayOut = 'say what synthesizes the app with --app "npx tsx bin/app.ts", or name an assembly with --app cdk.out';
  throw new GatewayError('INVALID_OPTION', `${what}; ${wayOut}`);
}

/** Whether this is a cloud assembly, which needs no synthesis. */
export function isAssembly(directory: string): boolean {
  return fs.existsSync(path.join(directory, 'manifest.json'));
}

function readJson(file: string): Settings {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    return table(JSON.parse(text));
  } catch (error) {
    throw new GatewayError('INVALID_OPTION', `${file} is no JSON: ${(error as Error).message.split('\n')[0]}; correct it`);
  }
}

function command(value: unknown): string | undefined {
  const text = Array.isArray(value) ? value.join(' ') : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function table(value: unknown): Settings {
  return isRecord(value) ? value : {};
}
