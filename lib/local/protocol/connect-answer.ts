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
