import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';

/**
 * Settings of one alarm; they override those of all alarms.
 *
 * @example
 * service.addAlarms({
 *   topic: alerts,
 *   integrationError: { threshold: 5, minimumErrors: 10 },
 *   integrationLatency: { threshold: 2000, period: Duration.minutes(1) },
 *   clientError: { enabled: false },
 * });
 */
export interface WebsocketAlarmSettings {
  /**
   * Whether to create this alarm.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The value of the metric at which the alarm goes off. The unit is that of the alarm: percent, milliseconds or a count.
   *
   * @default - see each alarm
   */
  readonly threshold?: number;

  /**
   * A period with fewer errors does not breach the threshold, whatever their share: one error in two messages would be 50 percent.
   *
   * For the alarms on a share of errors only: `integrationError`, `executionError`, `clientError`, `functionErrors` and
   * `handlerErrors`.
   *
   * @default 5
   */
  readonly minimumErrors?: number;

  /**
   * The period over which CloudWatch aggregates the metric: whole minutes, up to one day.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default - that of all alarms
   */
  readonly period?: Duration;

  /**
   * How many of the last periods are evaluated.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default - that of all alarms
   */
  readonly evaluationPeriods?: number;

  /**
   * How many of those periods must breach the threshold.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default - that of all alarms
   */
  readonly datapointsToAlarm?: number;
}

/**
 * Which alarms to create, their thresholds, and where they notify.
 *
 * `addAlarms` of a service sets `apiId` and `stageName` itself; `new WebsocketAlarms(...)` requires both.
 *
 * @example
 * service.addAlarms({ topic: alerts, period: Duration.minutes(1), evaluationPeriods: 5, datapointsToAlarm: 3 });
 * new WebsocketAlarms(this, 'BetaAlarms', { apiId: service.apiId, stageName: 'beta', topic: alerts });
 */
export interface WebsocketAlarmsProps {
  /**
   * The period over which CloudWatch aggregates the metric: whole minutes, up to one day.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * How many of the last periods are evaluated.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default 3
   */
  readonly evaluationPeriods?: number;

  /**
   * How many of those periods must breach the threshold.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default 2, or 1 if `evaluationPeriods` is 1
   */
  readonly datapointsToAlarm?: number;

  /**
   * The topic that is notified when an alarm goes off.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
   * @default - `actions` alone
   */
  readonly topic?: sns.ITopic;

  /**
   * More actions for when an alarm goes off. CloudWatch allows five actions, including the topic.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
   * @default - no other actions
   */
  readonly actions?: cloudwatch.IAlarmAction[];

  /**
   * Actions for when an alarm returns to OK. CloudWatch allows five actions.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
   * @default - no actions
   */
  readonly okActions?: cloudwatch.IAlarmAction[];

  /**
   * Integrations responded with an error: percent of the calls of integrations.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 5 percent, and at least 5 errors in a period
   */
  readonly integrationError?: WebsocketAlarmSettings;

  /**
   * API Gateway could not call an integration: percent of the calls of integrations.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 5 percent, and at least 5 errors in a period
   */
  readonly executionError?: WebsocketAlarmSettings;

  /**
   * API Gateway rejected a request with a 4XX status: percent of the calls of integrations.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 20 percent, and at least 5 errors in a period
   */
  readonly clientError?: WebsocketAlarmSettings;

  /**
   * Integrations are slow: the 99th percentile (p99) of their response time in milliseconds.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 5000 milliseconds
   */
  readonly integrationLatency?: WebsocketAlarmSettings;

  /**
   * Whether to create alarms for each function, up to four.
   *
   * @default true, with a warning if there are more than 50 functions
   */
  readonly functions?: boolean;

  /**
   * Invocations of a function fail: percent of its invocations.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   * @default - 5 percent, and at least 5 errors in a period
   */
  readonly functionErrors?: WebsocketAlarmSettings;

  /**
   * Lambda throttles a function, since too many of its invocations run at once: throttled invocations in a period.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
   * @default - 1 invocation
   */
  readonly functionThrottles?: WebsocketAlarmSettings;

  /**
   * A function is close to its timeout: the 99th percentile (p99) of its duration, in percent of the timeout.
   *
   * Imported functions have no such alarm, since their timeout is not known.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   * @default - 90 percent
   */
  readonly functionDuration?: WebsocketAlarmSettings;

  /**
   * `onMessage` of `cdk-websocket-service/runtime` answered messages with an error: percent of the invocations of a function.
   *
   * Lambda counts no error for a message with an `id` whose handler fails, since the client is told. Such a failure counts in the metric
   * `HandlerErrors` of the namespace `cdk-websocket-service`.
   *
   * @default - in `addAlarms` of a service with a `connectionStore`, 5 percent, and at least 5 errors in a period; else no alarm, and `{}`
   * creates it
   */
  readonly handlerErrors?: WebsocketAlarmSettings;

  /**
   * The id of the WebSocket API.
   *
   * @default - that of the service, in `addAlarms`; `new WebsocketAlarms(...)` requires it
   */
  readonly apiId?: string;

  /**
   * The name of the stage.
   *
   * @default - the first stage of the service, in `addAlarms`; `new WebsocketAlarms(...)` requires it
   */
  readonly stageName?: string;
}
