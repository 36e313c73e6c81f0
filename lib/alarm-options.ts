import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { BOOLEAN, checkKind, listOf, NUMBER, OBJECT, requireKind, STRING, withMember } from './private/checks/kind';
import { checkOptionNames, checkOptionValues } from './private/checks/options';
import { AlarmDefinition, FUNCTION_ALARMS, FUNCTION_NAMES, STAGE_ALARMS, STAGE_NAMES } from './private/observability/alarm-definitions';
import { checkCount, checkEvaluation } from './private/observability/alarm-evaluation';
import { problem } from './private/problem';

/**
 * How often alarms evaluate, and how many evaluations must exceed the threshold.
 *
 * @example
 * service.addAlarms({ topic: alerts, period: Duration.minutes(1), evaluationPeriods: 5, datapointsToAlarm: 3 });
 */
export interface WebsocketAlarmEvaluation {
  /**
   * The period that a metric is added up over: whole minutes, up to one day.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * How many periods are looked at.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default 3
   */
  readonly evaluationPeriods?: number;

  /**
   * How many of those periods must be bad.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   * @default 2, or 1 if `evaluationPeriods` is 1
   */
  readonly datapointsToAlarm?: number;
}

/**
 * Settings of one alarm; they override those of all alarms.
 *
 * @example
 * service.addAlarms({ topic: alerts, integrationLatency: { threshold: 2000, period: Duration.minutes(1) } });
 */
export interface WebsocketAlarmSettings extends WebsocketAlarmEvaluation {
  /**
   * Whether there is this alarm.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The alarm goes off if its metric is this or more. The unit is that of the alarm: percent, milliseconds or a count.
   *
   * @default - that of the alarm
   */
  readonly threshold?: number;
}

/**
 * Settings of an alarm on a share of errors.
 *
 * @example
 * service.addAlarms({ topic: alerts, integrationError: { threshold: 5, minimumErrors: 10 }, clientError: { enabled: false } });
 */
export interface WebsocketErrorAlarmSettings extends WebsocketAlarmSettings {
  /**
   * A period with fewer errors is not bad, whatever their share: with two messages in it, one error is half of them.
   *
   * @default 5
   */
  readonly minimumErrors?: number;
}

/**
 * Which alarms to create, their thresholds, and where they notify.
 *
 * @example
 * service.addAlarms({ topic: alerts, integrationLatency: { threshold: 2000 } });
 */
export interface WebsocketAlarmOptions extends WebsocketAlarmEvaluation {
  /**
   * The topic that is told when an alarm goes off.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
   * @default - `actions` alone
   */
  readonly topic?: sns.ITopic;

  /**
   * What else happens when an alarm goes off. CloudWatch takes five actions, the topic included.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
   * @default - nothing else
   */
  readonly actions?: cloudwatch.IAlarmAction[];

  /**
   * What happens when an alarm is over. CloudWatch takes five actions.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
   * @default - nothing
   */
  readonly okActions?: cloudwatch.IAlarmAction[];

  /**
   * Integrations answered with an error: percent of the calls of integrations.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 5 percent, and at least 5 errors in a period
   */
  readonly integrationError?: WebsocketErrorAlarmSettings;

  /**
   * API Gateway could not call an integration: percent of the calls of integrations.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 5 percent, and at least 5 errors in a period
   */
  readonly executionError?: WebsocketErrorAlarmSettings;

  /**
   * API Gateway refused a client: percent of the calls of integrations.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 20 percent, and at least 5 errors in a period
   */
  readonly clientError?: WebsocketErrorAlarmSettings;

  /**
   * Integrations are slow: milliseconds that the slowest hundredth of the answers takes (p99).
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default - 5000 milliseconds
   */
  readonly integrationLatency?: WebsocketAlarmSettings;

  /**
   * Whether each function has alarms of its own, up to three.
   *
   * @default true, with a warning from 51 functions on
   */
  readonly functions?: boolean;

  /**
   * A function fails: percent of its invocations.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   * @default - 5 percent, and at least 5 errors in a period
   */
  readonly functionErrors?: WebsocketErrorAlarmSettings;

  /**
   * Lambda does not invoke a function because too many of it run: invocations in a period.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
   * @default - 1 invocation
   */
  readonly functionThrottles?: WebsocketAlarmSettings;

