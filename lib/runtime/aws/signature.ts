import * as crypto from 'node:crypto';
import { once } from '../process-state';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What is signed: a request without a query. */
export interface Signable {
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** As in the `host` header: with the port, unless it is the protocol's own. */
  readonly host: string;
  /** As it is sent, percent-encoded once. */
  readonly path: string;
  /** All that are signed besides those of the signature, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** SHA-256 of the body, as `hashOf` writes it. */
  readonly hash: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers of a signed request, name by name and value by value, as Node.js takes them without a copy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function sign({ service, region, method, host, path, headers, hash }: Signable, credentials: Credentials, time: number): string[] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const date = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const signed: Record<string, string> = { host, 'x-amz-date': date, ...headers };
  if (sessionToken) signed['x-amz-security-token'] = sessionToken;

  const names = Object.keys(signed).sort();
  const list: string[] = [];
  let lines = '';
  for (const name of names) {
    list.push(name, signed[name]);
    lines += `${name}:${signed[name].trim().replace(/\s+/g, ' ')}\n`;
  }
  const signedNames = names.join(';');
  const canonical = `${method}\n${canonicalPath(path)}\n\n${lines}\n${signedNames}\n${hash}`;

  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const secret = `AWS4${secretAccessKey}`;
  // A key serves for a day, and deriving one costs four times what a signature does.
  const key = once(`${secret}/${scope}`, () => scope.split('/').reduce<string | Buffer>(hmac, secret));
  const signature = hmac(key, `${ALGORITHM}\n${date}\n${scope}\n${hashOf(canonical)}`).toString('hex');
  list.push('authorization', `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`);
  return list;
}

/** In hexadecimal. */
export function hashOf(data: string | Uint8Array): string {
  // The first, in half of the time, since Node.js 20.12.
  return crypto.hash?.('sha256', data) ?? crypto.createHash('sha256').update(data).digest('hex');
}

/** As RFC 3986 has it: `encodeURIComponent` leaves `!'()*`. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Each segment of the path is encoded once more, `%3D` to `%253D`; the SDK leaves out empty and relative ones. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return crypto.createHmac('sha256', key).update(text).digest();
}
