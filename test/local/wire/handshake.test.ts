import { domainName } from '../../../lib/local/wire/handshake';

const local = { host: '127.0.0.1', port: 3001 };

test.each([
  ['localhost:3001', local],
  ['LOCALHOST:3001', local],
  ['127.0.0.1:3001', local],
  ['127.0.1.7:3001', local],
  ['[::1]:3001', local],
  ['192.168.1.7:3001', { host: '192.168.1.7', port: 3001 }],
  ['[fe80::1]:3001', { host: 'fe80::1', port: 3001 }],
  ['localhost', { host: '127.0.0.1', port: 80 }],
])('1.3.9: %s is the host that the client asked for', (asked, endpoint) => {
  expect(domainName(asked, false, endpoint)).toBe(asked);
});

test('1.3.9: a custom domain stays, whatever its port', () => {
  expect(domainName('api.example.com', true, local)).toBe('api.example.com');
});

test.each([
  // A proxy of a development server.
  'localhost:5173',
  'localhost',
  '192.168.1.7:3001',
  'evil.example:3001',
  'localhost.evil.example:3001',
  'aabbccddee.execute-api.eu-west-1.amazonaws.com',
  '[::1:3001',
  '',
  undefined,
])('1.3.9: %s would lead handlers astray, so it is localhost', (asked) => {
  expect(domainName(asked, false, local)).toBe('localhost:3001');
});
