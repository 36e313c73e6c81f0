import { parseArgs, ParseArgsConfig } from 'util';
import { type MigrateCommand, parseParams } from './migrate-command';
import type { ReplayCommand } from './replay-command';
import { parseClaims, type TokenCommand } from './token-command';
import { usage } from './usage';
import { DEFAULTS, GatewayOptions, RANGES } from '../gateway-options';
import { integerIn } from '../option-checks';

/** A parsed command line. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'routes'; readonly app: string }
  | { readonly name: 'asyncapi'; readonly app: string; readonly api?: string; readonly out?: string }
  | { readonly name: 'token' } & TokenCommand
  | { readonly name: 'replay' } & ReplayCommand
  | { readonly name: 'migrate' } & MigrateCommand
  | { readonly name: 'local'; readonly options: GatewayOptions; readonly json: boolean };

type Options = NonNullable<ParseArgsConfig['options']>;

const HELP_OPTION = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const satisfies Options;
const ROUTES_OPTIONS = { ...HELP_OPTION, app: { type: 'string' } } as const satisfies Options;

const ASYNCAPI_OPTIONS = { ...ROUTES_OPTIONS, api: { type: 'string' }, out: { type: 'string' } } as const satisfies Options;

/** The options of `local`. */
export const LOCAL_OPTIONS = {
  ...ROUTES_OPTIONS,
  'stack': { type: 'string' },
  'port': { type: 'string' },
  'host': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  'allow-origin': { type: 'string', multiple: true },
  'env-vars': { type: 'string' },
  'dynamodb': { type: 'string' },
  'data': { type: 'string' },
  'inspect': { type: 'string' },
  'no-watch': { type: 'boolean' },
  'no-inspector': { type: 'boolean' },
  'serial': { type: 'boolean' },
  'concurrency': { type: 'string' },
  'lambda': { type: 'string' },
  'local-issuer': { type: 'boolean' },
  'verbose': { type: 'boolean' },
  'json': { type: 'boolean' },
  'record': { type: 'string' },
  'mask': { type: 'boolean' },
} as const satisfies Options;

const REPLAY_OPTIONS = {
  ...ROUTES_OPTIONS,
  'stack': { type: 'string' },
  'env-vars': { type: 'string' },
  'dynamodb': { type: 'string' },
  'lambda': { type: 'string' },
  'authorize': { type: 'boolean' },
  'json': { type: 'boolean' },
} as const satisfies Options;

const TOKEN_OPTIONS = {
  ...HELP_OPTION,
  'sub': { type: 'string' },
  'claim': { type: 'string', multiple: true },
  'expires-in': { type: 'string' },
  'api': { type: 'string' },
  'stage': { type: 'string' },
  'host': { type: 'string' },
  'port': { type: 'string' },
} as const satisfies Options;

