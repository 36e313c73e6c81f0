import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FunctionSettings } from '../handlers/function-settings';
import { presetFunction } from '../handlers/preset-function';

/**
 * The function of a `$connect` route that has no other: it selects a subprotocol that the client offers. An authorizer cannot, and a
 * browser closes a connection whose offer was not answered.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export function makeSubprotocolEcho(scope: Construct, protocol: string, defaults: FunctionSettings): lambda.Function {
  return presetFunction(scope, 'ConnectEcho', 'subprotocol-echo', defaults, { SUBPROTOCOL: protocol });
}
