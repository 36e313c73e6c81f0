import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Checks } from './private/checks/checks';
import { BOOLEAN, listOf, NUMBER, OBJECT, STRING, withMember } from './private/checks/kind';
import { AlarmDefinition, FUNCTION_ALARMS, FUNCTION_NAMES, STAGE_ALARMS, STAGE_NAMES } from './private/observability/alarm-definitions';
import { checkEvaluation, countFault } from './private/observability/alarm-evaluation';

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
   * For the alarms on a share of errors only: `integrationError`, `executionError`, `clientError` and `functionErrors`.
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
   * Whether to create alarms for each function, up to three.
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

const TOPIC = withMember('an SNS topic', 'topicArn', "sns.Topic.fromTopicArn(this, 'Topic', arn) for an ARN");
const ACTION = withMember('an alarm action', 'bind', 'new SnsAction(topic)');
const ACTIONS = listOf('an array of alarm actions', ACTION, `[${ACTION.example}]`);

/** CloudWatch's quota for each state of an alarm. */
const ACTION_LIMIT = 5;

/** Checks the options of `addAlarms`, where the service itself sets API and stage. */
export function checkServiceAlarms(scope: Construct, options: WebsocketAlarmsProps): void {
  const checks = new Checks(scope, 'addAlarms');
  checks.required('', options, { ...OBJECT, example: '{ topic }' });
  for (const name of ['apiId', 'stageName'] as const) {
    if (options[name] === undefined) continue;
    checks.refuse(name, options[name], {
      reason: 'is set by the service, whose first stage the alarms are on', remedy: 'leave it out, or use `new WebsocketAlarms(...)`',
    });
  }
}

export function checkAlarmProps(scope: Construct, props: WebsocketAlarmsProps): void {
  const checks = new Checks(scope);
  checks.required('props', props, { ...OBJECT, example: "{ apiId, stageName: 'dev' }" });
  checks.names('WebsocketAlarmsProps', props);
  checks.required('apiId', props.apiId, { ...STRING, example: "'a1b2c3d4e5'" });
  checks.required('stageName', props.stageName, { ...STRING, example: "'dev'" });
  checks.kind('topic', props.topic, TOPIC);
  checks.kind('actions', props.actions, ACTIONS);
  checks.kind('okActions', props.okActions, ACTIONS);
  checks.kind('functions', props.functions, BOOLEAN);
  checkActionCount(checks, 'actions', (props.actions?.length ?? 0) + (props.topic ? 1 : 0));
  checkActionCount(checks, 'okActions', props.okActions?.length ?? 0);
  checkEvaluation(checks, props);
  for (const name of STAGE_NAMES) checkSettings(checks, name, STAGE_ALARMS[name], props);
  for (const name of FUNCTION_NAMES) {
    checkSettings(checks, name, FUNCTION_ALARMS[name], props);
    if (props.functions !== false || props[name] === undefined) continue;
    checks.refuse(name, props[name], { reason: 'is for alarms on functions, but `functions` is false', remedy: 'leave one of them out' });
  }
  checks.values('WebsocketAlarmsProps', props);
}

function checkActionCount(checks: Checks, option: string, count: number): void {
  if (count <= ACTION_LIMIT) return;
  checks.refuse(option, count, {
    reason: `actions are more than the ${ACTION_LIMIT} that CloudWatch allows, including the topic`,
    remedy: 'let one topic notify several subscribers',
  });
}

function checkSettings<S>(all: Checks, name: AlarmName, definition: AlarmDefinition<S>, props: WebsocketAlarmsProps): void {
  const settings = props[name];
  all.kind(name, settings, { ...OBJECT, example: '{ enabled: false }' });
  if (settings === undefined) return;
  const checks = all.of(name);
  checks.kind('enabled', settings.enabled, BOOLEAN);
  const others = Object.entries(settings).find(([key, value]) => key !== 'enabled' && value !== undefined);
  if (settings.enabled === false && others) {
    checks.refuse(others[0], others[1], { reason: 'is for an alarm that `enabled: false` switches off', remedy: 'leave one of them out' });
  }
  checks.kind('threshold', settings.threshold, NUMBER);
  checks.that('threshold', settings.threshold, definition.fault);
  if (definition.minimumErrors === undefined && settings.minimumErrors !== undefined) {
    checks.refuse('minimumErrors', settings.minimumErrors, {
      reason: 'is for alarms on a share of errors, and this alarm is not one of them', remedy: 'leave it out',
    });
  }
  checks.kind('minimumErrors', settings.minimumErrors, NUMBER);
  checks.that('minimumErrors', settings.minimumErrors, countFault);
  checkEvaluation(checks, settings, props);
}

/** An alarm is named after its option. */
export type AlarmName = keyof typeof STAGE_ALARMS | keyof typeof FUNCTION_ALARMS;
