import { Construct } from 'constructs';
import { accessLogFormatComplaint, ACCESS_LOG_VARIABLES } from './private/checks/access-log-format';
import { requireKind, STRING } from './private/checks/kind';
import { problem } from './private/problem';

/**
 * What a line of the access log says. There is one for every connection, message and disconnection.
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
   * JSON with variables of `$context`, nested as they are there: `{"requestId":"...","identity":{"sourceIp":"..."}}`.
   *
   * All of them include `identity.apiKey`, the API key itself, and what says who a client is.
   *
   * @param variables names without `$context.`: `requestId`, `identity.sourceIp`, `authorizer.<property>` for what an authorizer
   * returned in its context. By default all that WebSocket APIs have, properties of the authorizer apart
   */
  public static json(variables?: string[]): WebsocketAccessLogFormat {
    return new WebsocketAccessLogFormat(jsonOf(variables ?? ACCESS_LOG_VARIABLES));
  }

  /**
   * One line in the manner of the Common Log Format: address, caller, user, time, event with route and connection, status, request id.
   *
   * @see https://httpd.apache.org/docs/current/logs.html#common
   */
  public static clf(): WebsocketAccessLogFormat {
    const context = (...names: string[]): string => names.map((name) => `$context.${name}`).join(' ');
    const [who, event] = [context('identity.sourceIp', 'identity.caller', 'identity.user'), context('eventType', 'routeKey', 'connectionId')];
    return new WebsocketAccessLogFormat(`${who} [${context('requestTime')}] "${event}" ${context('status', 'requestId')}`);
  }

  /**
   * Your own: one line of text with variables of `$context`, at most 3 KB.
   *
   * @param format has `$context.requestId` or `$context.extendedRequestId` in it
   */
  public static custom(format: string): WebsocketAccessLogFormat {
    return new WebsocketAccessLogFormat(format);
  }

  private constructor(private readonly format: string) {}

  /**
   * The format as API Gateway takes it.
   *
   * @internal
   */
  public get _text(): string {
    return this.format;
  }

  /**
   * Throws what is wrong with it.
   *
   * @internal
   */
  public _check(scope: Construct, property: string): void {
    requireKind(scope, property, this.format, STRING);
    const found = accessLogFormatComplaint(this.format);
    if (found) throw problem(scope, property, found.value, found.complaint);
  }
}

/** API Gateway fills in text, and escapes what has quotes in it: every value is a string. */
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
