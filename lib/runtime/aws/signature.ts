import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What is signed: a request without a query. */
export interface Signable {
  readonly method: string;
  /** As in the `host` header: with the port, unless it is the protocol's own. */
  readonly host: string;
  /** As it is sent, percent-encoded once. */
  readonly path: string;
  /** `x-amz-...`, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** SHA-256 of the body, as `hashOf` writes it. */
  readonly hash: string;
}

export interface Scope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers of a signed request, `authorization` among them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function sign(request: Signable, credentials: Credentials, { region, service }: Scope, time: number): Record<string, string> {
  const date = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = { 'host': request.host, 'x-amz-date': date, ...request.headers };
  if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;

  const names = Object.keys(headers).sort();
  const signedNames = names.join(';');
  const lines = names.map((name) => `${name}:${headers[name].trim().replace(/\s+/g, ' ')}\n`);
  const canonical = `${request.method}\n${canonicalPath(request.path)}\n\n${lines.join('')}\n${signedNames}\n${request.hash}`;

  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = signingKey(credentials.secretAccessKey, scope);
  const signature = hmac(key, `${ALGORITHM}\n${date}\n${scope}\n${hashOf(canonical)}`).toString('hex');
  const credential = `${credentials.accessKeyId}/${scope}`;
  headers.authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedNames}, Signature=${signature}`;
  return headers;
}

/** In hexadecimal. */
export function hashOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
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

/** A key serves for a day, and deriving one costs four times what a signature does. */
const keys = /* @__PURE__ */ new Map<string, Buffer>();

function signingKey(secret: string, scope: string): Buffer {
  const name = `${secret}/${scope}`;
  let key = keys.get(name);
  if (!key) {
    key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`) as Buffer;
    // Credentials of containers change every few hours.
    if (keys.size >= 50) keys.clear();
    keys.set(name, key);
  }
  return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
