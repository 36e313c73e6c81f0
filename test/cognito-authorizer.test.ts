import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { ConnectAuthorizer, WebsocketCognitoAuthorizerOptions, WebsocketCognitoTokenUse, WebsocketService } from '../lib';
import { inlineFunction, quickApp, quickStack } from './_helpers/quick-app';

let stack: Stack;
let userPool: cognito.UserPool;
let client: cognito.UserPoolClient;

beforeEach(() => {
  stack = quickStack();
  userPool = new cognito.UserPool(stack, 'Pool');
  client = userPool.addClient('Web');
});

function service(options: Partial<WebsocketCognitoAuthorizerOptions> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { function: inlineFunction(stack, 'Foo') } },
    authorizer: ConnectAuthorizer.cognito({ userPool, userPoolClients: [client], ...options }),
  });
}

function hasVariables(expected: object): void {
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: expected } });
}

test('user pool and clients become variables; without a use it is access tokens', () => {
  // WHEN
  const mobile = userPool.addClient('Mobile');
  service({ userPoolClients: [client, mobile] });

  // THEN
  const [pool, web, app] = [userPool.userPoolId, client.userPoolClientId, mobile.userPoolClientId].map((id) => stack.resolve(id));
  hasVariables({
    COGNITO_USER_POOL_ID: pool,
    COGNITO_CLIENT_IDS: { 'Fn::Join': ['', [web, ' ', app]] },
    COGNITO_TOKEN_USE: 'access',
    JWT_TOKEN_SOURCES: 'querystring:token',
  });
});

test('ID tokens and groups can be required', () => {
  service({ tokenUse: WebsocketCognitoTokenUse.ID, groups: ['staff', 'admins'] });
  hasVariables(Match.objectLike({ COGNITO_TOKEN_USE: 'id', COGNITO_GROUPS: 'staff admins' }));
});

test('scopes can be required of access tokens', () => {
  service({ scopes: ['chat/read'], tokenUse: WebsocketCognitoTokenUse.ACCESS });
  hasVariables(Match.objectLike({ COGNITO_TOKEN_USE: 'access', JWT_SCOPES: 'chat/read' }));
});

test('an imported user pool will do', () => {
  service({
    userPool: cognito.UserPool.fromUserPoolId(stack, 'Imported', 'eu-west-1_AbCdEf123'),
    userPoolClients: [cognito.UserPoolClient.fromUserPoolClientId(stack, 'ImportedClient', '1example23456789')],
  });
  hasVariables(Match.objectLike({ COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123', COGNITO_CLIENT_IDS: '1example23456789' }));
});

test('a user pool of another stack causes no cycle, even if a route invokes a function of that stack', () => {
  // GIVEN
  const app = quickApp();
  const users = new Stack(app, 'Users');
  const pool = new cognito.UserPool(users, 'Pool');
  stack = new Stack(app, 'Stack');

  // WHEN
  const chat = new WebsocketService(stack, 'Chat', {
    routes: { foo: { function: inlineFunction(stack, 'Foo') } },
    authorizer: ConnectAuthorizer.cognito({ userPool: pool, userPoolClients: [pool.addClient('Web')] }),
  });
  chat.grantManageConnections(inlineFunction(users, 'Worker'));

  // THEN
  expect(() => (stack.node.root as App).synth()).not.toThrow();
  expect(stack.dependencies).toEqual([users]);
});

const POOL = "use cognito.UserPool.fromUserPoolId(this, 'Pool', id) for an id";
test.each<[string, object, string]>([
  ['an id as user pool', { userPool: 'eu-west-1_a' }, `userPool: "eu-west-1_a" is not a user pool; ${POOL}`],
  ['no user pool', { userPool: undefined }, `userPool: (not set) is not a user pool; ${POOL}`],
  ['no clients', { userPoolClients: undefined }, 'userPoolClients: (not set) is not a list; use [client]'],
  ['an empty list of clients', { userPoolClients: [] }, 'userPoolClients: [] is empty, so that nobody could connect; name a client'],
  ['an id as client', { userPoolClients: ['id'] },
    "userPoolClients: \"id\" is not an app client; use cognito.UserPoolClient.fromUserPoolClientId(this, 'Client', id) for an id"],
  ['another use', { tokenUse: 'refresh' }, 'tokenUse: "refresh" is not a kind of token; use WebsocketCognitoTokenUse.ACCESS or ID'],
  ['scopes of ID tokens', { tokenUse: 'id', scopes: ['a'] },
    'scopes: ["a"] are required, but ID tokens have no scopes; use WebsocketCognitoTokenUse.ACCESS, or `groups`'],
  ['an empty list of groups', { groups: [] }, 'groups: [] is empty; name a group, or leave `groups` out'],
])('fails: %s', (_kind, options, message) => {
  expect(() => service(options)).toThrow(new Error(`Stack/Chat: authorizer.${message}`));
});
