import { runtimeError } from '../error';
import { processState } from '../process-state';
import type { Credentials } from './signature';

/** What is used of `@aws-sdk/credential-provider-node`. */
interface SdkCredentials {
  defaultProvider(): () => Promise<Credentials>;
}

/**
 * The credentials of this moment: those in the environment, which Lambda sets; else what the SDK finds, which renews those of
 * containers before they expire, and reads profiles. It must be installed then, as it is in Lambda.
 *
 * @param host - that of the request. The local gateway, on a loopback address, takes any signature.
 */
export function findCredentials(host: string): Credentials | Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])(:|$)/.test(host);
  return isLocal ? { accessKeyId: 'local', secretAccessKey: 'local' } : sdkCredentials('@aws-sdk/credential-provider-node');
}

async function sdkCredentials(name: string): Promise<Credentials> {
  try {
    const state = processState<{ credentials: Promise<() => Promise<Credentials>> }>();
    state.credentials ??= optional(name).then((sdk) => (sdk as SdkCredentials).defaultProvider());
    return await (await state.credentials)();
  } catch (error) {
    const why = `no credentials: AWS_ACCESS_KEY_ID is not set, and ${name} says: ${(error as Error).message}`;
    throw runtimeError('CONFIGURATION', why, error);
  }
}

/** A package that bundlers must not follow, since most handlers never need it: its name comes by an argument. */
export async function optional(name: string): Promise<unknown> {
  return import(name);
}
