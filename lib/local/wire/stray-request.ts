import type { IncomingMessage } from 'http';
import { Address, AddressBook, apiIdOf } from './address-book';
import { LIMITS } from '../protocol/limits';
import { shortened } from '../protocol/quote';

/** Why a handshake leads nowhere (1.1.2, 1.1.3), in one line: a mistyped URL is all that its developer has to go by. */
export function strayHandshake(book: AddressBook, host: string, path: string, address?: Address): string {
  if (address && address.rest !== path) {
    const place = address.mappingKey === undefined ? 'the stage' : 'the mapping key';
    return `${shortened(path)}: only ${place} and a query string are a WebSocket URL (1.1.2)`;
  }
  const closed = book.closedEndpoint(host);
  if (closed !== undefined) return closed;
  const paths = book.paths(host);
  if (paths.length === 0) return `no stage is served at ${shortened(path)}, nor anywhere else on this port`;
  return `no stage is served at ${shortened(path)}; there ${paths.length > 1 ? 'are' : 'is'} ${paths.join(', ')}`;
}

/** The same of a URL that is too long (1.1.8). */
export function longUrl({ length }: string): string {
  return `the URL has ${length} characters, and ${LIMITS.urlLength} are the most (1.1.8)`;
}

/**
 * The same of a call of `@connections` (6.10): the endpoint of the backend's SDK client is wrong.
 *
 * @param at where `/@connections` begins in the path
 */
export function strayCall(book: AddressBook, { headers: { host = '' }, socket }: IncomingMessage, path: string, at: number): string {
  const [endpoint, rest] = [path.slice(0, at), path.slice(at)];
  if (book.find(host, path)?.rest === rest) return `${shortened(rest)}: @connections is written in lower case (6.2)`;
  const closed = book.closedEndpoint(host);
  if (closed !== undefined) return closed;
  const origin = `https://${book.hasDomain(host) || apiIdOf(host) !== undefined ? host : `localhost:${socket.localPort}`}`;
  const endpoints = book.paths(host).map((served) => `${origin}${served}`);
  const right = endpoints.length > 1 ? `the endpoints of @connections are ${endpoints.join(', ')}` : `the endpoint of @connections is ${endpoints[0]}`;
  return `no stage is served at ${shortened(endpoint || '/')}${endpoints.length > 0 ? `: ${right}` : ', nor anywhere else on this port'}`;
}
