import { Duration, Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** What is wrong with a share in percent, if anything. */
export function percentFault(percent: number): Fault | undefined {
  if (Token.isUnresolved(percent) || (percent > 0 && percent <= 100)) return undefined;
  return { reason: 'is not a share in percent', remedy: 'use a number above 0, up to 100' };
}

/** What is wrong with a number of things, if anything. */
export function countFault(count: number): Fault | undefined {
  if (Token.isUnresolved(count) || (Number.isInteger(count) && count > 0)) return undefined;
  return { reason: 'is not a count', remedy: 'use a whole number from 1 on' };
}

/** What is wrong with a time in milliseconds, if anything. */
export function millisecondsFault(milliseconds: number): Fault | undefined {
  if (Token.isUnresolved(milliseconds) || milliseconds > 0) return undefined;
  return { reason: 'is not a time in milliseconds', remedy: 'use a number above 0' };
}

/** What is wrong with a share that is multiplied at synthesis, if anything. */
export function knownPercentFault(percent: number): Fault | undefined {
  if (!Token.isUnresolved(percent)) return percentFault(percent);
  return { reason: 'is known when the stack is deployed, and the timeout is multiplied with it before that', remedy: 'use a literal number' };
}

/**
 * What is wrong with the period of a metric, if anything.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
 */
export function periodFault(period: Duration): Fault | undefined {
  const seconds = period.isUnresolved() ? undefined : period.toSeconds({ integral: false });
  if (seconds !== undefined && seconds > 0 && seconds <= DAY && seconds % MINUTE === 0) return undefined;
  return {
    reason: 'is not a period of these metrics, which come every minute',
    remedy: 'use whole minutes, up to one day, for example Duration.minutes(5)',
  };
}

/**
 * What is wrong with how long an alarm looks back, if anything: CloudWatch refuses it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function evaluationFault(period: Duration, evaluationPeriods: number): Fault | undefined {
  const seconds = period.toSeconds() * evaluationPeriods;
  const longest = period.toSeconds() < HOUR ? DAY : 7 * DAY;
  if (Token.isUnresolved(evaluationPeriods) || seconds <= longest) return undefined;
  return {
    reason: `periods of ${period.toHumanString()} are longer than an alarm looks back, which is one day, and seven with periods of an hour or more`,
    remedy: 'use fewer of them',
  };
}

/** What is wrong with the number of periods that must be bad among those evaluated, if anything. */
export function datapointsFault(datapoints: number, evaluationPeriods: number): Fault | undefined {
  if (Token.isUnresolved(datapoints) || Token.isUnresolved(evaluationPeriods) || datapoints <= evaluationPeriods) return undefined;
  return {
    reason: `is more than the ${evaluationPeriods} periods that are evaluated`,
    remedy: 'raise `evaluationPeriods`, or use a smaller number',
  };
}
