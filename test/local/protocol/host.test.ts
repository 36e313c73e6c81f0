import { hostName, hostPattern, isLoopback, parseOrigin, plainAddress } from '../../../lib/local/protocol/host';

test.each([
  ['localhost:3001', 'localhost'],
  ['LocalHost.:3001', 'localhost'],
  ['ws.example.com', 'ws.example.com'],
  ['my_machine.lan:80', 'my_machine.lan'],
  ['localhost:', 'localhost'],
  ['127.0.0.1:3001', '127.0.0.1'],
  ['[::1]:3001', '::1'],
  ['[0:0:0:0:0:0:0:1]', '::1'],
  ['[::ffff:127.0.0.1]:3001', '127.0.0.1'],
  ['[::FFFF:7f00:1]', '127.0.0.1'],
  ['2130706433', '2130706433'],
  ['0x7f.1', '0x7f.1'],
])('the host of %s is %s', (header, name) => {
  expect(hostName(header)).toBe(name);
});

test.each([
  '', ':3001', '.', '.localhost', 'localhost..', 'a..b', 'localhost:65536', 'localhost:http', 'localhost:3001.evil', 'localhost@evil.example',
  'localhost:3001@evil.example', 'localhost/evil', 'localhost evil', 'localhost, evil.example', 'localhost\tx', 'localhost%00', 'localh\u00f6st',
  '::1', '[::1', '[::1]]', '[::1]evil', '[fe80::1%25lo]', '[localhost]', '[127.0.0.1]', '[1]', '*', '*.example.com',
])('%j is no host', (header) => {
  expect(hostName(header)).toBeUndefined();
});

test.each([
  ['::1', '::1'], ['[::1]', '::1'], ['192.168.1.7', '192.168.1.7'], ['My-Machine.lan:3001', 'my-machine.lan'], ['*.Example.com', '*.example.com'],
  ['*', undefined], ['*.', undefined], ['*.127.0.0.1', undefined], ['a.*.example.com', undefined], ['http://example.com', undefined],
])('a user who writes %s allows %s', (text, pattern) => {
  expect(hostPattern(text)).toBe(pattern);
});

test.each([
  ['127.0.0.1', '127.0.0.1'], ['::ffff:192.168.1.7', '192.168.1.7'], ['::ffff:c0a8:107', '192.168.1.7'], ['FE80::1%eth0', 'fe80::1'], ['', ''],
])('the address %s is %s', (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

test('this machine has the names and addresses that lead nowhere else', () => {
  const names = ['localhost', 'chat.localhost', '127.0.0.1', '127.255.0.9', '::1'];
  const others = ['localhost.evil.example', 'evillocalhost', '127.0.0.1.evil.example', '127.1', '2130706433', '0.0.0.0', '128.0.0.1', '::', '::2', '169.254.169.254'];
  expect([names, others].map((list) => list.filter(isLoopback))).toEqual([names, []]);
});

test.each([
  ['http://localhost:5173', { text: 'http://localhost:5173', host: 'localhost' }],
  ['HTTPS://App.Example.com:443', { text: 'https://app.example.com', host: 'app.example.com' }],
  ['http://app.example.com:80', { text: 'http://app.example.com', host: 'app.example.com' }],
  ['http://app.example.com:443', { text: 'http://app.example.com:443', host: 'app.example.com' }],
  ['http://[::1]:5173', { text: 'http://[::1]:5173', host: '::1' }],
  ['null', { text: 'null' }],
  ['file://', { text: 'file://' }],
  ['chrome-extension://abcdefghijklmnop', { text: 'chrome-extension://abcdefghijklmnop' }],
  ['capacitor://localhost', { text: 'capacitor://localhost' }],
])('the origin %s is read', (header, origin) => {
  expect(parseOrigin(header)).toEqual(origin);
});

test.each([
  '', '*', 'localhost', 'NULL', 'http://', 'https://a https://b', 'https://a, https://b', 'http://localhost/', 'http://localhost@evil.example', 'http://localhost:99999',
  'http://*.example.com', 'file:///etc/passwd', 'javascript:alert(1)',
])('%j is no origin', (header) => {
  expect(parseOrigin(header)).toBeUndefined();
});
