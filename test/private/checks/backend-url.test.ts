import { backendUrlFault } from '../../../lib/private/checks/backend-url';

test.each([
  'https://example.com', 'http://example.com:8080/a/{id}?b=c', 'HTTPS://example.com', 'https://${stageVariables.host}/a', '${Token[TOKEN.1]}',
  'https://${Token[TOKEN.1]}/a', 'http://nlb-1.elb.eu-west-1.amazonaws.com/',
])('%s is legal', (url) => {
  expect(backendUrlFault(url, true)).toBeUndefined();
});

test.each(['', 'example.com', 'ftp://example.com', 'ws://example.com', 'https://', 'https:///a', 'https://exa mple.com', 'wss://${Token[TOKEN.1]}'])('%s is refused', (url) => {
  expect(backendUrlFault(url, false)?.reason).toBe('is no http or https URL');
});

test('https to the own name of a load balancer is refused behind a VPC link only: elsewhere it may be a proxy that answers', () => {
  const url = 'https://nlb-1.elb.eu-west-1.amazonaws.com/';
  expect(backendUrlFault(url, true)?.reason).toBe('is https to the own name of a load balancer, which no certificate can be had for');
  expect(backendUrlFault(url, false)).toBeUndefined();
});
