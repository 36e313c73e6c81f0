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
export async function findCredentials(host: string): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  if (/^(localhost|127\.[\d.]+|\[::1\])(:|$)/.test(host)) return { accessKeyId: 'local', secretAccessKey: 'local' };
  try {
    const state = processState<{ credentials: Promise<() => Promise<Credentials>> }>();
    state.credentials ??= optional('@aws-sdk/credential-provider-node').then((sdk) => (sdk as SdkCredentials).defaultProvider());
    return await (await state.credentials)();
  } catch (error) {
    throw runtimeError('CONFIGURATION', 'there are no credentials: AWS_ACCESS_KEY_ID is not set, and @aws-sdk/credential-provider-node, '
      + `which reads profiles and those of containers, says: ${(error as Error).message}`, error);
  }
}

/** A package that bundlers must not follow, since most handlers never need it: its name comes by an argument. */
export async function optional(name: string): Promise<unknown> {
  return import(name);
}
