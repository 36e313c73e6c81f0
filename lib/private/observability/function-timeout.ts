import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/** That of Lambda, if a function says nothing. */
const DEFAULT_TIMEOUT = Duration.seconds(3);

/** After how long Lambda ends an invocation; nothing is known of a function that is imported. */
export function timeoutOf(fn: lambda.IFunction): Duration | undefined {
  const owner = fn instanceof lambda.Alias || fn instanceof lambda.Version ? fn.lambda : fn;
  return owner instanceof lambda.Function ? owner.timeout ?? DEFAULT_TIMEOUT : undefined;
}
