import { Duration } from 'aws-cdk-lib';
import { Fault } from '../problem';

const SHORTEST = Duration.millis(50);
const LONGEST = Duration.seconds(29);

/**
 * What is wrong with the timeout of an integration, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export function integrationTimeoutFault(timeout: Duration): Fault | undefined {
  if (timeout.isUnresolved()) {
    return timeout.unitLabel() === 'millis' ? undefined : {
      reason: 'is known when the stack is deployed, and cannot be converted into milliseconds before that',
      remedy: 'make it with Duration.millis()',
    };
  }
  const milliseconds = timeout.toMilliseconds({ integral: false });
  if (milliseconds >= SHORTEST.toMilliseconds() && milliseconds <= LONGEST.toMilliseconds()) return undefined;
  return {
    reason: 'is not between 50 milliseconds and 29 seconds, the bounds of API Gateway',
    remedy: 'choose a time between them; a function may run on for longer, and answer through the callback URL',
  };
}