  /**
   * A function is close to its timeout: percent of the timeout that the slowest hundredth of its invocations takes (p99).
   *
   * There is none for imported functions, whose timeout is not known.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   * @default - 90 percent
   */
  readonly functionDuration?: WebsocketAlarmSettings;
}

/**
 * Properties of `WebsocketAlarms`: the options, and the stage of an API.
 *
 * @example
 * new WebsocketAlarms(this, 'Alarms', { apiId: 'a1b2c3d4e5', stageName: 'prod', topic: alerts });
 */
export interface WebsocketAlarmsProps extends WebsocketAlarmOptions {
  /** The id of the WebSocket API. */
  readonly apiId: string;

  /** The name of the stage. */
  readonly stageName: string;
}

const TOPIC = withMember('an SNS topic', 'topicArn', "sns.Topic.fromTopicArn(this, 'Topic', arn) for an ARN");
const ACTION = withMember('an alarm action', 'bind', 'new SnsAction(topic)');
const ACTIONS = listOf('an array of alarm actions', ACTION, `[${ACTION.example}]`);

/** A quota of CloudWatch, for each state of an alarm. */
const ACTION_LIMIT = 5;

/** Throws what is wrong with the options. */
export function checkAlarmProps(scope: Construct, props: WebsocketAlarmsProps): void {
  requireKind(scope, 'props', props, { ...OBJECT, example: "{ apiId, stageName: 'dev' }" });
  checkOptionNames(scope, '', 'WebsocketAlarmsProps', props);
  requireKind(scope, 'apiId', props.apiId, { ...STRING, example: "'a1b2c3d4e5'" });
  requireKind(scope, 'stageName', props.stageName, { ...STRING, example: "'dev'" });
  checkKind(scope, 'topic', props.topic, TOPIC);
  checkKind(scope, 'actions', props.actions, ACTIONS);
  checkKind(scope, 'okActions', props.okActions, ACTIONS);
  checkKind(scope, 'functions', props.functions, BOOLEAN);
  checkActionCount(scope, 'actions', (props.actions?.length ?? 0) + (props.topic ? 1 : 0));
  checkActionCount(scope, 'okActions', props.okActions?.length ?? 0);
  checkEvaluation(scope, '', props);
  for (const name of STAGE_NAMES) checkSettings(scope, name, STAGE_ALARMS[name], props[name], props);
  for (const name of FUNCTION_NAMES) {
    checkSettings(scope, name, FUNCTION_ALARMS[name], props[name], props);
    if (props.functions !== false || props[name] === undefined) continue;
    throw problem(scope, name, props[name], {
      reason: 'is for alarms of functions, and `functions` is false', remedy: 'leave one of them out',
    });
  }
  checkOptionValues(scope, '', 'WebsocketAlarmsProps', props);
}

function checkActionCount(scope: Construct, property: string, count: number): void {
  if (count <= ACTION_LIMIT) return;
  throw problem(scope, property, count, {
    reason: `actions are more than the ${ACTION_LIMIT} that CloudWatch takes, the topic included`,
    remedy: 'let one topic tell several subscribers',
  });
}

function checkSettings<S>(
  scope: Construct, name: string, definition: AlarmDefinition<S>, own: WebsocketErrorAlarmSettings | undefined, all: WebsocketAlarmEvaluation,
): void {
  checkKind(scope, name, own, { ...OBJECT, example: '{ enabled: false }' });
  if (own === undefined) return;
  checkKind(scope, `${name}.enabled`, own.enabled, BOOLEAN);
  const others = Object.entries(own).find(([key, value]) => key !== 'enabled' && value !== undefined);
  if (own.enabled === false && others) {
    throw problem(scope, `${name}.${others[0]}`, others[1], {
      reason: 'is for an alarm that `enabled` switches off', remedy: 'leave one of them out',
    });
  }
  checkKind(scope, `${name}.threshold`, own.threshold, NUMBER);
  const fault = own.threshold === undefined ? undefined : definition.fault(own.threshold);
  if (fault) throw problem(scope, `${name}.threshold`, own.threshold, fault);
  checkCount(scope, `${name}.minimumErrors`, own.minimumErrors);
  checkEvaluation(scope, `${name}.`, own, all);
}
