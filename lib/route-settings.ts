import { Token } from 'aws-cdk-lib';
import { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import { Checks } from './private/checks/checks';
import { OBJECT } from './private/checks/kind';
import { withoutUndefined } from './private/members';
import { STRUCTS } from './private/option-names';
import { list } from './private/problem';

/**
 * The level of the execution log of a stage or route.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export enum WebsocketLoggingLevel {
  /** No log. */
  OFF = 'OFF',

  /** Failed requests only. */
  ERROR = 'ERROR',

  /** Every request, step by step; without the contents of messages unless `dataTraceEnabled` is set. */
  INFO = 'INFO',
}

/**
 * Throttling, logging and metrics of all routes of a stage, or of one route.
 *
 * @internal
 */
export interface WebsocketRouteSettings {
  /**
   * Limits for messages and handshakes: `rateLimit` a second, and `burstLimit` at once. Beyond them, clients get an error.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
   * @default - on the service the limits of the account, on a route the limits of the stage
   */
  readonly throttle?: ThrottleSettings;

  /**
   * Whether CloudWatch gets metrics of each route, at extra cost.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - on the service false, on a route the setting of the stage
   */
  readonly detailedMetricsEnabled?: boolean;

  /**
   * The level of the execution log, which goes to the log group `/aws/apigateway/<api id>/<stage>` that API Gateway creates.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   * @default - on the service WebsocketLoggingLevel.OFF, on a route the setting of the stage
   */
  readonly loggingLevel?: WebsocketLoggingLevel;

  /**
   * Whether the execution log includes messages in full, with everything that clients and functions send.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   * @default - on the service false, on a route the setting of the stage
   */
  readonly dataTraceEnabled?: boolean;
}

const LIMITS = ['rateLimit', 'burstLimit'] as const;

export function checkRouteSettings(checks: Checks, { throttle, loggingLevel }: WebsocketRouteSettings): void {
  checks.kind('throttle', throttle, { ...OBJECT, example: '{ rateLimit: 100, burstLimit: 200 }' });
  for (const name of LIMITS) {
    const limit = throttle?.[name];
    if (limit === undefined || Token.isUnresolved(limit)) continue;
    const isLegal = typeof limit === 'number' && limit >= 0 && (name === 'rateLimit' ? Number.isFinite(limit) : Number.isInteger(limit));
    if (isLegal) continue;
    checks.refuse(`throttle.${name}`, limit, {
      reason: name === 'rateLimit' ? 'is not a number of requests a second' : 'is not a whole number of requests',
      remedy: 'use 0 or more; leave it out for the limit of the account',
    });
  }
  const levels = Object.values(WebsocketLoggingLevel);
  if (loggingLevel === undefined || Token.isUnresolved(loggingLevel) || levels.includes(loggingLevel)) return;
  checks.refuse('loggingLevel', loggingLevel, { reason: 'is not a logging level', remedy: `use ${list(levels, 'or')}` });
}

/** The route settings among the options of a stage or route. */
export function routeSettings(options: WebsocketRouteSettings): WebsocketRouteSettings {
  const names = Object.keys(STRUCTS.WebsocketRouteSettings.options) as Array<keyof WebsocketRouteSettings>;
  return withoutUndefined(Object.fromEntries(names.map((name) => [name, options[name]])));
}
