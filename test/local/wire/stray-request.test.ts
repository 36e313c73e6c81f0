import type { IncomingMessage } from 'http';
import { AddressBook } from '../../../lib/local/wire/address-book';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { longUrl, strayCall, strayHandshake } from '../../../lib/local/wire/stray-request';
import { api, stage } from '../_helpers/local-server';

const LOCAL = 'localhost:3001';
const DOMAIN = 'api.example.com';

function bookOf(...stages: Array<Parameters<typeof stage>[0]>): AddressBook {
  return new AddressBook(stages.map((one) => new ServedStage(api([]), stage(one))));
}

const dev = bookOf({});
const two = bookOf({}, { name: 'beta' });
const mapped = bookOf({ mappings: [{ domainName: DOMAIN, mappingKey: 'chat' }] });
const root = bookOf({ mappings: [{ domainName: DOMAIN, mappingKey: '' }] });

describe('a handshake', () => {
  test.each([
    ['/prod', 'no stage is served at /prod; there is /dev', LOCAL, dev],
    ['/', 'no stage is served at /; there are /dev, /beta', LOCAL, two],
    ['/prod', 'no stage is served at /prod, nor anywhere else on this port', LOCAL, bookOf()],
    [`/${'x'.repeat(200)}`, `no stage is served at /${'x'.repeat(99)}...; there is /dev`, LOCAL, dev],
    ['/dev', 'no stage is served at /dev; there is /chat', DOMAIN, mapped],
    ['/dev', 'no stage is served at /dev; there is /', DOMAIN, root],
  ])('1.1.3: to %s is told: %s', (path, reason, host, book) => {
    expect(strayHandshake(book, host, path, book.find(host, path))).toBe(reason);
  });

  test.each([
    ['/dev/extra', '/dev/extra: only the stage and a query string are a WebSocket URL (1.1.2)', LOCAL, dev],
    ['/chat/extra', '/chat/extra: only the mapping key and a query string are a WebSocket URL (1.1.2)', DOMAIN, mapped],
  ])('1.1.2: to %s is told: %s', (path, reason, host, book) => {
    expect(strayHandshake(book, host, path, book.find(host, path))).toBe(reason);
  });

  test('1.1.8: with a URL that is too long is told its length', () => {
    expect(longUrl('x'.repeat(5000))).toBe('the URL has 5000 characters, and 4096 are the most (1.1.8)');
  });
});

describe('a call of @connections', () => {
  test.each([
    ['/prod', 'no stage is served at /prod: the endpoint of @connections is https://localhost:3001/dev', LOCAL, dev],
    ['', 'no stage is served at /: the endpoints of @connections are https://localhost:3001/dev, https://localhost:3001/beta', LOCAL, two],
    ['/chat/dev', `no stage is served at /chat/dev: the endpoint of @connections is https://${DOMAIN}/chat`, DOMAIN, mapped],
    ['/prod', 'no stage is served at /prod, nor anywhere else on this port', LOCAL, bookOf()],
  ])('6.10: to %j is told: %s', (endpoint, reason, host, book) => {
    const request = { headers: { host }, socket: { localPort: 3001 } } as IncomingMessage;
    expect(strayCall(book, request, `${endpoint}/@connections/x`, endpoint.length)).toBe(reason);
  });

  test('6.2: in capital letters is told', () => {
    const request = { headers: { host: LOCAL }, socket: { localPort: 3001 } } as IncomingMessage;
    expect(strayCall(dev, request, '/dev/@Connections/x', 4)).toBe('/@Connections/x: @connections is written in lower case (6.2)');
  });
});
