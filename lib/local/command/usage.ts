import { GatewayError } from '../gateway-error';

/** Another command line would not have this problem. */
export function usage(problem: string): GatewayError {
  return new GatewayError('INVALID_OPTION', `${problem}; see cdk-websocket-service --help`);
}
