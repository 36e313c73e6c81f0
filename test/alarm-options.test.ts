import { Aws, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { WebsocketAlarms } from '../lib';
import { quickStack } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

/** What the constructor says; the options may be of any kind, as in JavaScript. */
function alarmsOf(options: object): WebsocketAlarms {
  return new WebsocketAlarms(stack, 'Alarms', { apiId: 'abc', stageName: 'dev', ...options });
}

const ALL = 'period, evaluationPeriods, datapointsToAlarm, topic, actions, okActions, integrationError, executionError, clientError, '
  + 'integrationLatency, functions, functionErrors, functionThrottles, functionDuration, handlerErrors, apiId and stageName';
const COUNT = 'is not a count; use a whole number of at least 1';
const PERCENT = 'is not a share in percent; use a number above 0, up to 100';
const PERIOD = 'is not a period of these metrics, which come every minute; use whole minutes, up to one day, for example Duration.minutes(5)';
const LOOK_BACK = 'exceed the time that an alarm evaluates: one day, or seven days with periods of an hour or more; use fewer of them';

test.each<[string, object, string]>([
  ['a misspelt option', { integrationErrors: {} }, 'integrationErrors: {}: there is no option `integrationErrors`; did you mean `integrationError`?'],
  ['an option of something else', { stageName: 'dev', colour: 'red' }, `colour: "red": there is no option \`colour\`; the options are ${ALL}`],
  ['a misspelt setting', { clientError: { treshold: 5 } }, 'clientError.treshold: 5: there is no option `treshold`; did you mean `threshold`?'],
  ...['integrationLatency', 'functionThrottles', 'functionDuration'].map((name): [string, object, string] => (
    [`a minimum of errors of ${name}`, { [name]: { minimumErrors: 5 } },
      `${name}.minimumErrors: 5 is for alarms on a share of errors, and this alarm is not one of them; leave it out`]
  )),
  ['no API', { apiId: undefined }, "apiId: (not set) is not a string; use 'a1b2c3d4e5'"],
  ['no stage', { stageName: undefined }, "stageName: (not set) is not a string; use 'dev'"],
  ['a name for a topic', { topic: 'alerts' }, 'topic: "alerts" is not an SNS topic; use sns.Topic.fromTopicArn(this, \'Topic\', arn) for an ARN'],
  ['a topic as action', { actions: ['alerts'] }, 'actions: ["alerts"] is not an array of alarm actions; use [new SnsAction(topic)]'],
  ['a topic as action when all is well', { okActions: {} }, 'okActions: {} is not an array of alarm actions; use [new SnsAction(topic)]'],
  ['a list of functions', { functions: ['foo'] }, 'functions: ["foo"] is not a boolean; use true or false'],
  ['a number for an alarm', { clientError: 5 }, 'clientError: 5 is not an object; use { enabled: false }'],
  ['a text for a switch', { clientError: { enabled: 'no' } }, 'clientError.enabled: "no" is not a boolean; use true or false'],
  ['a Duration as threshold', { integrationLatency: { threshold: Duration.seconds(2) } }, 'integrationLatency.threshold: 2 seconds is not a number; use 5'],
  ['a number as period', { period: 300 }, 'period: 300 is not a Duration; use Duration.seconds(30)'],
  ['a share of nothing', { integrationError: { threshold: 0 } }, `integrationError.threshold: 0 ${PERCENT}`],
  ['a share of more than all', { executionError: { threshold: 101 } }, `executionError.threshold: 101 ${PERCENT}`],
  ['no number', { clientError: { threshold: NaN } }, `clientError.threshold: null ${PERCENT}`],
  ['a negative share', { functionErrors: { threshold: -1 } }, `functionErrors.threshold: -1 ${PERCENT}`],
  ['more than the timeout', { functionDuration: { threshold: 120 } }, `functionDuration.threshold: 120 ${PERCENT}`],
  ['no time', { integrationLatency: { threshold: 0 } }, 'integrationLatency.threshold: 0 is not a time in milliseconds; use a number above 0'],
  ['half a throttle', { functionThrottles: { threshold: 0.5 } }, `functionThrottles.threshold: 0.5 ${COUNT}`],
  ['a minimum of nothing', { integrationError: { minimumErrors: 0 } }, `integrationError.minimumErrors: 0 ${COUNT}`],
  ['no periods', { evaluationPeriods: 0 }, `evaluationPeriods: 0 ${COUNT}`],
  ['half a datapoint', { clientError: { datapointsToAlarm: 1.5 } }, `clientError.datapointsToAlarm: 1.5 ${COUNT}`],
  ['ten seconds', { period: Duration.seconds(10) }, `period: 10 seconds ${PERIOD}`],
  ['half a minute more', { clientError: { period: Duration.seconds(90) } }, `clientError.period: 1 minute 30 seconds ${PERIOD}`],
  ['two days', { period: Duration.days(2) }, `period: 2 days ${PERIOD}`],
  ['more bad periods than periods', { evaluationPeriods: 2, datapointsToAlarm: 3 },
    'datapointsToAlarm: 3 is more than the 2 periods that are evaluated; raise `evaluationPeriods`, or use a smaller number'],
  ['the same, in parts', { datapointsToAlarm: 3, clientError: { evaluationPeriods: 1 } },
    'clientError.datapointsToAlarm: 3 is more than the 1 periods that are evaluated; raise `evaluationPeriods`, or use a smaller number'],
  ['more than a day of short periods', { evaluationPeriods: 289 }, `evaluationPeriods: 289 periods of 5 minutes ${LOOK_BACK}`],
  ['more than a week of long periods', { clientError: { period: Duration.days(1), evaluationPeriods: 8 } },
    `clientError.evaluationPeriods: 8 periods of 1 day ${LOOK_BACK}`],
  ['a threshold of what is switched off', { clientError: { enabled: false, threshold: 10 } },
    'clientError.threshold: 10 is for an alarm that `enabled: false` switches off; leave one of them out'],
  ['settings of functions without them', { functions: false, functionErrors: { threshold: 10 } },
    'functionErrors: { threshold } is for alarms on functions, but `functions` is false; leave one of them out'],
])('fails for %s', (_, options, message) => {
  expect(() => alarmsOf(options)).toThrow(new Error(`Stack/Alarms: ${message}`));
});

test('fails for a period that is known at deployment', () => {
  const period = Duration.minutes(new CfnParameter(stack, 'Period', { type: 'Number' }).valueAsNumber);

  expect(() => alarmsOf({ period })).toThrow(new Error(`Stack/Alarms: period: <token> minutes ${PERIOD}`));
});

test('fails for a share of the timeout that is known at deployment', () => {
  const threshold = new CfnParameter(stack, 'Share', { type: 'Number' }).valueAsNumber;

  expect(() => alarmsOf({ functionDuration: { threshold } })).toThrow(
    'is known only at deployment, but the timeout is multiplied by it before that; use a literal number',
  );
});

test('fails for more actions than CloudWatch allows', () => {
  // GIVEN
  const topic = new sns.Topic(stack, 'Topic');
  const actions = Array.from({ length: 5 }, () => new SnsAction(topic));
  const fault = 'actions are more than the 5 that CloudWatch allows, including the topic; let one topic notify several subscribers';

  // THEN
  expect(() => alarmsOf({ topic, actions })).toThrow(new Error(`Stack/Alarms: actions: 6 ${fault}`));
  stack.node.tryRemoveChild('Alarms');
  expect(() => alarmsOf({ okActions: [...actions, ...actions] })).toThrow(new Error(`Stack/Alarms: okActions: 10 ${fault}`));
});

test.each<[string, object]>([
  ['the bounds', { period: Duration.days(1), evaluationPeriods: 7, datapointsToAlarm: 7, integrationError: { threshold: 100, minimumErrors: 1 } }],
  ['a day of short periods', { evaluationPeriods: 288 }],
  ['tokens', { clientError: { threshold: Token.asNumber(Aws.NO_VALUE) }, evaluationPeriods: Token.asNumber(Aws.NO_VALUE) }],
  ['undefined', { clientError: { enabled: false, threshold: undefined }, topic: undefined, anything: undefined }],
])('takes %s', (_, options) => {
  expect(alarmsOf(options).alarms.length).toBeGreaterThanOrEqual(3);
});
