import { Answer, objectIn } from './aws/answer';
import { runtimeError } from './error';
import { ManagementClient, Method, throughClient } from './management-client';
import { once, processState } from './process-state';

/** Settings of a process, for what its environment does not say. */
export interface Configuration {
  /**
   * An `ApiGatewayManagementApiClient` of the AWS SDK v3, or an `ApiGatewayManagementApi`, that sends all posts, so that its middleware
   * sees them (X-Ray, proxies). They go to its own endpoint; say that one here as `endpoint`, too, so that who is gone is removed.
   */
  readonly client?: ManagementClient | undefined;
  /** The callback URL, where `WEBSOCKET_CALLBACK_URL` is not set or not the right one, as behind a VPC endpoint. */
  readonly endpoint?: string | undefined;
  /** The table of the connection store, where `WEBSOCKET_STORE` is not set or names another one. */
  readonly table?: string | undefined;
  /** How many posts run at the same time; 40 by default. More than 50 cost CPU and gain nothing. */
  readonly maxConcurrency?: number | undefined;
  /** How many posts begin in a second, in this process; 5,000 by default. An account has 10,000 a second for everything. */
  readonly postsPerSecond?: number | undefined;
}

/** The connection store as the construct describes it in `WEBSOCKET_STORE`. */
export interface StoreSettings {
  readonly table: string;
  readonly region?: string;
  /** Of the emits to a room, if the store keeps any. */
  readonly history?: { readonly seconds: number; readonly maxMessages: number };
  /** The key of the authorizer's context that names the user. */
  readonly userFrom?: string;
  /** The name of the function that sends what an invocation cannot send in its time. */
  readonly fanOut?: string;
}

/** With what only those need who configure it: the way through the client. */
interface Kept extends Configuration {
  readonly request?: (method: Method, id: string, data?: string | Uint8Array) => () => Promise<Answer>;
}

/** Sets what is given for the whole process; what is not given stays as it is. */
export function configure(settings: Configuration): void {
  const { client, endpoint, table, maxConcurrency, postsPerSecond } = settings;
  check('client', client, 'an ApiGatewayManagementApiClient', typeof client?.send === 'function');
  check('endpoint', endpoint, 'an https URL', isUrl(endpoint));
  check('table', table, 'the name of a table', typeof table === 'string' && table !== '');
  check('maxConcurrency', maxConcurrency, 'an integer from 1', Number.isSafeInteger(maxConcurrency) && maxConcurrency! >= 1);
  check('postsPerSecond', postsPerSecond, 'a number above 0', typeof postsPerSecond === 'number' && postsPerSecond > 0);
  const request: Kept['request'] = client && ((...args) => () => throughClient(client, ...args));
  const given = Object.entries({ ...settings, request }).filter(([, value]) => value !== undefined);
  processState<{ configuration: Kept }>().configuration = { ...configuration(), ...Object.fromEntries(given) };
}

export function configuration(): Kept {
  return processState<{ configuration: Kept }>().configuration ?? {};
}

export function hasStore(): boolean {
  return Boolean(configuration().table ?? process.env.WEBSOCKET_STORE);
}

/** Fails with NO_STORE where there is none. */
export function storeSettings(): StoreSettings {
  const { table } = configuration();
  const settings = environmentSetting<StoreSettings>('WEBSOCKET_STORE');
  if (table !== undefined) return { ...settings, table };
  if (settings) return settings;
  throw runtimeError('NO_STORE', 'there is no connection store: WEBSOCKET_STORE is not set. Give the service a `connectionStore`, code '
    + 'outside of it `service.grantPublish(fn)`, or call `configure({ table })`');
}

/** JSON in an environment variable, read at each use and parsed once for each text. */
export function environmentSetting<T>(name: string): T | undefined {
  const text = process.env[name];
  return text ? once(`${name}=${text}`, () => objectIn(text)) as T | undefined ?? refuse(name, text) : undefined;
}

function refuse(name: string, text: string): never {
  throw runtimeError('CONFIGURATION', `${name} in the environment must be a JSON object, as the construct sets it, not ${text}`);
}

function check(name: string, value: unknown, wanted: string, isRight: boolean): void {
  if (value === undefined || isRight) return;
  const found = typeof value === 'object' ? 'an object' : String(value);
  throw runtimeError('CONFIGURATION', `configure(): \`${name}\` must be ${wanted}, not ${found}`);
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
