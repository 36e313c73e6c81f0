import { isIP, isIPv4, isIPv6 } from 'net';

/** RFC 9110 7.2, without what no host on any network has in its name (percent escapes, user names, lists). */
const HOST = /^(?:\[([\da-f:.]+)\]|([a-z\d_-]+(?:\.[a-z\d_-]+)*)\.?)(?::(\d*))?$/i;

const HIGHEST_PORT = 65_535;

/** RFC 6454 7: a scheme and what follows it, without user name, path or query. */
const ORIGIN = /^([a-z][a-z\d+.-]*):\/\/([\w.:[\]-]+)$/i;

/** Pages without an origin of their own: sandboxed frames and files. Browsers send one or the other. */
const OPAQUE_ORIGINS = ['null', 'file://'];

/** The value of the header `Origin`. */
export interface Origin {
  /** In lower case, without the default port: what two spellings of one origin have in common. */
  readonly text: string;
  /** Of a web page (http or https): its host, as `hostName` gives it. */
  readonly host?: string;
}

/**
 * The host in the header `Host`, without its port: in lower case, without the dot at the end of a complete name; IP addresses as
 * `plainAddress` gives them. `undefined` if the header is malformed.
 */
export function hostName(header: string): string | undefined {
  const [, address, name, port = ''] = HOST.exec(header) ?? [];
  if (Number(port) > HIGHEST_PORT) return undefined;
  if (address !== undefined) return isIPv6(address) ? plainAddress(address) : undefined;
  return name?.toLowerCase();
}

/** What a user writes for a host: also a bare IPv6 address, and `*.example.com` for all names one level below. */
export function hostPattern(text: string): string | undefined {
  if (isIP(text)) return plainAddress(text);
  if (!text.startsWith('*.')) return hostName(text);
  const parent = hostName(text.slice(2));
  return parent === undefined || isIP(parent) ? undefined : `*.${parent}`;
}

/** An IP address in the one spelling in which addresses are compared: without a zone, and IPv4 as IPv4 also where a socket for both says it. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  // The first call of `isIPv6` compiles a large expression.
  if (!bare.includes(':') || !isIPv6(bare)) return bare;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, ...groups] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  return groups.length === 0 ? canonical : [...Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')].join('.');
}

/** Whether a host, as `hostName` gives it, can only be this machine, for whoever asks: https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}

/** `undefined` if it is malformed; no browser sends that. */
export function parseOrigin(header: string): Origin | undefined {
  if (OPAQUE_ORIGINS.includes(header)) return { text: header };
  const [, scheme, authority] = ORIGIN.exec(header.toLowerCase()) ?? [];
  if (scheme === undefined) return undefined;
  // Extensions, webviews and apps have schemes of their own, whose hosts mean nothing to anybody else.
  if (scheme !== 'http' && scheme !== 'https') return { text: `${scheme}://${authority}` };
  const host = hostName(authority);
  return host === undefined ? undefined : { text: `${scheme}://${authority.replace(scheme === 'http' ? /:(?:80)?$/ : /:(?:443)?$/, '')}`, host };
}
