import { Duration, Tokenization } from 'aws-cdk-lib';
import { IMetric, MathExpression, Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { timeoutOf } from './function-timeout';
import { MetricName } from './metrics';
import { countFault, knownPercentFault, millisecondsFault, percentFault } from '../checks/alarm-values';
import { Fault } from '../problem';

/** The settings of an alarm, complete. */
export interface AlarmSettings {
  readonly threshold: number;
  readonly minimumErrors: number;
  readonly period: Duration;
}

/** One of the recommended alarms on a stage or a function. */
export interface AlarmDefinition<Subject> {
  /** What `threshold` is by default. */
  readonly threshold: number;
  /** The same for `minimumErrors`, if the alarm is on a share of errors. */
  readonly minimumErrors?: number;
  readonly fault: (threshold: number) => Fault | undefined;
  readonly metric: (subject: Subject, settings: AlarmSettings) => IMetric;
  /** The threshold in the unit of the metric, if that is another one; there is no alarm if it is not known. */
  readonly limit?: (subject: Subject, threshold: number) => number | undefined;
  /** What is bad, and where to look. */
  readonly description: (subject: Subject, settings: AlarmSettings) => string;
}

export interface StageSubject {
  readonly metric: (name: MetricName, options: MetricOptions) => Metric;
}

export interface FunctionSubject {
  readonly fn: lambda.IFunction;
}

/** Defaults of every alarm on a share of errors. */
const SHARE = { minimumErrors: 5, fault: percentFault };

export const STAGE_ALARMS = {
  integrationError: {
    ...SHARE,
    threshold: 5,
    metric: shareOfCalls('IntegrationError'),
    description: (_, settings) => `${atLeast(settings)} of the calls of integrations were answered with an error. `
      + 'Look at the errors and logs of the functions, and at integration.status in the access log',
  },
  executionError: {
    ...SHARE,
    threshold: 5,
    metric: shareOfCalls('ExecutionError'),
    description: (_, settings) => `${atLeast(settings)} of the calls of integrations failed. `
      + 'Look at throttles and timeouts of the functions, at their permissions, and at the execution log of the stage',
  },
  clientError: {
    ...SHARE,
    threshold: 20,
    metric: shareOfCalls('ClientError'),
    description: (_, settings) => `Clients were refused, ${atLeast(settings)} of the calls of integrations. `
      + 'Look at the authorizer, at what clients send (routes, models, API keys), at the throttle of the stage, and at status in the access log',
  },
  integrationLatency: {
    threshold: 5000,
    fault: millisecondsFault,
    metric: ({ metric }, { period }) => metric('IntegrationLatency', { period, statistic: Stats.p(99) }),
    description: (_, { threshold }) => `The slowest hundredth of the answers of integrations takes ${number(threshold)} ms or more. `
      + 'Look at the duration and the cold starts of the functions, and at what they wait for',
  },
} satisfies Record<string, AlarmDefinition<StageSubject>>;

export const FUNCTION_ALARMS = {
  functionErrors: {
    ...SHARE,
    threshold: 5,
    metric: ({ fn }, { minimumErrors, period }) => new MathExpression({
      expression: `IF(errors < ${number(minimumErrors)}, 0, 100 * errors / invocations)`,
      usingMetrics: { errors: fn.metricErrors({ period }), invocations: fn.metricInvocations({ period }) },
      period,
      label: 'Errors in percent of the invocations',
    }),
    description: (_, settings) => `${atLeast(settings)} of the invocations failed. Look at the log of the function`,
  },
  functionThrottles: {
    threshold: 1,
    fault: countFault,
    metric: ({ fn }, { period }) => fn.metricThrottles({ period }),
    description: (_, { threshold }) => `Lambda refused ${number(threshold)} invocations or more in a period. `
      + 'Look at the reserved concurrency of the function, and at the concurrency of the account',
  },
  functionDuration: {
    threshold: 90,
    fault: knownPercentFault,
    metric: ({ fn }, { period }) => fn.metricDuration({ period, statistic: Stats.p(99) }),
    limit: ({ fn }, threshold) => {
      const timeout = timeoutOf(fn);
      return timeout === undefined || timeout.isUnresolved() ? undefined : timeout.toMilliseconds() * threshold / 100;
    },
    description: (_, { threshold }) => `The slowest hundredth of the invocations takes ${number(threshold)} % of the timeout or more. `
      + 'Look at what the function waits for, at its memory, and at its timeout',
  },
} satisfies Record<string, AlarmDefinition<FunctionSubject>>;

export const STAGE_NAMES = Object.keys(STAGE_ALARMS) as Array<keyof typeof STAGE_ALARMS>;
export const FUNCTION_NAMES = Object.keys(FUNCTION_ALARMS) as Array<keyof typeof FUNCTION_ALARMS>;

/**
 * Errors in percent of the calls of integrations.
 *
 * What is called is counted by the samples of the latency: `MessageCount` has also the messages that backends send, and one
 * broadcast would hide every error. Calls that failed may have no latency: more errors than calls are all of them.
 */
function shareOfCalls(name: MetricName): (subject: StageSubject, settings: AlarmSettings) => IMetric {
  return ({ metric }, { minimumErrors, period }) => new MathExpression({
    expression: `IF(errors < ${number(minimumErrors)}, 0, IF(errors >= FILL(calls, 0), 100, 100 * errors / FILL(calls, 0)))`,
    usingMetrics: {
      errors: metric(name, { period }),
      calls: metric('IntegrationLatency', { period, statistic: Stats.SAMPLE_COUNT }),
    },
    period,
    label: `${name} in percent of the calls of integrations`,
  });
}

function atLeast({ threshold, minimumErrors }: AlarmSettings): string {
  return `${number(threshold)} % or more, and at least ${number(minimumErrors)} in a period,`;
}

/** A number in a text, which may be a token. */
function number(value: number): string {
  return Tokenization.stringifyNumber(value);
}
