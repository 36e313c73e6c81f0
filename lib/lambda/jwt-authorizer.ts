/*! With aws-jwt-verify, Copyright Amazon.com, Inc. or its affiliates, under the Apache License 2.0. */
import { Configuration, readConfiguration } from './jwt/configuration';
import { allow, AuthorizerResponse, deny } from './jwt/result';
import { Claims, isOurFault, reasonOf, TokenVerifier } from './jwt/verifier';

/** The part of the event that the authorizer reads. */
interface AuthorizerEvent {
  readonly methodArn: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
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
  const token = findToken(event);
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

/** The token in the first source that has one. */
function findToken(event: AuthorizerEvent): string | undefined {
  for (const { kind, name } of configuration.tokenSources) {
    const token = READERS[kind]?.(event, name)?.trim();
    if (token) return token;
  }
  return undefined;
}

const READERS: Readonly<Record<string, (event: AuthorizerEvent, name: string) => string | undefined>> = {
  querystring: ({ queryStringParameters = {} }, name) => queryStringParameters[name],
  header: (event, name) => header(event, name)?.replace(/^bearer +/i, ''),
  cookie: (event, name) => pairs(header(event, 'cookie'))
    .find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1).replace(/^"(.*)"$/, '$1'),
  subprotocol: (event, name) => {
    const offered = (header(event, 'sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
    // Without the name, the client would not know which of the two the server selects.
    return offered.includes(name) ? offered.find((protocol) => protocol !== name) : undefined;
  },
};

/** Header names keep the spelling of the client. */
function header({ headers = {} }: AuthorizerEvent, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function pairs(cookies = ''): string[] {
  return cookies.split(';').map((pair) => pair.trim());
}
