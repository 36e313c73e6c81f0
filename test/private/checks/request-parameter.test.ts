import { Lazy } from 'aws-cdk-lib';
import { requestParameterFault } from '../../../lib/private/checks/request-parameter';

test.each(['route.request.querystring.token', 'route.request.header.X-Client', Lazy.string({ produce: () => '?' })])('legal: %s', (name) => {
  expect(requestParameterFault(name)).toBeUndefined();
});

test.each([
  ['method.request.querystring.token', 'route.request.querystring.token'],
  ['request.header.X-Client', 'route.request.header.X-Client'],
  ['$request.header.X-Client', 'route.request.header.X-Client'],
  ['querystring.token', 'route.request.querystring.token'],
])('%s is nearly right', (name, right) => {
  expect(requestParameterFault(name)).toEqual({ reason: 'is not the form that WebSocket APIs take', remedy: `write "${right}"` });
});

test.each(['token', 'route.request.body.token', 'route.request.path.token', 'route.request.header.', ''])('%j is refused', (name) => {
  expect(requestParameterFault(name)).toEqual({
    reason: 'is no parameter of a handshake', remedy: 'use route.request.querystring.<name> or route.request.header.<name>',
  });
});
