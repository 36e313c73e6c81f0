import { readFile } from 'node:fs/promises';
import { runtimeError } from '../error';
import type { Credentials } from './signature';

interface Expiring extends Credentials {
  /** In milliseconds since 1970. */
  readonly expires: number;
}

/** What is used of `@aws-sdk/credential-provider-node`. */
interface SdkCredentials {
  defaultProvider(): () => Promise<Credentials & { readonly expiration?: Date }>;
}

/** Renewed this long before they expire. */
const AHEAD = 300_000;

/** Hosts besides those of https that may be asked for credentials: the process itself, ECS, EKS. The SDK's list. */
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;

const PROCESS = globalThis as { [key: symbol]: { current?: Expiring; renewal?: Promise<Expiring> } | undefined };
const KEY = /* @__PURE__ */ Symbol.for('cdk-websocket-service.credentials');

/**
 * The credentials of this moment: those in the environment, which is read each time; else those of the container, while they are valid;
 * else what the SDK finds, if it is installed.
 *
 * @param host - that of the request. The local gateway, on a loopback address, takes any signature.
 */
export async function findCredentials(host: string): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  const container = containerUrl();
  if (!container && LOCAL.test(host.replace(/:\d+$/, ''))) return { accessKeyId: 'local', secretAccessKey: 'local' };

  const kept = PROCESS[KEY] ??= {};
  const { current } = kept;
  const left = current ? current.expires - Date.now() : 0;
  if (current && left > AHEAD) return current;
  // One request for all who wait. Who may use the old ones for some minutes more does not wait.
  kept.renewal ??= (container ? fromContainer(container).catch(() => fromContainer(container)) : fromSdk())
    .then((renewed) => kept.current = renewed)
    .finally(() => kept.renewal = undefined);
  if (current && left > 0) return await kept.renewal.catch(() => current);
  return kept.renewal;
}

function containerUrl(): string | undefined {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = process.env;
  return relative ? `http://169.254.170.2${relative}` : full;
}

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
async function fromContainer(url: string): Promise<Expiring> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !LOCAL.test(hostname)) throw unusable(`${url} is neither https nor an address of this machine`);
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = process.env;
  const authorization = file ? (await readFile(file, 'utf8')).trim() : token;
  try {
    const answer = await fetch(url, { headers: authorization ? { authorization } : {}, signal: AbortSignal.timeout(2_000) });
    const found = (answer.ok ? await answer.json() : {}) as Record<string, string | undefined>;
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = found;
    if (!AccessKeyId || !SecretAccessKey) throw new Error(`it answered ${answer.status} without a key`);
    const expires = Expiration ? Date.parse(Expiration) : Infinity;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expires };
  } catch (error) {
    throw unusable(`${url}: ${(error as Error).message}`, error);
  }
}

/** Profiles, SSO, web identities. */
async function fromSdk(): Promise<Expiring> {
  try {
    const { defaultProvider } = await optional('@aws-sdk/credential-provider-node') as SdkCredentials;
    const found = await defaultProvider()();
    return { ...found, expires: found.expiration?.getTime() ?? Infinity };
  } catch (error) {
    throw unusable('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and @aws-sdk/credential-provider-node, where it is installed, '
      + `looks for profiles: ${(error as Error).message}`, error);
  }
}

/** A package that bundlers must not follow, since most handlers never need it: its name comes by an argument. */
export async function optional(name: string): Promise<unknown> {
  return import(name);
}

function unusable(why: string, cause?: unknown): Error {
  return runtimeError('CONFIGURATION', `there are no credentials: ${why}`, cause);
}
