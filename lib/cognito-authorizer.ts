import { Token } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { Checks } from './private/checks/checks';
import { withMember } from './private/checks/kind';
import { checkWords, TokenKind, TokenPreset, WebsocketTokenAuthorizerOptions, words } from './token-authorizer';

/** The kind of a Cognito token. */
export enum WebsocketCognitoTokenUse {
  /** An access token, which has scopes and no personal data. */
  ACCESS = 'access',

  /** An ID token, which identifies the user to an app. */
  ID = 'id',
}

/**
 * Options of an authorizer that verifies tokens of an Amazon Cognito user pool.
 *
 * Settings of the function override the `defaults` of the service, whose bundling options have no effect here. Without a `timeout` in
 * either, the function has 10 seconds. In a VPC, the function needs a route to the issuer.
 *
 * @example
 * ConnectAuthorizer.cognito({
 *   userPool,
 *   userPoolClients: [client],
 *   tokenUse: WebsocketCognitoTokenUse.ID,
 *   groups: ['players'],
 * });
 */
export interface WebsocketCognitoAuthorizerOptions extends WebsocketTokenAuthorizerOptions {
  /**
   * The user pool.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
   */
  readonly userPool: cognito.IUserPool;

  /**
   * The app clients whose tokens are accepted. At least one.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html
   */
  readonly userPoolClients: cognito.IUserPoolClient[];

  /**
   * The kind of token that is accepted. Tokens of the other kind are rejected.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
   * @default WebsocketCognitoTokenUse.ACCESS
   */
  readonly tokenUse?: WebsocketCognitoTokenUse;

  /**
   * Groups of the user pool. A user must be in at least one of them; API Gateway responds with 403 to others.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
   * @default - no group is required
   */
  readonly groups?: string[];
}

const USER_POOL = withMember('a user pool', 'userPoolId', "cognito.UserPool.fromUserPoolId(this, 'Pool', id) for an id");
const CLIENT = withMember('an app client', 'userPoolClientId', "cognito.UserPoolClient.fromUserPoolClientId(this, 'Client', id) for an id");

const COGNITO: TokenKind<WebsocketCognitoAuthorizerOptions> = {
  struct: 'WebsocketCognitoAuthorizerOptions',
  check: (checks, { userPool, userPoolClients, tokenUse, groups, scopes }) => {
    checks.required('userPool', userPool, USER_POOL);
    checkClients(checks, userPoolClients);
    checkTokenUse(checks, tokenUse, scopes);
    if (groups !== undefined) checkWords(checks, 'groups', groups, 'name a group, or leave `groups` out');
  },
  environment: ({ userPool, userPoolClients, tokenUse = WebsocketCognitoTokenUse.ACCESS, groups }) => ({
    COGNITO_USER_POOL_ID: userPool.userPoolId,
    COGNITO_CLIENT_IDS: words(userPoolClients.map(({ userPoolClientId }) => userPoolClientId)),
    COGNITO_TOKEN_USE: tokenUse,
    COGNITO_GROUPS: words(groups),
  }),
  constructs: ({ userPool, userPoolClients }) => [userPool, ...userPoolClients].filter(Construct.isConstruct),
};

export function cognitoPreset(options: WebsocketCognitoAuthorizerOptions): TokenPreset<WebsocketCognitoAuthorizerOptions> {
  return new TokenPreset(COGNITO, options);
}

function checkClients(checks: Checks, clients: cognito.IUserPoolClient[]): void {
  if (!Array.isArray(clients)) checks.refuse('userPoolClients', clients, { reason: 'is not a list', remedy: 'use [client]' });
  if (clients.length === 0) {
    checks.refuse('userPoolClients', clients, { reason: 'is empty, so that nobody could connect', remedy: 'name a client' });
  }
  for (const client of clients) checks.required('userPoolClients', client, CLIENT);
}

function checkTokenUse(checks: Checks, tokenUse?: WebsocketCognitoTokenUse, scopes?: string[]): void {
  const uses: string[] = Object.values(WebsocketCognitoTokenUse);
  if (tokenUse !== undefined && !uses.includes(tokenUse)) {
    checks.refuse('tokenUse', tokenUse, { reason: 'is not a kind of token', remedy: 'use WebsocketCognitoTokenUse.ACCESS or ID' });
  }
  if (tokenUse !== WebsocketCognitoTokenUse.ID || scopes === undefined || Token.isUnresolved(scopes)) return;
  checks.refuse('scopes', scopes, {
    reason: 'are required, but ID tokens have no scopes', remedy: 'use WebsocketCognitoTokenUse.ACCESS, or `groups`',
  });
}
