import { GatewayError } from './gateway-error';
import { GatewayObserver } from './gateway-event';
import { Check, dynamoDbAddress, integer, listOf, oneOf, text } from './option-checks';
import { hostPattern, parseOrigin } from './protocol/host';
import { LIMITS } from './protocol/limits';
import { nearest } from '../private/nearest';

/** The options of `startGateway`. */
export interface GatewayOptions {
  /**
   * A synthesized app (`cdk.out`), or the command that synthesizes it.
   *
   * @default - the `app` of `cdk.json`
   */
  readonly app?: string;
  /**
   * The folder of the app: `cdk.json` is there, and packages that bundles leave out are taken from its `node_modules`.
   *
   * @default - the working directory
   */
  readonly directory?: string;
  /**
   * The name or construct path of the stack whose APIs are served.
   *
   * @default - all stacks
   */
  readonly stack?: string;
  /**
   * The port; 0 takes a free one. Further APIs with a stage of the same name get the next ports.
   *
   * @default 0
   */
  readonly port?: number;
  /**
   * The address to listen on.
   *
   * @default '127.0.0.1'
   */
  readonly host?: string;
  /**
   * Host names and IP addresses to accept in `Host`, besides those of this machine (`localhost`, the address that a request
   * arrived at, `host`) and of the served app (custom domains, `{apiId}.execute-api.*`). `*.example.com` stands for all names one
   * level below.
   *
   * @default - no others
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Origins of web pages that may connect, besides pages at an allowed host: `https://app.example.com`, `null`, `file://`.
   *
   * @default - no others
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Variables for handlers, over those of the template: a file of `NAME=value` lines, or a JSON file with an object for each
   * function (by construct path, logical id or name) and one called `Parameters` for all.
   *
   * @default - none
   */
  readonly envVars?: string;
  /**
   * Variables for all handlers, over those of `envVars`.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Variables for single functions, over those for all: by construct path, logical id or name.
   *
   * @default - none
   */
  readonly functionEnvironment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * The DynamoDB of handlers, if the app has tables: the URL of one that you run (DynamoDB Local, LocalStack), where missing tables are
   * created, or `aws` for the tables that are deployed.
   *
   * @default - dynoxide, which the gateway starts from the package `@dynoxide/<platform>-<arch>` in `node_modules` of the app
   */
  readonly dynamodb?: string;
  /**
   * A folder that keeps the tables and their items after the gateway has ended; the gateway creates it.
   *
   * @default - in memory
   */
  readonly data?: string;
  /**
   * Give every function a debugger port, beginning with this one (`true`: 9229), and suspend timeouts while a debugger is attached.
   *
   * @default false
   */
  readonly inspect?: boolean | number;
  /**
   * Build handlers again when their sources change, and synthesize the app again when it changes.
   *
   * @default false
   */
  readonly watch?: boolean;
  /**
   * Serve the messages of a connection one after the other. AWS serves them concurrently.
   *
   * @default false
   */
  readonly serial?: boolean;
  /**
   * The most processes for one function. A lower reserved concurrency of the function takes precedence.
   *
   * @default 4
   */
  readonly concurrency?: number;
  /**
   * Where handlers that invoke functions of the app send these calls: to the gateway (`local`), or to AWS (`aws`).
   *
   * @default 'local'
   */
  readonly lambda?: 'local' | 'aws';
  /**
   * Let the functions of `ConnectAuthorizer.jwt` and `.cognito` trust tokens of this gateway (`gateway.token()`) instead of those of their
   * issuer.
   *
   * @default false
   */
  readonly localIssuer?: boolean;
  /**
   * Milliseconds without a message after which a connection is closed.
   *
   * @default 600000
   */
  readonly idleTimeout?: number;
  /**
   * Milliseconds after which a connection is closed.
   *
   * @default 7200000
   */
  readonly connectionDuration?: number;
  /**
   * Keep what passes the gateway and show it in a page at `gateway.inspectorUrl`, for browsers of this machine.
   *
   * @default false
   */
  readonly inspector?: boolean;
  /**
   * Include the events and results of functions in `onEvent`.
   *
   * @default false
   */
  readonly verbose?: boolean;
  /**
   * A file for everything that passes the gateway, which `replay` can play again: frames, events and answers of handlers, posts.
   * Credentials are masked; bodies are not. An existing file is overwritten only if it is a recording.
   *
   * @default - nothing is recorded
   */
  readonly record?: string;
  /**
   * Mask bodies in the recording too: messages, posts, events, answers, items, log lines. It cannot be replayed then.
   *
   * @default false
   */
  readonly mask?: boolean;
  /**
   * Aborts the start, which takes long if the app is synthesized.
   *
   * @default - the start cannot be aborted
   */
  readonly signal?: AbortSignal;
  /**
   * Called with everything that happens. The gateway itself prints nothing.
   *
   * @default - events are dropped
   */
  readonly onEvent?: GatewayObserver;
}

