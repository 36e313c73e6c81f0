import { Token } from 'aws-cdk-lib';
import { closest } from '../nearest';
import { Complaint } from '../problem';

/**
 * What `$context.` has in the access log of a WebSocket API. Properties of the authorizer's context come on top: `authorizer.<property>`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export const ACCESS_LOG_VARIABLES: readonly string[] = [
  'requestId', 'extendedRequestId', 'requestTime', 'requestTimeEpoch',
  'apiId', 'domainName', 'stage', 'eventType', 'routeKey', 'connectionId', 'connectedAt', 'messageId', 'status',
  ...group('error', ['message', 'messageString', 'responseType', 'validationErrorString']),
  ...group('integration', ['error', 'integrationStatus', 'latency', 'requestId', 'status']),
  'integrationLatency',
  ...group('authenticate', ['error', 'latency', 'status']),
  ...group('authorize', ['error', 'latency', 'status']),
  ...group('authorizer', ['error', 'integrationLatency', 'integrationStatus', 'latency', 'principalId', 'requestId', 'status']),
  ...group('identity', ['sourceIp', 'userAgent', 'accountId', 'apiKey', 'apiKeyId', 'caller', 'user', 'userArn', 'principalOrgId']),
  ...group('identity', ['cognitoAuthenticationProvider', 'cognitoAuthenticationType', 'cognitoIdentityId', 'cognitoIdentityPoolId']),
  ...group('waf', ['error', 'latency', 'status']),
];

/** Bytes: "Access log template size" in the quotas of WebSocket APIs. */
const LARGEST = 3 * 1024;

const REQUEST_IDS = ['requestId', 'extendedRequestId'];

/** What is wrong with a format: with which part of it, and why. */
export interface FormatComplaint {
  readonly value: unknown;
  readonly complaint: Complaint;
}

/**
 * What is wrong with the format of an access log, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export function accessLogFormatComplaint(format: string): FormatComplaint | undefined {
  if (Token.isUnresolved(format)) return undefined;
  if (/[\r\n]/.test(format)) {
    return about(excerpt(format), 'has a line break, and API Gateway takes a single line', 'write it in one line, as JSON.stringify does');
  }
  const size = Buffer.byteLength(format);
  if (size > LARGEST) return about(size, `bytes are more than the ${LARGEST} that API Gateway takes for a format`, 'log fewer variables');

  const names = [...format.matchAll(/\$context\b(?:\.([\w.]*\w))?/g)].map((match) => match[1] ?? '');
  const unknown = names.find((name) => !ACCESS_LOG_VARIABLES.includes(name) && !/^authorizer\../.test(name));
  if (unknown !== undefined) {
    return about(unknown && `$context.${unknown}` || '$context', 'is no variable of WebSocket access logs', `the nearest is $context.${closest(unknown, ACCESS_LOG_VARIABLES)}`);
  }
  if (names.some((name) => REQUEST_IDS.includes(name))) return undefined;
  return about(excerpt(format), 'has neither $context.requestId nor $context.extendedRequestId, and API Gateway asks for one', 'add it');
}

function about(value: unknown, reason: string, remedy: string): FormatComplaint {
  return { value, complaint: { reason, remedy } };
}

function excerpt(format: string): string {
  return format.length > 100 ? `${format.slice(0, 100)}...` : format;
}

function group(name: string, properties: string[]): string[] {
  return properties.map((property) => `${name}.${property}`);
}