const MIGRATE_OPTIONS = {
  ...HELP_OPTION,
  out: { type: 'string' },
  stage: { type: 'string' },
  param: { type: 'string', multiple: true },
  variable: { type: 'string', multiple: true },
  compiled: { type: 'string' },
  dialect: { type: 'string' },
  fresh: { type: 'boolean' },
  check: { type: 'boolean' },
  template: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Options;

/** All options of the command line. */
export const ALL_OPTIONS = {
  ...LOCAL_OPTIONS, ...ASYNCAPI_OPTIONS, ...TOKEN_OPTIONS, ...REPLAY_OPTIONS, ...MIGRATE_OPTIONS,
} as const satisfies Options;

/** The default port: one that can be remembered and bookmarked, unlike the free one that `startGateway` takes. */
export const PORT = 3001;

/**
 * Reads the command line.
 *
 * @throws GatewayError INVALID_OPTION
 */
export function parseCommand(args: readonly string[]): Command {
  // `parseArgs` supports no option with an optional value.
  const normalized = args.map((arg) => (arg === '--inspect' ? '--inspect=' : arg));
  const { values, positionals } = parseArgs({ args: normalized, options: ALL_OPTIONS, allowPositionals: true, strict: false });
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [name, ...rest] = positionals;
  if (name === undefined) throw usage(`No command: ${Object.keys(COMMANDS).join(', ')}`);
  if (!Object.hasOwn(COMMANDS, name)) throw usage(`There is no command "${name}"`);
  const command = COMMANDS[name](normalized, rest);
  // Checked after the options, so that `--prot 1` is reported as an unknown option and not as a surplus 1.
  if (rest.length > 0 && !TAKES_FILE.has(name)) throw usage(surplus(name, rest));
  return command;
}

/** What each command's arguments are read with; `rest` has the arguments that are not options. */
const COMMANDS: Readonly<Record<string, (args: string[], rest: readonly string[]) => Command>> = {
  local: localCommand,
  routes: routesCommand,
  asyncapi: asyncApiCommand,
  token: tokenCommand,
  replay: replayCommand,
  migrate: migrateCommand,
};

const TAKES_FILE: ReadonlySet<string> = new Set(['replay', 'migrate']);

function routesCommand(args: string[]): Command {
  return { name: 'routes', app: strictly(args, ROUTES_OPTIONS).app ?? 'cdk.out' };
}

function asyncApiCommand(args: string[]): Command {
  const { app = 'cdk.out', api, out } = strictly(args, ASYNCAPI_OPTIONS);
  return { name: 'asyncapi', app, api, out };
}

function tokenCommand(args: string[]): Command {
  const { claim, host = DEFAULTS.host, port, 'expires-in': seconds, sub, api, stage } = strictly(args, TOKEN_OPTIONS);
  const expiresIn = integer('expires-in', seconds);
  return { name: 'token', host, port: integer('port', port) ?? PORT, request: { sub, claims: parseClaims(claim), expiresIn, api, stage } };
}

function localCommand(args: string[]): Command {
  const formerName = args.find((arg) => /^--env-file(=|$)/.test(arg));
  // https://github.com/nodejs/node/issues/54232
  if (formerName) {
    throw usage('--env-file is an option of Node.js, which reads the file itself; the variables of functions are given with --env-vars');
  }
  const { json = false, ...values } = strictly(args, LOCAL_OPTIONS);
  const options = {
    app: values.app,
    stack: values.stack,
    port: integer('port', values.port) ?? PORT,
    host: values.host,
    allowedHosts: values['allow-host'],
    allowedOrigins: values['allow-origin'],
    envVars: values['env-vars'],
    dynamodb: values.dynamodb,
    data: values.data,
    inspect: values.inspect === '' ? true : integer('inspect', values.inspect),
    watch: !values['no-watch'],
    inspector: !values['no-inspector'],
    serial: values.serial,
    concurrency: integer('concurrency', values.concurrency),
    lambda: whereOf(values.lambda),
    localIssuer: values['local-issuer'],
    verbose: values.verbose,
    record: values.record,
    mask: values.mask,
  };
  return { name: 'local', options, json };
}

function replayCommand(args: string[], [file, ...rest]: readonly string[]): Command {
  const { json = false, ...values } = strictly(args, REPLAY_OPTIONS);
  if (file === undefined) throw usage('replay needs the file of a recording');
  if (rest.length > 0) throw usage(`replay takes one file, not "${[file, ...rest].join(' ')}"`);
  const options = {
    app: values.app,
    stack: values.stack,
    envVars: values['env-vars'],
    dynamodb: values.dynamodb,
    lambda: whereOf(values.lambda),
    authorize: values.authorize,
  };
  return { name: 'replay', file, options, json };
}

function migrateCommand(args: string[], [file, ...rest]: readonly string[]): Command {
  const { param, variable, dialect, fresh = false, check = false, json = false, ...values } = strictly(args, MIGRATE_OPTIONS);
  const { out, stage, compiled, template } = values;
  if (rest.length > 0) throw usage(`migrate takes one file, not "${[file, ...rest].join(' ')}"`);
  if (template !== undefined && !check) throw usage('--template is judged by --check');
  if (check && fresh) throw usage('--check compares with the stack that is deployed, and --fresh makes a new one');
  if (check && out !== undefined) throw usage('--check writes nothing, so it takes no --out');
  const needsFile = compiled === undefined || template === undefined;
  if (file === undefined && needsFile) throw usage('migrate needs the file of a service: serverless.yml');
  return {
    name: 'migrate',
    file,
    params: parseParams(param),
    variables: variable === undefined ? undefined : parseParams(variable, 'variable'),
    out,
    stage,
    compiled,
    template,
    fresh,
    check,
    json,
    dialect: dialect === undefined ? undefined : oneOf('dialect', ['serverless', 'osls'] as const, dialect),
  };
}

function whereOf(lambda: string | undefined): GatewayOptions['lambda'] {
  return lambda === undefined ? undefined : oneOf('lambda', ['local', 'aws'] as const, lambda);
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
    // The rest of Node's message is advice about `--`, which no command here takes.
    throw usage((error as Error).message.split(/\.\s|\.?\n/)[0]);
  }
}

function integer(name: 'port' | 'inspect' | 'concurrency' | 'expires-in', value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const range = RANGES[name === 'expires-in' ? 'expiresIn' : name];
  const [least, greatest] = range;
  const number = Number(value);
  if (/^-?\d+$/.test(value) && least <= number && number <= greatest) return number;
  throw usage(`--${name} must be ${integerIn(range)}, got "${value}"`);
}

function oneOf<T extends string>(name: string, choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw usage(`--${name} must be ${choices.join(' or ')}, got "${value}"`);
  return choice;
}

function surplus(name: string, rest: readonly string[]): string {
  const hint = '; a command with spaces needs quotes (--app "npx tsx app.ts"), a debugger port an equals sign (--inspect=9300)';
  return `${name} takes options only, not "${rest.join(' ')}"${name === 'local' ? hint : ''}`;
}
