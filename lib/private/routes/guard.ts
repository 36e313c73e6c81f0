import { IWebSocketApi, IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FunctionSettings } from '../handlers/function-settings';
import { ServiceAddress } from '../service-address';

/** Who may connect, as far as routes are concerned. */
export interface Guard {
  /** The function of the user's that decides. */
  readonly _function?: lambda.IFunction;
  /** What `$connect` has to select. */
  readonly _subprotocol?: string;
  /** A function of ours that decides. */
  _makeFunction(scope: Construct, defaults: FunctionSettings): lambda.Function | undefined;
  /** What that depends on. */
  _providers(defaults: FunctionSettings): unknown[];
  _bind(scope: Construct, api: IWebSocketApi, address: ServiceAddress, fn?: lambda.IFunction): IWebSocketRouteAuthorizer | undefined;
}
