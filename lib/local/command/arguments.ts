import { parseArgs, ParseArgsConfig } from 'util';
import { GatewayError } from '../gateway-error';
import type { GatewayOptions } from '../gateway-options';

/** What the command line asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'routes'; readonly app: string }
  | { readonly name: 'local'; readonly options: GatewayOptions; readonly json: boolean };

type Options = NonNullable<ParseArgsConfig['options']>;

const HELP_OPTION = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const satisfies Options;
const ROUTES_OPTIONS = { ...HELP_OPTION, app: { type: 'string' } } as const satisfies Options;
const LOCAL_OPTIONS = {
  ...ROUTES_OPTIONS,
  'stack': { type: 'string' },
  'port': { type: 'string' },
  'host': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  'allow-origin': { type: 'string', multiple: true },
  'env-vars': { type: 'string' },
  'inspect': { type: 'string' },
  'no-watch': { type: 'boolean' },
  'serial': { type: 'boolean' },
  'concurrency': { type: 'string' },
  'verbose': { type: 'boolean' },
  'json': { type: 'boolean' },
} as const satisfies Options;

/** One that can be remembered and bookmarked; `startGateway` takes a free one. */
const PORT = 3001;
const HIGHEST_PORT = 65_535;
/** More processes a function than any developer's machine runs. */
const HIGHEST_CONCURRENCY = 1_000;

/**
 * Reads the command line.
 *
 * @throws GatewayError INVALID_OPTION
 */
export function parseCommand(args: readonly string[]): Command {
  // `parseArgs` knows no option whose value may be absent.
  const given = args.map((arg) => (arg === '--inspect' ? '--inspect=' : arg));
  const { values, positionals } = parseArgs({ args: given, options: LOCAL_OPTIONS, allowPositionals: true, strict: false });
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [name, ...rest] = positionals;
  if (name === undefined) throw usage('No command: local or routes');
  if (name !== 'local' && name !== 'routes') throw usage(`There is no command "${name}"`);
  const command = name === 'routes' ? routesCommand(given) : localCommand(given);
  // After the options: `--prot 1` is a misspelt option, not a surplus 1.
  if (rest.length > 0) throw usage(surplus(name, rest));
  return command;
}

function routesCommand(args: string[]): Command {
  return { name: 'routes', app: strictly(args, ROUTES_OPTIONS).app ?? 'cdk.out' };
}

function localCommand(args: string[]): Command {
  const formerName = args.find((arg) => /^--env-file(=|$)/.test(arg));
  // https://github.com/nodejs/node/issues/54232
  if (formerName) throw usage('--env-file is an option of Node.js, which reads the file itself; the variables of functions are given with --env-vars');
  const { 'env-vars': envVars, 'no-watch': noWatch, json = false, ...values } = strictly(args, LOCAL_OPTIONS);
  const options = {
    app: values.app,
    stack: values.stack,
    port: wholeNumber('--port', values.port, 0, HIGHEST_PORT) ?? PORT,
    host: values.host,
    allowedHosts: values['allow-host'],
    allowedOrigins: values['allow-origin'],
    envVars,
    inspect: values.inspect === '' ? true : wholeNumber('--inspect', values.inspect, 1, HIGHEST_PORT),
    watch: !noWatch,
    serial: values.serial,
    concurrency: wholeNumber('--concurrency', values.concurrency, 1, HIGHEST_CONCURRENCY),
    verbose: values.verbose,
  };
  return { name: 'local', options: defined(options), json };
}

function strictly<O extends Options>(args: string[], options: O) {
  const values = strictValues(args, options);
  const empty = Object.keys(values).find((name) => values[name as keyof typeof values] === '' && name !== 'inspect');
  if (empty) throw usage(`--${empty} needs a value`);
  return values;
}

function strictValues<O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true }).values;
  } catch (error) {
    // Node's advice after the first sentence is about a `--` that no command here takes.
    throw usage((error as Error).message.split(/\.\s|\.?\n/)[0]);
  }
}

function wholeNumber(option: string, value: string | undefined, lowest: number, highest: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= lowest && number <= highest) return number;
  throw usage(`${option}: "${value}" is no whole number from ${lowest} to ${highest}`);
}

function surplus(name: string, rest: readonly string[]): string {
  const hint = '; a command with spaces needs quotes (--app "npx tsx app.ts"), a debugger port an equals sign (--inspect=9300)';
  return `${name} takes options only, not "${rest.join(' ')}"${name === 'local' ? hint : ''}`;
}

/** Without the properties that are `undefined`. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function usage(complaint: string): GatewayError {
  return new GatewayError('INVALID_OPTION', `${complaint}; see cdk-websocket-service --help`);
}
