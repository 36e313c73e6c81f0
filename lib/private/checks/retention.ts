import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { problem } from '../problem';

/** Throws for a retention that CloudWatch Logs does not offer: it takes certain numbers of days. */
export function checkRetention(scope: Construct, property: string, retention: RetentionDays | undefined): void {
  const legal = Object.values(RetentionDays).filter((days) => typeof days === 'number');
  if (retention === undefined || Token.isUnresolved(retention) || legal.includes(retention)) return;
  throw problem(scope, property, retention, { reason: 'is not a retention period of CloudWatch Logs', remedy: 'use one of logs.RetentionDays' });
}
