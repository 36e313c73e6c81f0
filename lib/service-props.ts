import { IpAddressType, ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { WebsocketAuthorizer } from './authorizer';
import { WebsocketFunctionOptions } from './function';
import { checkKind, Kind } from './private/checks/kind';
import { routeCountComplaint } from './private/checks/route-count';
import { selectionExpressionComplaint } from './private/checks/selection-expression';
import { stageNameComplaint } from './private/checks/stage-name';
import { Complaint, list, problem } from './private/problem';
import { WebsocketRouteOptions } from './route';

/** Properties of a `WebsocketService`. */
export interface WebsocketServiceProps {
  /**
   * The routes by route key: `$connect`, `$disconnect`, `$default`, and the values of the selection expression.
   *
   * At least one, at most 300 (a quota of API Gateway).
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
   */
  readonly routes: { [routeKey: string]: WebsocketRouteOptions };

  /**
   * How the route of a message is found: `$request.body.<path>`, or text with several `${request.body.<path>}`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default '$request.body.action'
   */
  readonly routeSelectionExpression?: string;

  /**
   * Who may connect.
   *
   * If there is no `$connect` route, one is made for it, without a function.
   *
   * @default - everybody, with a warning; `WebsocketAuthorizer.none()` says that it is meant
   */
  readonly authorizer?: WebsocketAuthorizer;

  /**
   * The name of the stage: the path of the URL. Letters, digits, hyphens and underscores.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default 'dev'
   */
  readonly stageName?: string;

  /**
   * The name of the API.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default - the id of this construct
   */
  readonly apiName?: string;

  /**
   * The description of the API.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default - no description
   */
  readonly description?: string;

  /**
   * Settings of every function that is made from a handler, that of the authorizer included.
   *
   * What a route sets itself wins; environments and bundling options are merged key by key.
   *
   * @default - those of lambda.Function (128 MB, 3 seconds), and lambda.Runtime.NODEJS_24_X
   */
  readonly defaults?: WebsocketFunctionOptions;

  /**
   * How handlers are bundled: short for `defaults.bundling`.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.BundlingOptions.html
   * @default - minified CommonJS for the runtime, AWS SDK for JavaScript v3 left out, no source map
   */
  readonly bundling?: BundlingOptions;

  /**
   * Whether the functions of the routes may send to, look up and close connections of this stage.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   * @default true
   */
  readonly manageConnections?: boolean;

  /**
   * Whether the functions of the routes find the callback URL in `WEBSOCKET_CALLBACK_URL`.
   *
   * They are the functions of handlers, and `function` targets of the same stack that are a `lambda.Function`. A value
   * that is set already stays.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
   * @default true
   */
  readonly callbackUrlEnvironment?: boolean;

  /**
   * How many messages and handshakes the stage takes: `rateLimit` a second, and `burstLimit` at once.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
   * @default - the limits of the account
   */
  readonly throttle?: ThrottleSettings;

  /**
   * Whether CloudWatch gets metrics for each route, at a charge.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   * @default false
   */
  readonly detailedMetricsEnabled?: boolean;

  /**
   * Variables of the stage, which integrations and authorizers see.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default - no variables
   */
  readonly stageVariables?: { [name: string]: string };

  /**
   * The IP address types that can reach the API.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-ip-address-type.html
   * @default - IPv4
   */
  readonly ipAddressType?: IpAddressType;

  /**
   * Whether API Gateway skips the check of models when it deploys.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default false
   */
  readonly disableSchemaValidation?: boolean;
}

/** All of them: the compiler asks for one that is forgotten. */
const PROPERTIES: Record<keyof WebsocketServiceProps, true> = {
  routes: true,
  routeSelectionExpression: true,
  authorizer: true,
  stageName: true,
  apiName: true,
  description: true,
  defaults: true,
  bundling: true,
  manageConnections: true,
  callbackUrlEnvironment: true,
  throttle: true,
  detailedMetricsEnabled: true,
  stageVariables: true,
  ipAddressType: true,
  disableSchemaValidation: true,
};

const AUTHORIZER: Kind = {
  name: 'a WebsocketAuthorizer',
  example: 'WebsocketAuthorizer.function(fn), or WebsocketAuthorizer.custom(authorizer) for one of aws-cdk-lib',
  accepts: (value) => typeof value === 'object' && value !== null && '_plan' in value,
};

/** The name of the stage that a service has if none is given: that of serverless.yml. */
export const DEFAULT_STAGE_NAME = 'dev';

/** Throws what is wrong with the props, routes and authorizer apart. */
export function checkServiceProps(scope: Construct, props: WebsocketServiceProps): void {
  const { routes, routeSelectionExpression, stageName, defaults, bundling, authorizer } = props;
  checkPropertyNames(scope, props);
  checkKind(scope, 'authorizer', authorizer, AUTHORIZER);
  const count = Object.keys(routes ?? {}).length;
  refuse('routes', count, routeCountComplaint(count));
  refuse('routeSelectionExpression', routeSelectionExpression, selectionExpressionComplaint);
  refuse('stageName', stageName, stageNameComplaint);
  if (defaults?.functionName !== undefined) {
    refuse('defaults.functionName', defaults.functionName, {
      reason: 'would be the name of every function',
      remedy: 'set `functionName` on the routes',
    });
  }
  if (bundling && defaults?.bundling) {
    refuse('bundling', Object.keys(bundling), {
      reason: 'is the same setting as `defaults.bundling`, which is given too',
      remedy: 'keep one of them',
    });
  }

  function refuse<T>(property: string, value: T | undefined, complaint?: Complaint | ((value: T) => Complaint | undefined)): void {
    if (value === undefined) return;
    const found = typeof complaint === 'function' ? complaint(value) : complaint;
    if (found) throw problem(scope, property, value, found);
  }
}

/** A misspelt property would be ignored: `stagename` would deploy the stage `dev`. */
function checkPropertyNames(scope: Construct, props: WebsocketServiceProps): void {
  for (const [property, value] of Object.entries(props)) {
    if (property in PROPERTIES || value === undefined) continue;
    throw problem(scope, property, value, {
      reason: 'is for a property that a WebsocketService does not have',
      remedy: `its properties are ${list(Object.keys(PROPERTIES))}`,
    });
  }
}
