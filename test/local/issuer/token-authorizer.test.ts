import type { Authorizer, LambdaFunction } from '../../../lib/local/assembly/local-app';
import { GatewayError } from '../../../lib/local/gateway-error';
import { tokenAuthorizers, wanted } from '../../../lib/local/issuer/token-authorizer';
import type { ServedApi } from '../../../lib/local/terminal/served';

const JWT = { JWT_TOKEN_SOURCES: 'querystring:token', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'chat mail' };
const POOL = { JWT_TOKEN_SOURCES: 'header:Authorization', COGNITO_USER_POOL_ID: 'eu-west-1_AbC', COGNITO_CLIENT_IDS: 'web mobile', COGNITO_TOKEN_USE: 'id' };

function lambda(id: string, environment: Record<string, string>, unresolved: string[] = [], region = 'eu-west-1'): LambdaFunction {
  return { id, path: id, region, environment, unresolved: unresolved.map((name) => ({ name, refersTo: 'Pool', reason: 'later' })) } as unknown as LambdaFunction;
}

function served(target: Authorizer['target'], ...stages: string[]): ServedApi {
  const routes = new Map([['$connect', { authorization: { type: 'CUSTOM', authorizer: { target } } }]]);
  return { port: 3001, api: { routes }, stages: stages.map((name) => ({ stage: { name } })) } as unknown as ServedApi;
}

function one(fn: LambdaFunction, own: Record<string, string> = {}) {
  return tokenAuthorizers(new Map([[fn.id, fn]]), [served({ type: 'function', functionId: fn.id }, 'dev')], () => own)[0];
}

test('an authorizer wants tokens of its issuer for one of its audiences', () => {
  const environment = { ...JWT, JWT_SCOPES: 'read write', JWT_PRINCIPAL_CLAIM: 'email' };

  expect(wanted(one(lambda('A', environment)))).toEqual({
    kind: 'jwt', issuer: 'https://login.example.com/', audience: 'chat', scopes: ['read', 'write'], groups: [], principalClaim: 'email',
  });
});

test('that of a user pool wants tokens of the pool for one of its clients', () => {
  const pool = { issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC', audience: 'web', scopes: [], principalClaim: 'sub' };

  expect(wanted(one(lambda('A', POOL)))).toEqual({ kind: 'id', groups: [], ...pool });
  expect(wanted(one(lambda('A', { ...POOL, COGNITO_TOKEN_USE: '', COGNITO_GROUPS: 'staff admins' }))))
    .toEqual({ kind: 'access', groups: ['staff', 'admins'], ...pool });
});

test('the variables of the developer take precedence', () => {
  expect(wanted(one(lambda('A', JWT), { JWT_ISSUER: 'https://other.example.com', JWT_AUDIENCE: 'mail' })))
    .toMatchObject({ issuer: 'https://other.example.com', audience: 'mail' });
});

test('what only a deployment knows has a stand-in that the function accepts', () => {
  const pool = lambda('A', { JWT_TOKEN_SOURCES: 'querystring:token' }, ['COGNITO_USER_POOL_ID', 'COGNITO_CLIENT_IDS', 'TABLE']);

  expect(one(pool, { COGNITO_CLIENT_IDS: 'mine' }).variables)
    .toEqual({ JWT_TOKEN_SOURCES: 'querystring:token', COGNITO_USER_POOL_ID: 'eu-west-1_local', COGNITO_CLIENT_IDS: 'mine' });
  expect(one({ ...pool, region: 'nowhere' }).variables).toMatchObject({ COGNITO_USER_POOL_ID: 'us-east-1_local', COGNITO_CLIENT_IDS: 'local-client' });
  expect(wanted(one(lambda('B', { JWT_TOKEN_SOURCES: 'querystring:token' }, ['JWT_ISSUER', 'JWT_AUDIENCE']))))
    .toMatchObject({ issuer: 'https://issuer.localhost/', audience: 'local-audience' });
});

test.each([
  ['JWT_AUDIENCE', JWT], ['JWT_ISSUER', JWT], ['COGNITO_CLIENT_IDS', POOL],
])('no token is made for a function without %s', (name, environment) => {
  expect(() => wanted(one(lambda('Chat/AuthorizerFunction', environment), { [name]: ' ' })))
    .toThrow(new GatewayError('INVALID_OPTION', `Chat/AuthorizerFunction has no ${name}, so that it accepts no token`));
});

test('a function of the user is left alone, and so is an API without an authorizer', () => {
  const [own, ours] = [lambda('Own', { COGNITO_USER_POOL_ID: 'eu-west-1_A' }), lambda('Ours', JWT)];
  const open = { ...served({ type: 'none', reason: '' }, 'dev'), api: { routes: new Map() } } as unknown as ServedApi;

  const found = tokenAuthorizers(new Map([[own.id, own], [ours.id, ours]]), [
    served({ type: 'function', functionId: 'Own' }, 'dev'), served({ type: 'none', reason: 'gone' }, 'dev'), open,
    served({ type: 'function', functionId: 'Elsewhere' }, 'dev'), served({ type: 'function', functionId: 'Ours' }, 'dev', 'prod'),
  ], () => ({}));

  expect(found.map(({ fn, stages }) => [fn.id, stages])).toEqual([['Ours', ['dev', 'prod']]]);
});

test('a stage variable gives every stage a door of its own', () => {
  const [first, second] = [lambda('First', JWT), lambda('Second', POOL)];
  const target = { type: 'stageVariable', uri: '', functions: { dev: 'First', prod: 'Second' } } as const;

  const found = tokenAuthorizers(new Map([[first.id, first], [second.id, second]]), [served(target, 'dev', 'prod', 'bare')], () => ({}));

  expect(found.map(({ fn, stages }) => [fn.id, stages])).toEqual([['First', ['dev']], ['Second', ['prod']]]);
});
