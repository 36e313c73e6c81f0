/*! With aws-jwt-verify, Copyright Amazon.com, Inc. or its affiliates, under the Apache License 2.0. */
import { Configuration, readConfiguration } from './jwt/configuration';
import { allow, AuthorizerResult, deny } from './jwt/result';
import { findToken, Handshake } from './jwt/token';
import { Claims, isOurFault, reasonOf, TokenVerifier } from './jwt/verifier';

interface AuthorizerEvent extends Handshake {
  readonly methodArn: string;
}

const configuration = readConfiguration(process.env);
const verifier = new TokenVerifier(configuration);

/**
 * Lets in whoever has a good token.
 *
 * API Gateway answers 401 for the error `Unauthorized`, 403 for a policy that denies, and 500 for any other error: so a token that
 * could not be checked is not called bad.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export async function handler(event: AuthorizerEvent): Promise<AuthorizerResult> {
  const token = findToken(event, configuration.tokenSources);
  if (token === undefined) throw unauthorized('there is no token');
  const claims = await verified(token);
  const principal = claims[configuration.principalClaim];
  if (typeof principal !== 'string' || principal === '') throw unauthorized(`the token has no text in ${configuration.principalClaim}`);

  const lacking = whatLacks(claims, configuration);
  if (lacking !== undefined) {
    refuse(403, lacking);
    return deny(principal, event.methodArn);
  }
  return allow(principal, event.methodArn, claims, usageIdentifier(claims));
}

async function verified(token: string): Promise<Claims> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (isOurFault(error)) throw error;
    throw unauthorized(reasonOf(error));
  }
}

function unauthorized(reason: string): Error {
  refuse(401, reason);
  const error = new Error('Unauthorized');
  // Lambda logs the stack of a thrown error; the reason is enough here.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** As JSON, so that what a client wrote cannot pass for a line of the log. */
function refuse(status: number, reason: string): void {
  console.warn(JSON.stringify({ message: 'refused', status, reason }));
}

/** One of the scopes and one of the groups will do. */
function whatLacks(claims: Claims, { scopes, groups }: Configuration): string | undefined {
  const granted = [...words(claims.scope), ...words(claims.scp)];
  if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) return `the token has none of the scopes ${scopes.join(', ')}`;
  const joined = words(claims['cognito:groups']);
  if (groups.length > 0 && !groups.some((group) => joined.includes(group))) return `the token has none of the groups ${groups.join(', ')}`;
  return undefined;
}

function words(claim: unknown): unknown[] {
  if (Array.isArray(claim)) return claim;
  return typeof claim === 'string' ? claim.split(' ') : [];
}

function usageIdentifier(claims: Claims): string | undefined {
  const value = configuration.usageIdentifierClaim === undefined ? undefined : claims[configuration.usageIdentifierClaim];
  return typeof value === 'string' ? value : undefined;
}
