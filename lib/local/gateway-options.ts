import { GatewayError } from './gateway-error';
import { GatewayObserver } from './gateway-event';
import { hostPattern, parseOrigin } from './protocol/host';
import { LIMITS } from './protocol/limits';

/** What to serve and how. */
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
   * Serve the APIs of this stack alone, by its name or construct path.
   *
   * @default - of all stacks
   */
  readonly stack?: string;
  /**
   * The port; 0 takes a free one. Further APIs that have a stage of the same name get the ports behind it.
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
   * arrived at, `host`) and of the served app (custom domains, `{apiId}.execute-api.*`). `*.example.com` stands for all names one level below.
   *
   * @default - no others
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Origins of web pages that may connect, besides those at an allowed host: `https://app.example.com`, `null`, `file://`.
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
   * The same for all handlers as an object.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The same for single functions: by construct path, logical id or name.
   *
   * @default - none
   */
  readonly functionEnvironment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Give every function a debugger port, the first of them this one (`true`: 9229), and suspend timeouts while a debugger is attached.
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
   * Serve the messages of a connection one after the other. AWS serves them at the same time.
   *
   * @default false
   */
  readonly serial?: boolean;
  /**
   * The most processes for one function; its reserved concurrency counts if it is lower.
   *
   * @default 4
   */
  readonly concurrency?: number;
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
   * Tell the events and results of functions in `onEvent` too.
   *
   * @default false
   */
  readonly verbose?: boolean;
  /**
   * Breaks off a start that takes long, since the app is being synthesized.
   *
   * @default - nothing does
   */
  readonly signal?: AbortSignal;
  /**
   * Hears what happens. The gateway itself prints nothing.
   *
   * @default - nobody
   */
  readonly onEvent?: GatewayObserver;
}

/** The options with their defaults. */
export interface Settings extends GatewayOptions {
  readonly directory: string;
  readonly port: number;
  readonly host: string;
  readonly concurrency: number;
  readonly idleTimeout: number;
  readonly connectionDuration: number;
}

/** The first port that node's `--inspect` takes. */
const INSPECTOR_PORT = 9229;

/** @throws GatewayError INVALID_OPTION */
export function withDefaults(options: GatewayOptions): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new GatewayError('INVALID_OPTION', `startGateway takes an object of options, and got ${JSON.stringify(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.has(name));
  if (unknown === 'envFile') throw new GatewayError('INVALID_OPTION', 'startGateway has no option "envFile"; it is called envVars, as --env-vars is');
  if (unknown) throw new GatewayError('INVALID_OPTION', `startGateway has no option ${JSON.stringify(unknown)}; it takes ${[...KNOWN].join(', ')}`);
  for (const name of TEXTS) {
    const value: unknown = options[name];
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new GatewayError('INVALID_OPTION', `${name}: ${JSON.stringify(value)} is no text`);
    }
  }
  each('allowedHosts', options.allowedHosts, hostPattern, 'host names or IP addresses, such as my-machine.lan, 192.168.1.7 or *.example.com');
  each('allowedOrigins', options.allowedOrigins, parseOrigin, 'origins, such as https://app.example.com, http://my-machine.lan:5173, null or file://');
  whole('port', options.port, 0, 65_535);
  whole('concurrency', options.concurrency, 1, 1_000);
  whole('idleTimeout', options.idleTimeout, 1, LIMITS.durationMs);
  whole('connectionDuration', options.connectionDuration, 1, LIMITS.durationMs);
  if (typeof options.inspect === 'number') whole('inspect', options.inspect, 1, 65_535);
  return {
    ...options,
    directory: options.directory ?? process.cwd(),
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    concurrency: options.concurrency ?? 4,
    idleTimeout: options.idleTimeout ?? LIMITS.idleMs,
    connectionDuration: options.connectionDuration ?? LIMITS.durationMs,
  };
}

/** The first debugger port, if functions shall have one. */
export function inspectorPort({ inspect }: GatewayOptions): number | undefined {
  if (inspect === undefined || inspect === false) return undefined;
  return inspect === true ? INSPECTOR_PORT : inspect;
}

const TEXTS = ['app', 'directory', 'stack', 'host', 'envVars'] as const;

const KNOWN: ReadonlySet<string> = new Set<keyof GatewayOptions>([
  'app', 'directory', 'stack', 'port', 'host', 'allowedHosts', 'allowedOrigins', 'envVars', 'environment', 'functionEnvironment', 'inspect',
  'watch', 'serial', 'concurrency',
  'idleTimeout', 'connectionDuration', 'verbose', 'signal', 'onEvent',
]);

function each(name: keyof GatewayOptions, values: unknown, read: (text: string) => unknown, what: string): void {
  if (values === undefined) return;
  const wrong: unknown = Array.isArray(values) ? values.find((value) => typeof value !== 'string' || read(value) === undefined) : values;
  if (wrong !== undefined) throw new GatewayError('INVALID_OPTION', `${name} must be a list of ${what}, got ${JSON.stringify(wrong)}`);
}

function whole(name: keyof GatewayOptions, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new GatewayError('INVALID_OPTION', `${name}: ${JSON.stringify(value)} is no whole number from ${least} to ${most}`);
}
