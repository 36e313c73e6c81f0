import { NO_VALUE } from './intrinsics';
import { localId } from './local-id';
import type { Stack } from './stack';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO_PARAMETERS: ReadonlyMap<string, (stack: Stack) => unknown> = new Map<string, (stack: Stack) => unknown>([
  ['AWS::Region', ({ environment }) => environment.region],
  ['AWS::AccountId', ({ environment }) => environment.account],
  ['AWS::Partition', ({ environment }) => environment.partition],
  ['AWS::URLSuffix', ({ environment }) => environment.urlSuffix],
  ['AWS::StackName', ({ stackName }) => stackName],
  ['AWS::StackId', stackId],
  ['AWS::NotificationARNs', () => []],
  ['AWS::NoValue', () => NO_VALUE],
]);

export function pseudoParameter(name: string): ((stack: Stack) => unknown) | undefined {
  return PSEUDO_PARAMETERS.get(name);
}

export function stackId({ name, stackName, environment: { partition, region, account } }: Stack): string {
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${localId(name, 12)}`;
}
