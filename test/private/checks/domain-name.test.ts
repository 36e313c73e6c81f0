import { CfnParameter } from 'aws-cdk-lib';
import { domainNameFault } from '../../../lib/private/checks/domain-name';
import { quickStack } from '../../_helpers/quick-app';

const label = 'a'.repeat(63);

test.each(['ws.example.com', 'a.b', '1.example.com', 'x-y.example.co.uk', 'xn--bcher-kva.example', `${label}.com`])('%s is a domain name', (name) => {
  expect(domainNameFault(name)).toBeUndefined();
});

test('a token may be one', () => {
  expect(domainNameFault(new CfnParameter(quickStack(), 'Host').valueAsString)).toBeUndefined();
});

test.each([
  '', 'localhost', 'wss://ws.example.com', 'ws.example.com/chat', 'ws.example.com:443', 'ws_1.example.com', '-ws.example.com', 'ws-.example.com',
  'ws..example.com', 'ws.example.com.', `a${label}.com`, `${[label, label, label, label].join('.')}.com`, 'https://WS.example.com',
])('%j is none', (name) => {
  expect(domainNameFault(name)).toEqual({
    reason: 'is not a domain name',
    remedy: 'use a host such as "ws.example.com": lower-case letters, digits, hyphens and dots, without scheme, port or path',
  });
});

test('upper case is not for API Gateway', () => {
  expect(domainNameFault('WS.Example.com')).toEqual({
    reason: 'has upper-case letters, which API Gateway does not take', remedy: 'write "ws.example.com"',
  });
});

test('a wildcard has no URL', () => {
  expect(domainNameFault('*.example.com')).toEqual({
    reason: 'stands for many hosts, and `url` and `callbackUrl` name one',
    remedy: 'name the host, for example "chat.example.com"; a wildcard belongs into the certificate',
  });
});
