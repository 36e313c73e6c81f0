import { Duration, Token } from 'aws-cdk-lib';
import { periodFault } from './metrics';
import type { WebsocketAlarmSettings } from '../../alarm-options';
import { Checks } from '../checks/checks';
import { DURATION, NUMBER } from '../checks/kind';
import { Fault } from '../problem';

/** How often an alarm evaluates, and how many evaluations must breach the threshold. */
type AlarmEvaluation = Pick<WebsocketAlarmSettings, 'period' | 'evaluationPeriods' | 'datapointsToAlarm'>;

const DEFAULT_PERIOD = Duration.minutes(5);
const DEFAULT_EVALUATION_PERIODS = 3;
const DEFAULT_DATAPOINTS = 2;

/** The settings of one alarm override those of all alarms, which override the defaults. */
export function evaluationOf(
  own: AlarmEvaluation, all: AlarmEvaluation,
): AlarmEvaluation & Required<Omit<AlarmEvaluation, 'datapointsToAlarm'>> {
  const evaluationPeriods = own.evaluationPeriods ?? all.evaluationPeriods ?? DEFAULT_EVALUATION_PERIODS;
  const datapoints = Token.isUnresolved(evaluationPeriods) ? undefined : Math.min(DEFAULT_DATAPOINTS, evaluationPeriods);
  return {
    period: own.period ?? all.period ?? DEFAULT_PERIOD,
    evaluationPeriods,
    datapointsToAlarm: own.datapointsToAlarm ?? all.datapointsToAlarm ?? datapoints,
  };
}

export function checkEvaluation(checks: Checks, own: AlarmEvaluation, all: AlarmEvaluation = {}): void {
  checks.kind('period', own.period, DURATION);
  checks.that('period', own.period, periodFault);
  for (const count of ['evaluationPeriods', 'datapointsToAlarm'] as const) {
    checks.kind(count, own[count], NUMBER);
    checks.that(count, own[count], countFault);
  }
  const { period, evaluationPeriods, datapointsToAlarm } = evaluationOf(own, all);
  checks.that('evaluationPeriods', evaluationPeriods, (periods) => lookBackFault(period, periods));
  checks.that('datapointsToAlarm', datapointsToAlarm, (datapoints) => datapointsFault(datapoints, evaluationPeriods));
}

export function countFault(count: number): Fault | undefined {
  if (Token.isUnresolved(count) || (Number.isInteger(count) && count > 0)) return undefined;
  return { reason: 'is not a count', remedy: 'use a whole number of at least 1' };
}

const HOUR = 3600;
const DAY = 86400;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function lookBackFault(period: Duration, evaluationPeriods: number): Fault | undefined {
  const seconds = period.toSeconds() * evaluationPeriods;
  const longest = period.toSeconds() < HOUR ? DAY : 7 * DAY;
  if (Token.isUnresolved(evaluationPeriods) || seconds <= longest) return undefined;
  return {
    reason: `periods of ${period.toHumanString()} `
      + 'exceed the time that an alarm evaluates: one day, or seven days with periods of an hour or more',
    remedy: 'use fewer of them',
  };
}

function datapointsFault(datapoints: number, evaluationPeriods: number): Fault | undefined {
  if (Token.isUnresolved(datapoints) || Token.isUnresolved(evaluationPeriods) || datapoints <= evaluationPeriods) return undefined;
  return {
    reason: `is more than the ${evaluationPeriods} periods that are evaluated`,
    remedy: 'raise `evaluationPeriods`, or use a smaller number',
  };
}
