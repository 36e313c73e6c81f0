import { CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { WebsocketAlarmsProps, WebsocketAlarms } from '../lib';
import { inlineFunction, quickStack, warnings } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function alarmsOf(options: WebsocketAlarmsProps = {}): WebsocketAlarms {
  return new WebsocketAlarms(stack, 'Alarms', { apiId: 'abc', stageName: 'dev', ...options });
}

/** The properties of an alarm, by the id of its construct. */
function properties(alarms: WebsocketAlarms, id: string): Record<string, unknown> {
  const logicalId = stack.getLogicalId(alarms.node.findChild(id).node.defaultChild as never);
  return Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')[logicalId].Properties;
}

function ids(alarms: WebsocketAlarms): string[] {
  return alarms.alarms.map(({ node }) => node.id);
}

/** A metric of the stage in a metric math alarm. */
function stageMetric(id: string, MetricName: string, Stat: string, Period = 300): object {
  const Dimensions = [{ Name: 'ApiId', Value: 'abc' }, { Name: 'Stage', Value: 'dev' }];
  return { Id: id, MetricStat: { Metric: { Dimensions, MetricName, Namespace: 'AWS/ApiGateway' }, Period, Stat }, ReturnData: false };
}

const EVALUATION = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold', DatapointsToAlarm: 2, EvaluationPeriods: 3, TreatMissingData: 'notBreaching',
};

const share = (minimum: number): string => (
  `IF(errors < ${minimum}, 0, IF(errors >= FILL(calls, 0), 100, 100 * errors / FILL(calls, 0)))`
);

describe('the alarms of a stage', () => {
  test.each([
    ['IntegrationError', 5, '5 % or more, and at least 5 in a period, of the calls of integrations were answered with an error. '
      + 'Look at the errors and logs of the functions, and at integration.status in the access log'],
    ['ExecutionError', 5, '5 % or more, and at least 5 in a period, of the calls of integrations failed. '
      + 'Look at throttles and timeouts of the functions, at their permissions, and at the execution log of the stage'],
    ['ClientError', 20, 'Clients were refused, 20 % or more, and at least 5 in a period, of the calls of integrations. Look at the authorizer, '
      + 'at what clients send (routes, models, API keys), at the throttle of the stage, and at status in the access log'],
  ])('has one on the share of %s', (name, threshold, description) => {
    // WHEN
    const alarms = alarmsOf();

    // THEN
    expect(properties(alarms, name)).toEqual({
      ...EVALUATION,
      AlarmDescription: `Stack, stage dev: ${description}`,
      Metrics: [
        { Expression: share(5), Id: 'expr_1', Label: `${name} in percent of the calls of integrations`, ReturnData: true },
        stageMetric('errors', name, 'Sum'),
        stageMetric('calls', 'IntegrationLatency', 'SampleCount'),
      ],
      Threshold: threshold,
    });
  });

  test('has one on the latency', () => {
    // WHEN
    const alarms = alarmsOf();

    // THEN
    expect(properties(alarms, 'IntegrationLatency')).toEqual({
      ...EVALUATION,
      AlarmDescription: 'Stack, stage dev: The slowest hundredth of the answers of integrations takes 5000 ms or more. '
        + 'Look at the duration and the cold starts of the functions, and at what they wait for',
      Dimensions: [{ Name: 'ApiId', Value: 'abc' }, { Name: 'Stage', Value: 'dev' }],
      ExtendedStatistic: 'p99',
      MetricName: 'IntegrationLatency',
      Namespace: 'AWS/ApiGateway',
      Period: 300,
      Threshold: 5000,
    });
  });

  test('are these, and have no names', () => {
    // WHEN
    const alarms = alarmsOf();

    // THEN
    expect(ids(alarms)).toEqual(['IntegrationError', 'ExecutionError', 'ClientError', 'IntegrationLatency']);
    Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.absent() });
  });
});

