import { Lazy } from 'aws-cdk-lib';
import { identitySourceFault } from '../../../lib/private/checks/identity-source';

test.each([
  'route.request.header.Authorization', 'route.request.header.X-Api-Key', 'route.request.querystring.token', 'stageVariables.tenant',
  'context.identity.sourceIp',
])('%s is an identity source', (source) => {
  expect(identitySourceFault(source)).toBeUndefined();
});

test('a token is let through', () => {
  expect(identitySourceFault(Lazy.string({ produce: () => 'method.request.header.Auth' }))).toBeUndefined();
});

test.each([
  ['REST', 'method.request.header.Auth', 'route.request.header.Auth'],
  ['REST', 'method.request.querystring.token', 'route.request.querystring.token'],
  ['HTTP', '$request.header.Auth', 'route.request.header.Auth'],
  ['HTTP', '$request.querystring.token', 'route.request.querystring.token'],
  ['HTTP', '$context.identity.sourceIp', 'context.identity.sourceIp'],
  ['HTTP', '$stageVariables.tenant', 'stageVariables.tenant'],
  ['a mixed', '$route.request.header.Auth', 'route.request.header.Auth'],
  ['a mixed', '$route.request.querystring.token', 'route.request.querystring.token'],
  ['a short', 'request.header.Auth', 'route.request.header.Auth'],
  ['a short', 'request.querystring.token', 'route.request.querystring.token'],
])('fails with the right spelling for %s form: %s', (_, source, right) => {
  expect(identitySourceFault(source)).toEqual({ reason: 'is not the form that WebSocket APIs take', remedy: `write "${right}"` });
});

test('the right spelling is an identity source itself', () => {
  const remedy = identitySourceFault('method.request.header.Auth')?.remedy;

  expect(identitySourceFault(/"(.+)"/.exec(remedy ?? '')?.[1] ?? '')).toBeUndefined();
});

test.each([
  '', 'token', 'header.Auth', 'route.request.header', 'route.request.header.', 'route.request.querystring.', 'method.request.header.',
  '$context.', 'context.', 'stageVariables', 'route.request.body.token', 'route.request.header.My Header', 'route.request.header.Auth ',
  ' route.request.header.Auth', 'route.request.header.$x', 'ROUTE.request.header.Auth', '$request.body.token',
])('%j is refused', (source) => {
  expect(identitySourceFault(source)).toEqual({
    reason: 'is not an identity source',
    remedy: 'use route.request.header.<name>, route.request.querystring.<name>, stageVariables.<name> or context.<name>',
  });
});
