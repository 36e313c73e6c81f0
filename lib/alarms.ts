import { Annotations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { WebsocketAlarmsProps } from './alarm-options';
import { Checks } from './private/checks/checks';
import { BOOLEAN, listOf, NUMBER, OBJECT, STRING, withMember } from './private/checks/kind';
import { encodeId } from './private/construct-id';
import {
  AlarmDefinition, FUNCTION_ALARMS, FUNCTION_NAMES, STAGE_ALARMS, STAGE_NAMES, StageSubject,
} from './private/observability/alarm-definitions';
import { checkEvaluation, countFault, evaluationOf } from './private/observability/alarm-evaluation';
import { LabelledFunctions } from './private/observability/labelled-functions';
import { metricOf } from './private/observability/metrics';
import { list } from './private/problem';

const TOPIC = withMember('an SNS topic', 'topicArn', "sns.Topic.fromTopicArn(this, 'Topic', arn) for an ARN");
const ACTION = withMember('an alarm action', 'bind', 'new SnsAction(topic)');
const ACTIONS = listOf('an array of alarm actions', ACTION, `[${ACTION.example}]`);

/** CloudWatch's quota for each state of an alarm. */
const ACTION_LIMIT = 5;

/** With more functions than this, alarms for each function cause a warning. */
const MANY_FUNCTIONS = 50;

/**
 * Recommended alarms on a stage of a WebSocket API and on its functions.
 *
 * `addAlarms` of a service creates them for that service; this construct works with any WebSocket API.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
 * @example
 * new WebsocketAlarms(this, 'Alarms', { apiId: service.apiId, stageName: 'beta', topic: alerts });
 */
export class WebsocketAlarms extends Construct {
  private readonly made = new Map<string, cloudwatch.Alarm>();
  private readonly functions = new LabelledFunctions(this);
  private readonly actions: cloudwatch.IAlarmAction[];

  public constructor(scope: Construct, id: string, private readonly props: WebsocketAlarmsProps) {
    super(scope, id);
    checkAlarmProps(this, props);
    const { apiId = '', stageName = '' } = props;
    this.actions = [...props.topic ? [new SnsAction(props.topic)] : [], ...props.actions ?? []];
    const stage: StageSubject = { metric: (name, options) => metricOf(this, { apiId, stageName }, name, options) };
    for (const name of STAGE_NAMES) this.makeAlarm(name, idOf(name), STAGE_ALARMS[name], stage, `stage ${stageName}`);
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return [...this.made.values()];
  }

  /**
   * Returns one alarm by name. Throws if the alarm does not exist or is switched off.
   *
   * @param name the name of its option, for example `integrationError`
   * @param functionLabel the function, for an alarm of a function
   */
  public alarm(name: string, functionLabel?: string): cloudwatch.Alarm {
    const found = this.made.get(idOf(name, functionLabel));
    if (found) return found;
    const labels = this.functions.entries.map(([, label]) => label);
    const ofFunctions = labels.length > 0 ? `, and ${list(FUNCTION_NAMES)} of ${list(labels)}` : '';
    return new Checks(this).refuse('alarm', functionLabel === undefined ? name : [name, functionLabel], {
      reason: 'is not one of the alarms',
      remedy: `the alarms are ${list(STAGE_NAMES)}${ofFunctions}, unless switched off`,
    });
  }

  /**
   * Creates the alarms of a function, unless the function was added before.
   *
   * @param fn a function, alias or version; an imported one has no alarm on its duration
   * @param label the name of the function in descriptions and construct ids
   */
  public addFunction(fn: lambda.IFunction, label: string): void {
    this._addFunction(fn, label, true);
  }

  /**
   * @param answers whether the function answers messages
   * @internal
   */
  public _addFunction(fn: lambda.IFunction, label: string, answers: boolean): void {
    if (!this.functions.add(fn, label)) return;
    if (this.props.functions === false) return;
    for (const name of FUNCTION_NAMES) {
      if (name === 'handlerErrors' && !(answers && this.props.handlerErrors)) continue;
      this.makeAlarm(name, idOf(name, label), FUNCTION_ALARMS[name], { fn }, `function ${label}`);
    }
    this.warnOfMany();
  }

  private makeAlarm<S>(name: AlarmName, id: string, definition: AlarmDefinition<S>, subject: S, of: string): void {
    const own = this.props[name] ?? {};
    const { threshold: byDefault, minimumErrors: minimum = 0, limit = (_, value) => value } = definition;
    const { threshold = byDefault, minimumErrors = minimum } = own;
    const { period, ...evaluation } = evaluationOf(own, this.props);
    const settings = { threshold, minimumErrors, period };
    const value = own.enabled === false ? undefined : limit(subject, threshold);
    if (value === undefined) return;

    const alarm = new cloudwatch.Alarm(this, id, {
      metric: definition.metric(subject, settings),
      threshold: value,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // A stage without clients and messages has no data, and nothing is wrong with it.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `${this.node.scope!.node.path}, ${of}: ${definition.description(subject, settings)}`,
      ...evaluation,
    });
    alarm.addAlarmAction(...this.actions);
    alarm.addOkAction(...this.props.okActions ?? []);
    this.made.set(id, alarm);
  }

  private warnOfMany(): void {
    if (this.functions.size !== MANY_FUNCTIONS + 1 || this.props.functions) return;
    Annotations.of(this).addWarningV2(
      'cdk-websocket-service:manyAlarms',
      `more than ${MANY_FUNCTIONS} functions have alarms of their own, ${this.made.size} alarms so far: each costs, and is one of the `
      + '500 resources of a stack. Set `functions: false`, or `functions: true` if that is intended',
    );
  }
}

/** The construct id: `IntegrationError` for `integrationError`, and `FunctionErrors-<label>` for `functionErrors` of a function. */
function idOf(name: string, label?: string): string {
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return label === undefined ? id : `${id}-${encodeId(label)}`;
}

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

function checkAlarmProps(scope: Construct, props: WebsocketAlarmsProps): void {
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
type AlarmName = keyof typeof STAGE_ALARMS | keyof typeof FUNCTION_ALARMS;