describe('the alarms of a function', () => {
  const functionMetric = (id: string, MetricName: string): object => ({
    Id: id,
    MetricStat: {
      Metric: { Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^Fn') } }], MetricName, Namespace: 'AWS/Lambda' },
      Period: 300,
      Stat: 'Sum',
    },
    ReturnData: false,
  });

  test('are on errors, throttles and duration', () => {
    // GIVEN
    const alarms = alarmsOf();

    // WHEN
    alarms.addFunction(inlineFunction(stack, 'Fn', { timeout: Duration.seconds(10) }), 'src/messages.send');

    // THEN
    expect(ids(alarms).slice(4)).toEqual([
      'FunctionErrors-src%2Fmessages.send', 'FunctionThrottles-src%2Fmessages.send', 'FunctionDuration-src%2Fmessages.send',
    ]);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...EVALUATION,
      AlarmDescription: 'Stack, function src/messages.send: 5 % or more, and at least 5 in a period, of the invocations failed. '
        + 'Look at the log of the function',
      Metrics: [
        { Expression: 'IF(errors < 5, 0, 100 * errors / invocations)', Id: 'expr_1', Label: 'Errors in percent of the invocations' },
        functionMetric('errors', 'Errors'),
        functionMetric('invocations', 'Invocations'),
      ],
      Threshold: 5,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...EVALUATION,
      AlarmDescription: 'Stack, function src/messages.send: Lambda refused 1 invocations or more in a period. '
        + 'Look at the reserved concurrency of the function, and at the concurrency of the account',
      MetricName: 'Throttles',
      Namespace: 'AWS/Lambda',
      Period: 300,
      Statistic: 'Sum',
      Threshold: 1,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...EVALUATION,
      AlarmDescription: 'Stack, function src/messages.send: The slowest hundredth of the invocations takes 90 % of the timeout or more. '
        + 'Look at what the function waits for, at its memory, and at its timeout',
      ExtendedStatistic: 'p99',
      MetricName: 'Duration',
      Namespace: 'AWS/Lambda',
      Period: 300,
      Threshold: 9000,
    });
  });

  test('know the timeout that Lambda has by default', () => {
    // GIVEN
    const alarms = alarmsOf();

    // WHEN
    alarms.addFunction(inlineFunction(stack, 'Fn'), 'fn');

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Duration', Threshold: 2700 });
  });

  test('of an alias have its metrics and the timeout of its function', () => {
    // GIVEN
    const alarms = alarmsOf();
    const fn = inlineFunction(stack, 'Fn', { timeout: Duration.seconds(10) });

    // WHEN
    alarms.addFunction(new lambda.Alias(stack, 'Alias', { aliasName: 'live', version: fn.currentVersion }), 'fn');

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [{ Name: 'FunctionName' }, { Name: 'Resource', Value: { 'Fn::Join': ['', [{ Ref: Match.anyValue() }, ':live']] } }],
      MetricName: 'Duration',
      Threshold: 9000,
    });
  });

  test('of an imported function are on errors and throttles: its timeout is not known', () => {
    // GIVEN
    const alarms = alarmsOf();

    // WHEN
    const imported = lambda.Function.fromFunctionName(stack, 'Imported', 'theirs');
    alarms.addFunction(imported, 'theirs');

    // THEN
    expect(ids(alarms).slice(4)).toEqual(['FunctionErrors-theirs', 'FunctionThrottles-theirs']);
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [{ Name: 'FunctionName', Value: stack.resolve(imported.functionName) }], MetricName: 'Throttles',
    });
  });

  test('of a function whose timeout is a token are on errors and throttles', () => {
    // GIVEN
    const alarms = alarmsOf();
    const timeout = Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number' }).valueAsNumber);

    // WHEN
    alarms.addFunction(inlineFunction(stack, 'Fn', { timeout }), 'fn');

    // THEN
    expect(ids(alarms).slice(4)).toEqual(['FunctionErrors-fn', 'FunctionThrottles-fn']);
  });

  test('are made once, and a label is for one function', () => {
    // GIVEN
    const alarms = alarmsOf();
    const fn = inlineFunction(stack, 'Fn');
    alarms.addFunction(fn, 'one');

    // WHEN
    alarms.addFunction(fn, 'two');

    // THEN
    expect(ids(alarms).slice(4)).toEqual(['FunctionErrors-one', 'FunctionThrottles-one', 'FunctionDuration-one']);
    expect(() => alarms.addFunction(inlineFunction(stack, 'Other'), 'one')).toThrow(new Error(
      'Stack/Alarms: addFunction: "one" is the label of another function; give each function its own',
    ));
  });

  test('are not there if `functions` is false', () => {
    // GIVEN
    const alarms = alarmsOf({ functions: false });

    // WHEN
    alarms.addFunction(inlineFunction(stack, 'Fn'), 'fn');

    // THEN
    expect(ids(alarms)).toHaveLength(4);
  });

  test.each<[boolean | undefined, number, boolean]>([[undefined, 50, false], [undefined, 52, true], [true, 52, false], [false, 52, false]])(
    'with `functions` %p and %i of them: a warning is %p', (functions, count, warns) => {
      // GIVEN
      const alarms = alarmsOf({ functions });

      // WHEN
      for (let index = 0; index < count; index++) {
        alarms.addFunction(lambda.Function.fromFunctionName(stack, `Fn${index}`, `fn${index}`), `fn${index}`);
      }

      // THEN
      expect(warnings(stack)).toEqual(warns ? ['/Stack/Alarms: more than 50 functions have alarms of their own, 106 alarms so far: each costs, '
        + 'and is one of the 500 resources of a stack. Set `functions: false`, or `functions: true` if that is intended '
        + '[ack: cdk-websocket-service:manyAlarms]'] : []);
    });
});

