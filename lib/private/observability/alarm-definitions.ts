import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import { IMetric, MathExpression, Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { countFault } from './alarm-evaluation';
import { MetricName } from './metrics';
import type { WebsocketAlarmSettings } from '../../alarm-options';
import { functionBehind } from '../handlers/function-environment';
import { Fault } from '../problem';

/** Settings with the defaults filled in. */
type AlarmSettings = Required<Pick<WebsocketAlarmSettings, 'threshold' | 'minimumErrors' | 'period'>>;

/** One of the recommended alarms on a stage or a function. */
export interface AlarmDefinition<Subject> {
  /** The default of `threshold`. */
  readonly threshold: number;
  /** The default of `minimumErrors`, for alarms on a share of errors only. */
  readonly minimumErrors?: number;
  readonly fault: (threshold: number) => Fault | undefined;
  readonly metric: (subject: Subject, settings: AlarmSettings) => IMetric;
  /** Converts the threshold to the unit of the metric. If the result is `undefined`, no alarm is created. */
  readonly limit?: (subject: Subject, threshold: number) => number | undefined;
  readonly description: (subject: Subject, settings: AlarmSettings) => string;
}

export interface StageSubject {
  readonly metric: (name: MetricName, options: MetricOptions) => Metric;
}

export interface FunctionSubject {
  readonly fn: lambda.IFunction;
}

/** Common to all alarms on a share of errors. */
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
      + 'Look at the authorizer, at what clients send (routes, models, API keys), at the throttle of the stage, '
      + 'and at status in the access log',
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
    metric: shareOfInvocations('Errors', (fn, options) => fn.metricErrors(options)),
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
  handlerErrors: {
    ...SHARE,
    threshold: 5,
    metric: shareOfInvocations('Answers with an error', handlerErrorsOf),
    description: (_, settings) => `${atLeast(settings)} of the messages were answered with an error, since their handler failed. `
      + 'Look at the log of the function',
  },
} satisfies Record<string, AlarmDefinition<FunctionSubject>>;

export const STAGE_NAMES = Object.keys(STAGE_ALARMS) as Array<keyof typeof STAGE_ALARMS>;
export const FUNCTION_NAMES = Object.keys(FUNCTION_ALARMS) as Array<keyof typeof FUNCTION_ALARMS>;

/** What `onMessage` of the runtime writes to the log for a message with an `id` whose handler fails, in the embedded metric format. */
function handlerErrorsOf(fn: lambda.IFunction, options: MetricOptions): Metric {
  return new Metric({
    namespace: 'cdk-websocket-service',
    metricName: 'HandlerErrors',
    // The name that the function itself knows, without an alias.
    dimensionsMap: { FunctionName: functionBehind(fn).functionName },
    statistic: Stats.SUM,
    ...options,
  }).attachTo(fn);
}

function shareOfInvocations(
  what: string, errorsOf: (fn: lambda.IFunction, options: MetricOptions) => IMetric,
): (subject: FunctionSubject, settings: AlarmSettings) => IMetric {
  return ({ fn }, { minimumErrors, period }) => new MathExpression({
    expression: `IF(errors < ${number(minimumErrors)}, 0, 100 * errors / invocations)`,
    usingMetrics: { errors: errorsOf(fn, { period }), invocations: fn.metricInvocations({ period }) },
    period,
    label: `${what} in percent of the invocations`,
  });
}

/** The default of Lambda. */
const DEFAULT_TIMEOUT = Duration.seconds(3);

/** The timeout of a function, alias or version; undefined for an imported one. */
function timeoutOf(fn: lambda.IFunction): Duration | undefined {
  const owner = fn instanceof lambda.Alias || fn instanceof lambda.Version ? fn.lambda : fn;
  return owner instanceof lambda.Function ? owner.timeout ?? DEFAULT_TIMEOUT : undefined;
}

/**
 * Errors in percent of the calls of integrations.
 *
 * The number of calls is the sample count of the latency. `MessageCount` would include messages that backends send, so that one broadcast
 * would hide every error. A failed call may have no latency: more errors than calls count as 100 percent.
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

/** A number that may be a token, as text. */
function number(value: number): string {
  return Tokenization.stringifyNumber(value);
}

function percentFault(percent: number): Fault | undefined {
  if (Token.isUnresolved(percent) || (percent > 0 && percent <= 100)) return undefined;
  return { reason: 'is not a share in percent', remedy: 'use a number above 0, up to 100' };
}

/** The timeout is multiplied by the share during synthesis. */
function knownPercentFault(percent: number): Fault | undefined {
  if (!Token.isUnresolved(percent)) return percentFault(percent);
  return { reason: 'is known only at deployment, but the timeout is multiplied by it before that', remedy: 'use a literal number' };
}

function millisecondsFault(milliseconds: number): Fault | undefined {
  if (Token.isUnresolved(milliseconds) || milliseconds > 0) return undefined;
  return { reason: 'is not a time in milliseconds', remedy: 'use a number above 0' };
}
