import { Annotations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { checkAlarmProps, WebsocketAlarmsProps, WebsocketErrorAlarmSettings } from './alarm-options';
import { encodeId } from './private/construct-id';
import { AlarmDefinition, FUNCTION_ALARMS, FUNCTION_NAMES, STAGE_ALARMS, STAGE_NAMES, StageSubject } from './private/observability/alarm-definitions';
import { evaluationOf } from './private/observability/alarm-evaluation';
import { LabelledFunctions } from './private/observability/labelled-functions';
import { metricOf } from './private/observability/metrics';
import { list, problem } from './private/problem';

/** With more functions than this, alarms for each of them are a warning. */
const MANY_FUNCTIONS = 50;

/**
 * Recommended alarms on a stage of a WebSocket API and on its functions.
 *
 * `addAlarms` of a service makes them; by itself it takes any WebSocket API.
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
    this.actions = [...props.topic ? [new SnsAction(props.topic)] : [], ...props.actions ?? []];
    const stage: StageSubject = { metric: (name, options) => metricOf(this, props, name, options) };
    for (const name of STAGE_NAMES) this.makeAlarm(name, idOf(name), STAGE_ALARMS[name], stage, `stage ${props.stageName}`);
  }

  /** All alarms that there are. */
  public get alarms(): cloudwatch.Alarm[] {
    return [...this.made.values()];
  }

  /**
   * One alarm. Fails if there is none, or if it is switched off.
   *
   * @param name the name of its option, for example `integrationError`
   * @param functionLabel the function, for an alarm of a function
   */
  public alarm(name: string, functionLabel?: string): cloudwatch.Alarm {
    const found = this.made.get(idOf(name, functionLabel));
    if (found) return found;
    const labels = this.functions.entries.map(([, label]) => label);
    throw problem(this, 'alarm', functionLabel === undefined ? name : [name, functionLabel], {
      reason: 'is no alarm of these',
      remedy: `there are ${list(STAGE_NAMES)}${labels.length > 0 ? `, and ${list(FUNCTION_NAMES)} of ${list(labels)}` : ''}, if they are not switched off`,
    });
  }

  /**
   * Makes the alarms of a function. A function that is here already stays as it is.
   *
   * @param fn a function, alias or version; one that is imported has no alarm on its duration
   * @param label what it is called in descriptions and construct ids
   */
  public addFunction(fn: lambda.IFunction, label: string): void {
    if (!this.functions.add(fn, label)) return;
    if (this.props.functions === false) return;
    for (const name of FUNCTION_NAMES) this.makeAlarm(name, idOf(name, label), FUNCTION_ALARMS[name], { fn }, `function ${label}`);
    this.warnOfMany();
  }

  private makeAlarm<S>(name: AlarmName, id: string, definition: AlarmDefinition<S>, subject: S, of: string): void {
    const own: WebsocketErrorAlarmSettings = this.props[name] ?? {};
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
      // Nobody connected, nothing sent: that is no data, and not bad.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `${this.node.scope!.node.path}, ${of}: ${definition.description(subject, settings)}`,
      ...evaluation,
    });
    alarm.addAlarmAction(...this.actions);
    alarm.addOkAction(...this.props.okActions ?? []);
    this.made.set(id, alarm);
  }

  /** Once: the next function is one more of the same. */
  private warnOfMany(): void {
    if (this.functions.size !== MANY_FUNCTIONS + 1 || this.props.functions) return;
    Annotations.of(this).addWarningV2(
      'cdk-websocket-service:manyAlarms',
      `more than ${MANY_FUNCTIONS} functions have alarms of their own, ${this.made.size} alarms so far: each costs, and is one of the 500 resources `
      + 'of a stack. Give `functions: false`, or `functions: true` if that is meant',
    );
  }
}

type AlarmName = keyof typeof STAGE_ALARMS | keyof typeof FUNCTION_ALARMS;

/** `integrationError` is the construct `IntegrationError`, and `functionErrors` of a function `FunctionErrors-<label>`. */
function idOf(name: string, label?: string): string {
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return label === undefined ? id : `${id}-${encodeId(label)}`;
}
