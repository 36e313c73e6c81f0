import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketJwtAuthorizerOptions, WebsocketService } from '../lib';
import { inlineFunction, quickStack } from './_helpers/quick-app';

let stack: Stack;
beforeEach(() => { stack = quickStack(); });

const ISSUER = 'https://login.example.com/';

function service(options: WebsocketJwtAuthorizerOptions): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { function: inlineFunction(stack, 'Foo') } }, authorizer: ConnectAuthorizer.jwt(options),
  });
}

test('issuer and audience become variables, and what is not given is none', () => {
  // WHEN
  service({ issuer: ISSUER, audience: ['chat', 'https://chat.example.com'] });

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'chat https://chat.example.com', JWT_TOKEN_SOURCES: 'querystring:token' },
    },
  });
  const [variables] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
    .flatMap(({ Properties }) => (Properties.Environment?.Variables.JWT_ISSUER ? [Properties.Environment.Variables as object] : []));
  expect(Object.keys(variables).sort()).toEqual(['JWT_AUDIENCE', 'JWT_ISSUER', 'JWT_TOKEN_SOURCES']);
});

test('the keys may be anywhere', () => {
  service({ issuer: ISSUER, audience: ['chat'], jwksUri: 'https://keys.example.com/?p=chat' });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ JWT_JWKS_URI: 'https://keys.example.com/?p=chat' }) },
  });
});

test('what is known at deployment only passes', () => {
  // WHEN
  const parameter = new CfnParameter(stack, 'Parameter').valueAsString;
  service({ issuer: parameter, audience: [parameter, 'chat'], jwksUri: parameter });

  // THEN
  const value = { Ref: 'Parameter' };
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({ JWT_ISSUER: value, JWT_AUDIENCE: { 'Fn::Join': ['', [value, ' chat']] }, JWT_JWKS_URI: value }),
    },
  });
});

const HTTPS = 'write it in full, for example "https://login.example.com/"';
const CLAIM = 'name what tokens for this service have in the claim `aud`';
test.each<[string, object, string]>([
  ['no issuer', { issuer: undefined }, "issuer: (not set) is not a string; use 'https://login.example.com/'"],
  ['an issuer without TLS', { issuer: 'http://login.example.com' }, `issuer: "http://login.example.com" is not an https URL; ${HTTPS}`],
  ['a host as issuer', { issuer: 'login.example.com' }, `issuer: "login.example.com" is not an https URL; ${HTTPS}`],
  ['white space', { issuer: ' https://a.b' }, `issuer: " https://a.b" is not an https URL; ${HTTPS}`],
  ['a query', { issuer: 'https://a.b/?c=d' },
    'issuer: "https://a.b/?c=d" has a query or a fragment, which an issuer must not have; write what tokens have in the claim `iss`'],
  ['a fragment', { issuer: 'https://a.b/#' },
    'issuer: "https://a.b/#" has a query or a fragment, which an issuer must not have; write what tokens have in the claim `iss`'],
  ['a password', { issuer: 'https://u:p@a.b' }, 'issuer: "https://u:p@a.b" has a user or a password in it; leave them out'],
  ['keys without TLS', { jwksUri: 'http://a.b' }, `jwksUri: "http://a.b" is not an https URL; ${HTTPS}`],
  ['no audience', { audience: undefined }, `audience: (not set) is not a list; ${CLAIM}`],
  ['an empty audience', { audience: [] }, `audience: [] is empty; ${CLAIM}`],
  ['an empty text as audience', { audience: [''] }, `audience: "" is not a name; ${CLAIM}`],
  ['white space in an audience', { audience: ['my chat'] }, 'audience: "my chat" has white space in it; give each name as an element of its own'],
])('fails: %s', (_kind, options, message) => {
  expect(() => service({ issuer: ISSUER, audience: ['chat'], ...options })).toThrow(new Error(`Stack/Chat: authorizer.${message}`));
});

test('fails without options', () => {
  expect(() => service(undefined as never)).toThrow(new Error(
    'Stack/Chat: authorizer: (not set) is not an object; use the options of the authorizer'));
});
