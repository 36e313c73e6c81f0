import { isIP, isIPv4, isIPv6 } from 'net';

/** RFC 9110 7.2, without percent escapes, user names and lists, which no real host name has. */
const HOST = /^(?:\[([\da-f:.]+)\]|([a-z\d_-]+(?:\.[a-z\d_-]+)*)\.?)(?::(\d*))?$/i;

const HIGHEST_PORT = 65_535;

/** RFC 6454 7: scheme and authority, without user name, path or query. */
const ORIGIN = /^([a-z][a-z\d+.-]*):\/\/([\w.:[\]-]+)$/i;

/** What browsers send for pages without an origin of their own: sandboxed frames and files. */
const OPAQUE_ORIGINS = ['null', 'file://'];

/** The value of the header `Origin`. */
export interface Origin {
  /** In lower case and without the default port, so that two spellings of one origin are equal. */
  readonly text: string;
  /** For http and https only: the host, as `hostName` returns it. */
  readonly host?: string;
}

/**
 * The host in the header `Host`: in lower case, without the port and the dot at the end of a complete name; IP addresses as
 * `plainAddress` returns them. `undefined` if the header is malformed.
 */
export function hostName(header: string): string | undefined {
  const [, address, name, port = ''] = HOST.exec(header) ?? [];
  if (Number(port) > HIGHEST_PORT) return undefined;
  if (address !== undefined) return isIPv6(address) ? plainAddress(address) : undefined;
  return name?.toLowerCase();
}

/** A host as users write it in options: also a bare IPv6 address, and `*.example.com` for all names one level below. */
export function hostPattern(text: string): string | undefined {
  if (isIP(text)) return plainAddress(text);
  if (!text.startsWith('*.')) return hostName(text);
  const parent = hostName(text.slice(2));
  return parent === undefined || isIP(parent) ? undefined : `*.${parent}`;
}

/** An IP address in one spelling for comparisons: without a zone, and IPv4 addresses that a dual-stack socket maps to IPv6 as IPv4. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  // The first call of `isIPv6` compiles a large expression.
  if (!bare.includes(':') || !isIPv6(bare)) return bare;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, ...groups] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  return groups.length === 0 ? canonical : [...Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')].join('.');
}

/** Whether a host, as `hostName` returns it, is this machine for every client: https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}

/** Parses the header `Origin`; `undefined` if it is malformed, as no browser sends it. */
export function parseOrigin(header: string): Origin | undefined {
  if (OPAQUE_ORIGINS.includes(header)) return { text: header };
  const [, scheme, authority] = ORIGIN.exec(header.toLowerCase()) ?? [];
  if (scheme === undefined) return undefined;
  // Extensions, webviews and apps have their own schemes, whose hosts are not hosts of a network.
  if (scheme !== 'http' && scheme !== 'https') return { text: `${scheme}://${authority}` };
  const host = hostName(authority);
  const defaultPort = scheme === 'http' ? /:(?:80)?$/ : /:(?:443)?$/;
  return host === undefined ? undefined : { text: `${scheme}://${authority.replace(defaultPort, '')}`, host };
}
