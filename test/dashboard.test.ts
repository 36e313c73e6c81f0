import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { WebsocketDashboard, WebsocketDashboardProps } from '../lib';
import { inlineFunction, quickApp, quickStack } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title: string; readonly metrics: unknown[]; readonly yAxis: object };
}

function dashboardOf(options: WebsocketDashboardProps & { stageNames?: string[] } = {}): WebsocketDashboard {
  return new WebsocketDashboard(stack, 'Dashboard', { apiId: 'abc', stageNames: ['dev'], ...options });
}

/** The body with what is known at deployment written as `<its name>`. */
function body(): { start?: string; widgets: Widget[] } {
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const found = Properties.DashboardBody;
  if (typeof found === 'string') return JSON.parse(found);
  const parts = found['Fn::Join'][1] as Array<string | { Ref: string }>;
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref ?? 'name'}>`)).join(''));
}

function titles(): string[] {
  return body().widgets.map(({ properties }) => properties.title);
}

/** The labels in a graph. */
function labels(title: string): unknown[] {
  const widget = body().widgets.find(({ properties }) => properties.title === title)!;
  return widget.properties.metrics.map((metric) => ((metric as unknown[]).at(-1) as { label: string }).label);
}

function addImported(dashboard: WebsocketDashboard, names: string[]): void {
  for (const name of names) dashboard.addFunction(lambda.Function.fromFunctionName(stack, name, name), name);
}

/** Where widgets are, and what is in them. */
function layout(): object[] {
  return body().widgets.map(({ x, y, width, height, properties: { title, metrics, yAxis } }) => (
    { at: [x, y, width, height], title, metrics, yAxis }
  ));
}

const COUNT = { left: { min: 0 } };
const TIME = { left: { min: 0, label: 'ms', showUnits: false } };
const metric = (name: string, options: object): unknown[] => ['AWS/ApiGateway', name, 'ApiId', 'abc', 'Stage', 'dev', options];

test('shows connects, messages, errors and latencies of a stage in one row', () => {
  // WHEN
  dashboardOf();

  // THEN
  expect(layout()).toEqual([
    { at: [0, 0, 6, 6], title: 'dev: connects', metrics: [metric('ConnectCount', { label: 'ConnectCount', stat: 'Sum' })], yAxis: COUNT },
    { at: [6, 0, 6, 6], title: 'dev: messages', metrics: [metric('MessageCount', { label: 'MessageCount', stat: 'Sum' })], yAxis: COUNT },
    {
      at: [12, 0, 6, 6],
      title: 'dev: errors',
      metrics: ['IntegrationError', 'ExecutionError', 'ClientError'].map((name) => metric(name, { label: name, stat: 'Sum' })),
      yAxis: COUNT,
    },
    {
      at: [18, 0, 6, 6],
      title: 'dev: integration latency',
      metrics: ['p50', 'p90', 'p99'].map((stat) => metric('IntegrationLatency', { label: stat, stat })),
      yAxis: TIME,
    },
  ]);
});

test('shows errors, duration and throttles of functions in the row below', () => {
  // GIVEN
  const dashboard = dashboardOf();
  const fn = inlineFunction(stack, 'Fn');

  // WHEN
  dashboard.addFunction(fn, 'src/messages.send');

  // THEN
  const of = (name: string, options: object): unknown[] => (
    [['AWS/Lambda', name, 'FunctionName', `<${stack.resolve(fn.functionName).Ref}>`, { label: 'src/messages.send', ...options }]]
  );
  expect(layout().slice(4)).toEqual([
    { at: [0, 6, 8, 6], title: 'Function errors', metrics: of('Errors', { stat: 'Sum' }), yAxis: COUNT },
    { at: [8, 6, 8, 6], title: 'Function duration (p99)', metrics: of('Duration', { stat: 'p99' }), yAxis: TIME },
    { at: [16, 6, 8, 6], title: 'Function throttles', metrics: of('Throttles', { stat: 'Sum' }), yAxis: COUNT },
  ]);
});

test('has a row for each stage, in their order', () => {
  // WHEN
  dashboardOf({ stageNames: ['prod', 'beta'] });

  // THEN
  expect(titles().filter((title) => title.endsWith('connects'))).toEqual(['prod: connects', 'beta: connects']);
  expect(body().widgets.map(({ y }) => y)).toEqual([0, 0, 0, 0, 6, 6, 6, 6]);
});

test('accepts a stage whose name is a token', () => {
  // WHEN
  dashboardOf({ stageNames: [new CfnParameter(stack, 'Stage').valueAsString] });

  // THEN
  expect(titles()[0]).toBe('<Stage>: connects');
});

describe('functions', () => {
  test('are in the order of their labels, whenever they come', () => {
    // GIVEN
    const dashboard = dashboardOf();

    // WHEN
    addImported(dashboard, ['b', 'c', 'a']);

    // THEN
    expect(labels('Function errors')).toEqual(['a', 'b', 'c']);
  });

  test('are twenty in a graph', () => {
    // GIVEN
    const dashboard = dashboardOf();
    const names = Array.from({ length: 45 }, (_, index) => `f${100 + index}`);

    // WHEN
    addImported(dashboard, names);

    // THEN
    expect(titles().slice(4)).toEqual(['1 of 3', '2 of 3', '3 of 3'].flatMap((part) => (
      ['errors', 'duration (p99)', 'throttles'].map((what) => `Function ${what}, ${part}`)
    )));
    expect(labels('Function throttles, 1 of 3')).toEqual(names.slice(0, 20));
    expect(labels('Function throttles, 3 of 3')).toEqual(names.slice(40));
    expect(body().widgets.slice(4).map(({ y }) => y)).toEqual([6, 6, 6, 12, 12, 12, 18, 18, 18]);
  });

  test('are there once, and a label is for one of them', () => {
    // GIVEN
    const dashboard = dashboardOf();
    const fn = inlineFunction(stack, 'Fn');
    dashboard.addFunction(fn, 'one');

    // WHEN
    dashboard.addFunction(fn, 'two');

    // THEN
    expect(labels('Function errors')).toEqual(['one']);
    expect(() => addImported(dashboard, ['one'])).toThrow(new Error(
      'Stack/Dashboard: addFunction: "one" is the label of another function; give each function its own',
    ));
  });

  test('must be functions, with a label', () => {
    const dashboard = dashboardOf();

    expect(() => dashboard.addFunction('fn' as never, 'fn')).toThrow(new Error(
      "Stack/Dashboard: addFunction: \"fn\" is not a Lambda function; use lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN",
    ));
    expect(() => dashboard.addFunction(inlineFunction(stack, 'Fn'), undefined as never)).toThrow(new Error(
      "Stack/Dashboard: addFunction: (not set) is not a string; use 'src/messages.send'",
    ));
  });
});

test('has room for widgets below', () => {
  // GIVEN
  const dashboard = dashboardOf();

  // WHEN
  dashboard.dashboard.addWidgets(new TextWidget({ markdown: 'ours' }));
  addImported(dashboard, ['late']);

  // THEN
  expect(body().widgets.at(-1)).toMatchObject({ y: 12, properties: { markdown: 'ours' } });
});

describe('options', () => {
  test('are name, period and interval', () => {
    // WHEN
    addImported(dashboardOf({ dashboardName: 'chat', period: Duration.minutes(1), defaultInterval: Duration.days(7) }), ['fn']);

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'chat' });
    expect(body().start).toBe('-P7D');
    expect(body().widgets.flatMap(({ properties }) => properties.metrics as unknown[][]).map((found) => (found.at(-1) as { period: number }).period))
      .toEqual(Array(8 + 3).fill(60));
  });

  test('leave name, period and interval to CloudWatch', () => {
    // WHEN
    dashboardOf();

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: Match.absent() });
    expect(body().start).toBeUndefined();
    expect(JSON.stringify(body())).not.toContain('"period"');
  });

  test.each<[string, object, string]>([
    ['a misspelt one', { name: 'chat' }, 'name: "chat": there is no option `name`; '
      + 'the options are dashboardName, period, defaultInterval, apiId and stageNames'],
    ['a name that is none', { dashboardName: 5 }, "dashboardName: 5 is not a string; use 'chat'"],
    ['a long name', { dashboardName: 'x'.repeat(256) }, `dashboardName: "${'x'.repeat(100)}..." has 256 characters; use 1 to 255`],
    ['a number as period', { period: 60 }, 'period: 60 is not a Duration; use Duration.seconds(30)'],
    ['a text as interval', { defaultInterval: '-P7D' }, 'defaultInterval: "-P7D" is not a Duration; use Duration.seconds(30)'],
    ['ten seconds as period', { period: Duration.seconds(10) }, 'period: 10 seconds is not a period of these metrics, which come every minute; '
      + 'use whole minutes, up to one day, for example Duration.minutes(5)'],
    ['no API', { apiId: undefined }, "apiId: (not set) is not a string; use 'a1b2c3d4e5'"],
    ['no stages', { stageNames: undefined }, "stageNames: (not set) is not an array of strings; use ['dev']"],
    ['a text for stages', { stageNames: 'dev' }, "stageNames: \"dev\" is not an array of strings; use ['dev']"],
  ])('fail for %s', (_, options, message) => {
    expect(() => dashboardOf(options)).toThrow(new Error(`Stack/Dashboard: ${message}`));
  });
});

test('fails at synthesis with more metrics than CloudWatch allows', () => {
  // GIVEN
  const app = quickApp();
  stack = new Stack(app, 'Stack');
  const dashboard = dashboardOf();
  addImported(dashboard, Array.from({ length: 830 }, (_, index) => `f${index}`));

  // WHEN
  addImported(dashboard, ['one-more']);

  // THEN
  expect(() => app.synth()).toThrow('[Stack/Dashboard] the dashboard has 2501 metrics, more than the 2500 that CloudWatch allows; '
    + 'show fewer functions, or make a second one');
});