describe('settings', () => {
  test('of all alarms are the period and the evaluation', () => {
    // WHEN
    const alarms = alarmsOf({ period: Duration.minutes(1), evaluationPeriods: 5, datapointsToAlarm: 4 });

    // THEN
    expect(properties(alarms, 'IntegrationLatency')).toMatchObject({ Period: 60, EvaluationPeriods: 5, DatapointsToAlarm: 4 });
    expect(properties(alarms, 'ClientError')).toMatchObject({
      EvaluationPeriods: 5,
      DatapointsToAlarm: 4,
      Metrics: [
        { Expression: share(5) }, stageMetric('errors', 'ClientError', 'Sum', 60), stageMetric('calls', 'IntegrationLatency', 'SampleCount', 60),
      ],
    });
  });

  test('of one alarm win', () => {
    // WHEN
    const alarms = alarmsOf({
      evaluationPeriods: 5,
      integrationError: { threshold: 1.5, minimumErrors: 20, period: Duration.hours(1), evaluationPeriods: 1 },
    });

    // THEN
    expect(properties(alarms, 'IntegrationError')).toMatchObject({
      Threshold: 1.5,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Metrics: [
        { Expression: share(20) },
        stageMetric('errors', 'IntegrationError', 'Sum', 3600),
        stageMetric('calls', 'IntegrationLatency', 'SampleCount', 3600),
      ],
    });
    expect(properties(alarms, 'ExecutionError')).toMatchObject({ Threshold: 5, EvaluationPeriods: 5, DatapointsToAlarm: 2 });
  });

  test('of functions are the thresholds', () => {
    // GIVEN
    const alarms = alarmsOf({
      functionErrors: { threshold: 10, minimumErrors: 1 }, functionThrottles: { threshold: 7 }, functionDuration: { threshold: 50 },
    });

    // WHEN
    alarms.addFunction(inlineFunction(stack, 'Fn'), 'fn');

    // THEN
    expect(properties(alarms, 'FunctionErrors-fn')).toMatchObject({
      Threshold: 10, Metrics: [{ Expression: 'IF(errors < 1, 0, 100 * errors / invocations)' }, {}, {}],
    });
    expect(properties(alarms, 'FunctionThrottles-fn')).toMatchObject({ Threshold: 7 });
    expect(properties(alarms, 'FunctionDuration-fn')).toMatchObject({ Threshold: 1500 });
  });

  test.each(['integrationError', 'executionError', 'clientError', 'integrationLatency'] as const)('switch %s off', (name) => {
    // WHEN
    const alarms = alarmsOf({ [name]: { enabled: false } });

    // THEN
    expect(alarms.alarms).toHaveLength(3);
    expect(() => alarms.alarm(name)).toThrow(`Stack/Alarms: alarm: "${name}" is not one of the alarms; `);
  });

  test.each(['functionErrors', 'functionThrottles', 'functionDuration'] as const)('switch %s off', (name) => {
    // GIVEN
    const alarms = alarmsOf({ [name]: { enabled: false } });

    // WHEN
    alarms.addFunction(inlineFunction(stack, 'Fn'), 'fn');

    // THEN
    expect(alarms.alarms).toHaveLength(6);
    expect(() => alarms.alarm(name, 'fn')).toThrow(`Stack/Alarms: alarm: ["${name}","fn"] is not one of the alarms; `);
  });

  test('may be tokens', () => {
    // GIVEN
    const count = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;

    // WHEN
    const alarms = alarmsOf({ evaluationPeriods: count, integrationError: { threshold: count, minimumErrors: Lazy.number({ produce: () => 8 }) } });

    // THEN
    const found = properties(alarms, 'IntegrationError');
    expect(found).toMatchObject({ Threshold: { Ref: 'Count' }, EvaluationPeriods: { Ref: 'Count' }, Metrics: [{ Expression: share(8) }, {}, {}] });
    expect(found).not.toHaveProperty('DatapointsToAlarm');
  });
});

