import { Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { countFault, datapointsFault, evaluationFault, periodFault } from '../checks/alarm-values';
import { checkKind, DURATION, NUMBER } from '../checks/kind';
import { problem } from '../problem';

/** When an alarm looks, and how often what it sees must be bad. */
export interface AlarmEvaluation {
  readonly period?: Duration;
  readonly evaluationPeriods?: number;
  readonly datapointsToAlarm?: number;
}

const DEFAULT_PERIOD = Duration.minutes(5);
const DEFAULT_EVALUATION_PERIODS = 3;
const DEFAULT_DATAPOINTS = 2;

/** That of one alarm: its own over that of all. */
export function evaluationOf(own: AlarmEvaluation, all: AlarmEvaluation): AlarmEvaluation & { period: Duration; evaluationPeriods: number } {
  const evaluationPeriods = own.evaluationPeriods ?? all.evaluationPeriods ?? DEFAULT_EVALUATION_PERIODS;
  const datapoints = Token.isUnresolved(evaluationPeriods) ? undefined : Math.min(DEFAULT_DATAPOINTS, evaluationPeriods);
  return {
    period: own.period ?? all.period ?? DEFAULT_PERIOD,
    evaluationPeriods,
    datapointsToAlarm: own.datapointsToAlarm ?? all.datapointsToAlarm ?? datapoints,
  };
}

/** Throws what is wrong with it. */
export function checkEvaluation(scope: Construct, prefix: string, own: AlarmEvaluation, all: AlarmEvaluation = {}): void {
  checkKind(scope, `${prefix}period`, own.period, DURATION);
  const fault = own.period && periodFault(own.period);
  if (fault) throw problem(scope, `${prefix}period`, own.period, fault);
  checkCount(scope, `${prefix}evaluationPeriods`, own.evaluationPeriods);
  checkCount(scope, `${prefix}datapointsToAlarm`, own.datapointsToAlarm);

  const { period, evaluationPeriods, datapointsToAlarm } = evaluationOf(own, all);
  const tooLong = evaluationFault(period, evaluationPeriods);
  if (tooLong) throw problem(scope, `${prefix}evaluationPeriods`, evaluationPeriods, tooLong);
  const tooMany = datapointsToAlarm === undefined ? undefined : datapointsFault(datapointsToAlarm, evaluationPeriods);
  if (tooMany) throw problem(scope, `${prefix}datapointsToAlarm`, datapointsToAlarm, tooMany);
}

/** Throws if a count that is given is none. */
export function checkCount(scope: Construct, property: string, count?: number): void {
  checkKind(scope, property, count, NUMBER);
  const fault = count === undefined ? undefined : countFault(count);
  if (fault) throw problem(scope, property, count, fault);
}
