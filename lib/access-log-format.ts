import { Token } from 'aws-cdk-lib';
import { Checks } from './private/checks/checks';
import { STRING } from './private/checks/kind';
import { closest } from './private/nearest';
import { Fault } from './private/problem';

/**
 * The format of an access log, which has one line for each connection, message and disconnection.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   accessLog: { format: WebsocketAccessLogFormat.json(['requestId', 'routeKey', 'status', 'connectionId']) },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export class WebsocketAccessLogFormat {
  /**
   * JSON with variables of `$context`, nested as their names are: `{"requestId":"...","identity":{"sourceIp":"..."}}`.
   *
   * The default includes the API key itself (`identity.apiKey`) and data that identifies the client.
   *
   * @param variables names without `$context.`: `requestId`, `identity.sourceIp`, `authorizer.<property>` for what an authorizer
   * returned in its context. By default all variables of WebSocket APIs, without the properties of the authorizer's context
   */
  public static json(variables?: string[]): WebsocketAccessLogFormat {
    return new WebsocketAccessLogFormat(jsonOf(variables ?? ACCESS_LOG_VARIABLES));
  }

  /**
   * A line in the style of the Common Log Format: address, caller, user, time, event with route and connection, status, request id.
   *
   * @see https://httpd.apache.org/docs/current/logs.html#common
   */
  public static clf(): WebsocketAccessLogFormat {
    const context = (...names: string[]): string => names.map((name) => `$context.${name}`).join(' ');
    const client = context('identity.sourceIp', 'identity.caller', 'identity.user');
    const event = context('eventType', 'routeKey', 'connectionId');
    return new WebsocketAccessLogFormat(`${client} [${context('requestTime')}] "${event}" ${context('status', 'requestId')}`);
  }

  /**
   * A format of your own: one line of text with variables of `$context`, at most 3 KB.
   *
   * @param format must contain `$context.requestId` or `$context.extendedRequestId`
   */
  public static custom(format: string): WebsocketAccessLogFormat {
    return new WebsocketAccessLogFormat(format);
  }

  private constructor(private readonly format: string) {}

  /** @internal */
  public get _text(): string {
    return this.format;
  }

  /** @internal */
  public _check(checks: Checks): void {
    checks.required('', this.format, STRING);
    const fault = formatFault(this.format);
    if (fault) checks.refuse('', fault.value, fault);
  }
}

/** Every value is a string, since API Gateway substitutes escaped text for a variable. */
function jsonOf(variables: readonly string[]): string {
  const line: Record<string, unknown> = {};
  for (const variable of variables) {
    const [, group, property] = /^(\w+)\.(.+)$/.exec(variable) ?? [];
    const isGroup = group !== undefined && typeof line[group] !== 'string';
    Object.assign(line, isGroup
      ? { [group]: { ...line[group] as object | undefined, [property]: `$context.${variable}` } }
      : { [variable]: `$context.${variable}` });
  }
  return JSON.stringify(line);
}

/**
 * The `$context` variables of WebSocket access logs. A format may also use `authorizer.<property>`, a property of the authorizer's context.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export const ACCESS_LOG_VARIABLES: readonly string[] = [
  'requestId', 'extendedRequestId', 'requestTime', 'requestTimeEpoch',
  'apiId', 'domainName', 'stage', 'eventType', 'routeKey', 'connectionId', 'connectedAt', 'messageId', 'status',
  ...groupOf('error', ['message', 'messageString', 'responseType', 'validationErrorString']),
  ...groupOf('integration', ['error', 'integrationStatus', 'latency', 'requestId', 'status']),
  'integrationLatency',
  ...groupOf('authenticate', ['error', 'latency', 'status']),
  ...groupOf('authorize', ['error', 'latency', 'status']),
  ...groupOf('authorizer', ['error', 'integrationLatency', 'integrationStatus', 'latency', 'principalId', 'requestId', 'status']),
  ...groupOf('identity', ['sourceIp', 'userAgent', 'accountId', 'apiKey', 'apiKeyId', 'caller', 'user', 'userArn', 'principalOrgId']),
  ...groupOf('identity', ['cognitoAuthenticationProvider', 'cognitoAuthenticationType', 'cognitoIdentityId', 'cognitoIdentityPoolId']),
  ...groupOf('waf', ['error', 'latency', 'status']),
];

/** In bytes: "Access log template size" in the quotas of WebSocket APIs. */
const LARGEST = 3 * 1024;

const REQUEST_IDS = ['requestId', 'extendedRequestId'];

/** `value` is the part of the format that is wrong. */
interface FormatFault extends Fault {
  readonly value: unknown;
}

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
function formatFault(format: string): FormatFault | undefined {
  if (Token.isUnresolved(format)) return undefined;
  if (/[\r\n]/.test(format)) {
    const remedy = 'write it on one line, as JSON.stringify does';
    return about(excerpt(format), 'has a line break, but API Gateway accepts a single line only', remedy);
  }
  const size = Buffer.byteLength(format);
  if (size > LARGEST) return about(size, `bytes are more than the ${LARGEST} that API Gateway allows for a format`, 'log fewer variables');

  const names = [...format.matchAll(/\$context\b(?:\.([\w.]*\w))?/g)].map((match) => match[1] ?? '');
  const unknown = names.find((name) => !ACCESS_LOG_VARIABLES.includes(name) && !/^authorizer\../.test(name));
  if (unknown !== undefined) {
    const remedy = `the nearest is $context.${closest(unknown, ACCESS_LOG_VARIABLES)}`;
    return about(unknown && `$context.${unknown}` || '$context', 'is not a variable of WebSocket access logs', remedy);
  }
  if (names.some((name) => REQUEST_IDS.includes(name))) return undefined;
  const reason = 'has neither $context.requestId nor $context.extendedRequestId, but API Gateway requires one of them';
  return about(excerpt(format), reason, 'add one');
}

function about(value: unknown, reason: string, remedy: string): FormatFault {
  return { value, reason, remedy };
}

function excerpt(format: string): string {
  return format.length > 100 ? `${format.slice(0, 100)}...` : format;
}

function groupOf(name: string, properties: string[]): string[] {
  return properties.map((property) => `${name}.${property}`);
}