describe('actions', () => {
  test('are the topic and more', () => {
    // GIVEN
    const [topic, pager, relief] = ['Topic', 'Pager', 'Relief'].map((id) => new sns.Topic(stack, id));

    // WHEN
    alarmsOf({ topic, actions: [new SnsAction(pager)], okActions: [new SnsAction(relief)] }).addFunction(inlineFunction(stack, 'Fn'), 'fn');

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 7);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [stack.resolve(topic.topicArn), stack.resolve(pager.topicArn)],
      OKActions: [stack.resolve(relief.topicArn)],
    });
  });

  test('are none by default', () => {
    // WHEN
    alarmsOf();

    // THEN
    Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent(), OKActions: Match.absent() });
  });
});

describe('one alarm', () => {
  test('is found by the name of its option', () => {
    // GIVEN
    const alarms = alarmsOf();
    alarms.addFunction(inlineFunction(stack, 'Fn'), 'src/a.b');

    // THEN
    expect(alarms.alarm('integrationLatency').node.id).toBe('IntegrationLatency');
    expect(alarms.alarm('functionErrors', 'src/a.b').node.id).toBe('FunctionErrors-src%2Fa.b');
  });

  test('that does not exist fails, and the error lists the alarms', () => {
    // GIVEN
    const alarms = alarmsOf();
    const remedy = 'the alarms are integrationError, executionError, clientError and integrationLatency';

    // THEN
    expect(() => alarms.alarm('latency')).toThrow(new Error(
      `Stack/Alarms: alarm: "latency" is not one of the alarms; ${remedy}, unless switched off`,
    ));
    alarms.addFunction(inlineFunction(stack, 'Fn'), 'fn');
    expect(() => alarms.alarm('functionErrors', 'other')).toThrow(new Error(
      `Stack/Alarms: alarm: ["functionErrors","other"] is not one of the alarms; ${remedy}, and functionErrors, functionThrottles, functionDuration and handlerErrors `
      + 'of fn, unless switched off',
    ));
  });
});
