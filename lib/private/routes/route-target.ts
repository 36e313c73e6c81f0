import { Duration } from 'aws-cdk-lib';
import { ContentHandling, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RouteSettings } from './route-settings';
import { HandlerUse } from '../handlers/handler-functions';
import { RouteModelsPlan } from '../models/route-models';

/** What a route invokes, its contradictions ruled out: exactly one of the three. */
export interface RouteTarget {
  readonly handler?: HandlerUse;
  readonly function?: lambda.IFunction;
  readonly integration?: WebSocketRouteIntegration;
}

/** What API Gateway is told about invoking a function; all routes of that function share it. */
export interface InvocationOptions {
  readonly integrationTimeout?: Duration;
  readonly contentHandling?: ContentHandling;
}

/** Their names. */
export const INVOCATION_OPTIONS = ['integrationTimeout', 'contentHandling'] as const;

/** A route whose options are checked, before anything of it is made. */
export interface RoutePlan extends InvocationOptions {
  readonly routeKey: string;
  readonly target: RouteTarget;
  readonly returnResponse?: boolean;
  readonly apiKeyRequired?: boolean;
  /** What each stage does with it. */
  readonly settings: RouteSettings;
  readonly models?: RouteModelsPlan;
}