/** The options with a default. */
export const DEFAULTS = {
  port: 0,
  host: '127.0.0.1',
  concurrency: 4,
  idleTimeout: LIMITS.idleMs,
  connectionDuration: LIMITS.durationMs,
} as const satisfies GatewayOptions;

/** The options with their defaults applied. */
export interface Settings extends GatewayOptions {
  readonly directory: string;
  readonly port: number;
  readonly host: string;
  readonly concurrency: number;
  readonly idleTimeout: number;
  readonly connectionDuration: number;
}

/** @throws GatewayError INVALID_OPTION */
export function withDefaults(options: GatewayOptions): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new GatewayError('INVALID_OPTION', `startGateway takes an object of options, got ${JSON.stringify(options)}`);
  }
  const entries = Object.entries(options);
  for (const [name, value] of entries) {
    if (!isOption(name)) throw unknownOption(name);
    if (value !== undefined) CHECKS[name]?.(name, value);
  }
  const { data, dynamodb } = options;
  if (data !== undefined && dynamodb !== undefined) {
    throw new GatewayError('INVALID_OPTION', '`data` is the folder of the DynamoDB that the gateway starts itself, and `dynamodb` names '
      + 'another; give one of them');
  }
  if (options.mask && options.record === undefined) {
    throw new GatewayError('INVALID_OPTION', '`mask` masks bodies in a recording; give `record`, the file of the recording, too');
  }
  return { directory: process.cwd(), ...DEFAULTS, ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)) };
}

/** The port of the first debugger that node's `--inspect` takes. */
export const INSPECTOR_PORT = 9229;

/** The port of the first debugger, if functions get one. */
export function inspectorPort({ inspect }: GatewayOptions): number | undefined {
  if (inspect === undefined || inspect === false) return undefined;
  return inspect === true ? INSPECTOR_PORT : inspect;
}

/** The least and the greatest integer of an option. */
export const RANGES = {
  port: [0, 65_535],
  inspect: [1, 65_535],
  // More processes for one function than any developer's machine runs.
  concurrency: [1, 1_000],
  idleTimeout: [1, LIMITS.durationMs],
  connectionDuration: [1, LIMITS.durationMs],
  /** Seconds, of a token; one with 0 or less has expired when it is made. */
  expiresIn: [-3600, 3600],
} as const;

const CHECKS: Readonly<Record<keyof GatewayOptions, Check | undefined>> = {
  app: text,
  directory: text,
  stack: text,
  port: integer(RANGES.port),
  host: text,
  allowedHosts: listOf(hostPattern, 'host names or IP addresses, such as my-machine.lan, 192.168.1.7 or *.example.com'),
  allowedOrigins: listOf(parseOrigin, 'origins, such as https://app.example.com, http://my-machine.lan:5173, null or file://'),
  envVars: text,
  environment: undefined,
  functionEnvironment: undefined,
  dynamodb: dynamoDbAddress,
  data: text,
  inspect: (name, value) => { if (typeof value !== 'boolean') integer(RANGES.inspect)(name, value); },
  watch: undefined,
  serial: undefined,
  concurrency: integer(RANGES.concurrency),
  lambda: oneOf('local', 'aws'),
  localIssuer: undefined,
  idleTimeout: integer(RANGES.idleTimeout),
  connectionDuration: integer(RANGES.connectionDuration),
  inspector: undefined,
  verbose: undefined,
  record: text,
  mask: undefined,
  signal: undefined,
  onEvent: undefined,
};

function isOption(name: string): name is keyof GatewayOptions {
  return Object.hasOwn(CHECKS, name);
}

function unknownOption(name: string): GatewayError {
  const names = Object.keys(CHECKS);
  // `envFile` is what other tools call it.
  const meant = name === 'envFile' ? 'envVars' : nearest(name, names);
  const wayOut = meant === undefined ? `startGateway takes ${names.join(', ')}` : `did you mean \`${meant}\`?`;
  return new GatewayError('INVALID_OPTION', `there is no option \`${name}\`; ${wayOut}`);
}
