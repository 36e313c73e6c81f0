import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { periodFault } from './private/checks/alarm-values';
import { checkKind, DURATION, listOf, OBJECT, requireKind, STRING } from './private/checks/kind';
import { checkOptionNames, checkOptionValues } from './private/checks/options';
import { checkLength } from './private/checks/text-length';
import { withoutUndefined } from './private/members';
import { FunctionWidgets } from './private/observability/function-widgets';
import { LabelledFunctions } from './private/observability/labelled-functions';
import { METRICS_OF_A_STAGE, stageWidgets } from './private/observability/stage-widgets';
import { problem } from './private/problem';

/**
 * How a dashboard looks.
 *
 * @example
 * service.addDashboard({ dashboardName: 'Chat', period: Duration.minutes(1) });
 */
export interface WebsocketDashboardOptions {
  /**
   * The name of the dashboard: letters, digits, hyphens and underscores. It is unique in the account, in all Regions.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
   * @default - a generated name
   */
  readonly dashboardName?: string;

  /**
   * The period that metrics are added up over: whole minutes, up to one day.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * How far the dashboard looks back when it is opened.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
   * @default - three hours
   */
  readonly defaultInterval?: Duration;
}

/**
 * Properties of `WebsocketDashboard`: the options, and the stages of an API.
 *
 * @example
 * new WebsocketDashboard(this, 'Dashboard', { apiId: 'a1b2c3d4e5', stageNames: ['prod'], defaultInterval: Duration.hours(6) });
 */
export interface WebsocketDashboardProps extends WebsocketDashboardOptions {
  /** The id of the WebSocket API. */
  readonly apiId: string;

  /** The names of the stages, a row of graphs each, in this order. */
  readonly stageNames: string[];
}

const STAGE_NAMES = listOf('an array of strings', STRING, "['dev']");

/** A quota of CloudWatch. */
const METRIC_LIMIT = 2500;

/**
 * A dashboard of a WebSocket API: connects, messages, errors and latencies of its stages; errors, duration and throttles of
 * its functions.
 *
 * `addDashboard` of a service makes it; by itself it takes any WebSocket API.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
 * @example
 * new WebsocketDashboard(this, 'Dashboard', { apiId: service.apiId, stageNames: ['prod', 'beta'] });
 */
export class WebsocketDashboard extends Construct {
  /** The dashboard. Widgets that you add come after those that are there. */
  public readonly dashboard: cloudwatch.Dashboard;

  private readonly functions = new LabelledFunctions(this);

  public constructor(scope: Construct, id: string, props: WebsocketDashboardProps) {
    super(scope, id);
    checkDashboardProps(this, props);
    const { apiId, stageNames, dashboardName, period, defaultInterval } = props;
    const functionWidgets = new FunctionWidgets(this.functions, period);
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', withoutUndefined({ dashboardName, defaultInterval }));
    for (const stageName of stageNames) this.dashboard.addWidgets(...stageWidgets(this, { apiId, stageName }, period));
    this.dashboard.addWidgets(functionWidgets);
    this.node.addValidation({ validate: () => metricCountReport(stageNames.length * METRICS_OF_A_STAGE + functionWidgets.metricCount) });
  }

  /**
   * Shows a function. One that is shown already keeps its label.
   *
   * @param fn a function, alias or version, also one that is imported
   * @param label what it is called in the graphs; graphs and lines are in the order of the labels
   */
  public addFunction(fn: lambda.IFunction, label: string): void {
    this.functions.add(fn, label);
  }
}

function checkDashboardProps(scope: Construct, props: WebsocketDashboardProps): void {
  requireKind(scope, 'props', props, { ...OBJECT, example: "{ apiId, stageNames: ['dev'] }" });
  checkOptionNames(scope, '', 'WebsocketDashboardProps', props);
  checkKind(scope, 'dashboardName', props.dashboardName, { ...STRING, example: "'chat'" });
  checkLength(scope, 'dashboardName', props.dashboardName, 1, 255);
  checkKind(scope, 'period', props.period, DURATION);
  checkKind(scope, 'defaultInterval', props.defaultInterval, DURATION);
  requireKind(scope, 'apiId', props.apiId, { ...STRING, example: "'a1b2c3d4e5'" });
  requireKind(scope, 'stageNames', props.stageNames, STAGE_NAMES);
  const fault = props.period && periodFault(props.period);
  if (fault) throw problem(scope, 'period', props.period, fault);
  checkOptionValues(scope, '', 'WebsocketDashboardProps', props);
}

function metricCountReport(count: number): string[] {
  if (count <= METRIC_LIMIT) return [];
  return [`the dashboard has ${count} metrics, more than the ${METRIC_LIMIT} that CloudWatch takes; show fewer functions, or make a second one`];
}
