import type { IncomingMessage } from 'http';
import { ThisMachine } from '../../../lib/local/wire/this-machine';

function request(remoteAddress: string, localAddress: string, headers: Record<string, string> = { host: 'localhost:3001' }): IncomingMessage {
  return { headers, socket: { remoteAddress, localAddress } } as unknown as IncomingMessage;
}

test.each([
  ['127.0.0.1', '127.0.0.1'], ['127.1.2.3', '127.0.0.1'], ['::1', '::1'], ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
])('a peer at %s is on this machine', (remote, local) => {
  expect(new ThisMachine().made(request(remote, local))).toBe(true);
});

test('a gateway that listens on one address of the network is called from there', () => {
  const headers = { host: '192.168.1.7:3001' };
  expect(new ThisMachine(() => ['192.168.1.7']).made(request('192.168.1.7', '192.168.1.7', headers))).toBe(true);
  expect(new ThisMachine(() => ['192.168.1.7']).made(request('192.168.1.8', '192.168.1.7', headers))).toBe(false);
});

test('a gateway that listens on all addresses is called from a loopback one', () => {
  expect(new ThisMachine(() => ['0.0.0.0']).made(request('192.168.1.7', '192.168.1.7'))).toBe(false);
});

test.each([
  [{ host: 'chat.tunnel.example' }], [{ host: 'evil.localhost.example' }], [{ host: '192.168.1.7' }], [{}],
  [{ 'host': 'localhost', 'x-forwarded-for': '127.0.0.1' }], [{ host: 'localhost', via: '1.1 x' }], [{ 'host': 'localhost', 'cf-connecting-ip': '1.2.3.4' }],
  [{ 'host': 'localhost', 'x-forwarded-port': '443' }], [{ 'host': 'localhost', 'x-original-host': 'a.example' }],
  [{ 'host': 'localhost', 'true-client-ip': '1.2.3.4' }], [{ 'host': 'localhost', 'tailscale-user-login': 'a@example.com' }],
])('%j is not for this machine alone', (headers) => {
  expect(new ThisMachine().made(request('127.0.0.1', '127.0.0.1', headers as unknown as Record<string, string>))).toBe(false);
});

test('the name that the gateway was told to listen at', () => {
  const machine = new ThisMachine();
  machine.host = 'my-machine.lan';
  expect(machine.made(request('127.0.0.1', '127.0.0.1', { host: 'my-machine.lan:3001' }))).toBe(true);
});

test('HTTP/1.0 is spoken by proxies that say nothing else about whom they serve', () => {
  const passed = { ...request('127.0.0.1', '127.0.0.1'), httpVersion: '1.0' } as IncomingMessage;
  expect(new ThisMachine().made(passed)).toBe(false);
});
