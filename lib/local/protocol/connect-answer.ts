import { member } from './json';
import { headerValue } from './request';
import { UNVERIFIED } from './unverified';

/** An HTTP answer that refuses a handshake or a call of `@connections`. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** The header `x-amzn-ErrorType`. */
  readonly errorType: string;
}

/** The ways in which the integration of `$connect` can fail, with the answer to the handshake (2.3 to 2.6). */
export const CONNECT_FAILURES = {
  failed: UNVERIFIED.failedConnect,
  malformed: UNVERIFIED.malformedConnectResponse,
  notInvocable: UNVERIFIED.connectNotInvocable,
  misconfigured: UNVERIFIED.connectMisconfigured,
  timeout: UNVERIFIED.connectTimeout,
  backendUnreachable: UNVERIFIED.backendUnreachable,
  noTemplate: UNVERIFIED.noTemplate,
  noIntegrationResponse: UNVERIFIED.noIntegrationResponse,
} as const satisfies Record<string, Refusal>;

/** How an integration failed; for a message, only the status of the refusal is used. */
export type FailureKind = keyof typeof CONNECT_FAILURES;

/** What identity sources can name. */
interface IdentityRequest {
  /** Names in any spelling. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$context` (8.3). */
  readonly context: Readonly<Record<string, unknown>>;
}

/** The first identity source that the request lacks or leaves empty, in which case the authorizer is not invoked (3.3, 3.4). */
export function missingIdentitySource(sources: readonly string[], request: IdentityRequest): string | undefined {
  return sources.find((source) => {
    const value = identityValue(source, request);
    return value === undefined || value === null || value === '';
  });
}

/** The required parameters that a handshake lacks or leaves empty (5.4.2): `route.request.querystring.X`, `route.request.header.X`. */
export function missingParameters(required: readonly string[], { headers, query }: Pick<IdentityRequest, 'headers' | 'query'>): string[] {
  return required.filter((name) => missingIdentitySource([name], { headers, query, stageVariables: {}, context: {} }) !== undefined);
}

/** The answer to a handshake without these required parameters (5.4.2). */
export function missingParametersRefusal(missing: readonly string[]): Refusal {
  const { status, message, errorType } = UNVERIFIED.missingParameter;
  const names = missing.map((parameter) => parameter.replace(/^route\.request\.(?:header|querystring)\./, ''));
  return { status, errorType, body: JSON.stringify({ message: `${message}[${names.join(', ')}]` }) };
}

/** The status that answers the handshake, by the status code that `$connect` returned (2.1, 2.2). */
export function connectStatus(statusCode: number): number {
  if (statusCode >= 200 && statusCode < 300) return 101;
  return statusCode < 200 ? UNVERIFIED.informationalConnectStatus : statusCode;
}

/**
 * The subprotocol in the answer to the handshake (2.8): never one that `$connect` did not return.
 *
 * @param headers of the response of `$connect`
 */
export function subprotocol(headers: Readonly<Record<string, string>>): string | undefined {
  const chosen = headerValue(headers, 'sec-websocket-protocol');
  // assumed (2.9): a subprotocol that the client did not offer is sent all the same
  // A line break would end the header.
  return chosen && /^[\x20-\x7e]+$/.test(chosen) ? chosen : undefined;
}

const SOURCE = /^(route\.request\.header|route\.request\.querystring|stageVariables|context)\.(.+)$/;

function identityValue(source: string, request: IdentityRequest): unknown {
  const [, kind, name] = SOURCE.exec(source) ?? [];
  switch (kind) {
    case 'route.request.header': return headerValue(request.headers, name);
    case 'route.request.querystring': return member(request.query, name);
    case 'stageVariables': return member(request.stageVariables, name);
    case 'context': return name.split('.').reduce<unknown>(member, request.context);
    // AWS allows no other source.
    default: return undefined;
  }
}
