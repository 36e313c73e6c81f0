import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Checks } from './private/checks/checks';
import { DURATION, listOf, OBJECT, STRING } from './private/checks/kind';
import { withoutUndefined } from './private/members';
import { LabelledFunctions } from './private/observability/labelled-functions';
import { periodFault } from './private/observability/metrics';
import { FunctionWidgets, METRICS_OF_A_STAGE, stageWidgets } from './private/observability/widgets';

/**
 * The name of a dashboard, its periods, and the stages that it shows.
 *
 * `addDashboard` of a service sets `apiId` and `stageNames` itself; `new WebsocketDashboard(...)` requires both.
 *
 * @example
 * service.addDashboard({ dashboardName: 'Chat', period: Duration.minutes(1) });
 * new WebsocketDashboard(this, 'Dashboard', { apiId: 'a1b2c3d4e5', stageNames: ['prod'], defaultInterval: Duration.hours(6) });
 */
export interface WebsocketDashboardProps {
  /**
   * The name of the dashboard: letters, digits, hyphens and underscores. The name must be unique in the account, across all Regions.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
   * @default - a generated name
   */
  readonly dashboardName?: string;

  /**
   * The period over which CloudWatch aggregates metrics: whole minutes, up to one day.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * How far back the dashboard shows metrics when it is opened.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
   * @default - three hours
   */
  readonly defaultInterval?: Duration;

  /**
   * The id of the WebSocket API.
   *
   * @default - that of the service, in `addDashboard`; `new WebsocketDashboard(...)` requires it
   */
  readonly apiId?: string;

  /**
   * The names of the stages, a row of graphs each, in this order.
   *
   * @default - all stages of the service, in `addDashboard`; `new WebsocketDashboard(...)` requires them
   */
  readonly stageNames?: string[];
}

const STAGE_NAMES = listOf('an array of strings', STRING, "['dev']");

/** CloudWatch's quota for one dashboard. */
const METRIC_LIMIT = 2500;

/**
 * A dashboard of a WebSocket API: connects, messages, errors and latencies of its stages; errors, duration and throttles of
 * its functions.
 *
 * `addDashboard` of a service creates one for that service; this construct works with any WebSocket API.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
 * @example
 * new WebsocketDashboard(this, 'Dashboard', { apiId: service.apiId, stageNames: ['prod', 'beta'] });
 */
export class WebsocketDashboard extends Construct {
  /** The dashboard. Your own widgets are added below the existing ones. */
  public readonly dashboard: cloudwatch.Dashboard;

  private readonly functions = new LabelledFunctions(this);

  public constructor(scope: Construct, id: string, props: WebsocketDashboardProps) {
    super(scope, id);
    checkDashboardProps(this, props);
    const { apiId = '', stageNames = [], dashboardName, period, defaultInterval } = props;
    const functionWidgets = new FunctionWidgets(this.functions, period);
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', withoutUndefined({ dashboardName, defaultInterval }));
    for (const stageName of stageNames) this.dashboard.addWidgets(...stageWidgets(this, { apiId, stageName }, period));
    this.dashboard.addWidgets(functionWidgets);
    this.node.addValidation({ validate: () => metricCountReport(stageNames.length * METRICS_OF_A_STAGE + functionWidgets.metricCount) });
  }

  /**
   * Adds the graphs of a function, unless the function was added before.
   *
   * @param fn a function, alias or version, also an imported one
   * @param label the name of the function in the graphs; graphs and lines are in the order of the labels
   */
  public addFunction(fn: lambda.IFunction, label: string): void {
    this.functions.add(fn, label);
  }
}

/** Checks the options of `addDashboard`, where the service itself sets API and stages. */
export function checkServiceDashboard(scope: Construct, options: WebsocketDashboardProps): void {
  const checks = new Checks(scope, 'addDashboard');
  checks.required('', options, { ...OBJECT, example: '{ period: Duration.minutes(1) }' });
  for (const name of ['apiId', 'stageNames'] as const) {
    if (options[name] === undefined) continue;
    checks.refuse(name, options[name], {
      reason: 'is set by the service, all of whose stages the dashboard shows',
      remedy: 'leave it out, or use `new WebsocketDashboard(...)`',
    });
  }
}

function checkDashboardProps(scope: Construct, props: WebsocketDashboardProps): void {
  const checks = new Checks(scope);
  checks.required('props', props, { ...OBJECT, example: "{ apiId, stageNames: ['dev'] }" });
  checks.names('WebsocketDashboardProps', props);
  checks.kind('dashboardName', props.dashboardName, { ...STRING, example: "'chat'" });
  checks.length('dashboardName', props.dashboardName, 1, 255);
  checks.kind('period', props.period, DURATION);
  checks.kind('defaultInterval', props.defaultInterval, DURATION);
  checks.required('apiId', props.apiId, { ...STRING, example: "'a1b2c3d4e5'" });
  checks.required('stageNames', props.stageNames, STAGE_NAMES);
  checks.that('period', props.period, periodFault);
  checks.values('WebsocketDashboardProps', props);
}

function metricCountReport(count: number): string[] {
  if (count <= METRIC_LIMIT) return [];
  return [
    `the dashboard has ${count} metrics, more than the ${METRIC_LIMIT} that CloudWatch allows; `
    + 'show fewer functions, or make a second one',
  ];
}
