/*! With aws-jwt-verify, Copyright Amazon.com, Inc. or its affiliates, under the Apache License 2.0. */
import { Configuration, readConfiguration } from './jwt/configuration';
import { allow, AuthorizerResponse, deny } from './jwt/result';
import { findToken, Handshake } from './jwt/token';
import { Claims, isOurFault, reasonOf, TokenVerifier } from './jwt/verifier';

interface AuthorizerEvent extends Handshake {
  readonly methodArn: string;
}

const configuration = readConfiguration(process.env);
const verifier = new TokenVerifier(configuration);

/**
 * Admits clients with a valid token.
 *
 * API Gateway responds with 401 to the error `Unauthorized`, with 403 to a policy that denies, and with 500 to any other error, such as
 * one that kept the token from being verified.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export async function handler(event: AuthorizerEvent): Promise<AuthorizerResponse> {
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
  // Lambda logs the stack of a thrown error, but the reason is logged above.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Logged as JSON, so that input of a client cannot forge a line of the log. */
function refuse(status: number, reason: string): void {
  console.warn(JSON.stringify({ message: 'refused', status, reason }));
}

/** A token needs one of the scopes and one of the groups. */
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
