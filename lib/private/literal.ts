import { Token } from 'aws-cdk-lib';

/** A value that is known now; nothing if only the deployment knows it. */
export function literal<T>(value: T): T | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}
