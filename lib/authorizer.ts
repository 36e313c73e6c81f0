import { Annotations, Token } from 'aws-cdk-lib';
import {
  IWebSocketApi,
  IWebSocketRouteAuthorizer,
  WebSocketAuthorizer,
  WebSocketAuthorizerType,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { cognitoPreset, WebsocketCognitoAuthorizerOptions } from './cognito-authorizer';
import { planHandler, WebsocketFunctionOptions } from './function';
import { jwtPreset, WebsocketJwtAuthorizerOptions } from './jwt-authorizer';
import { namedFunction, NamedFunctions } from './named-function';
import { Checks } from './private/checks/checks';
import { FUNCTION, OBJECT, ROUTE_AUTHORIZER, STRING } from './private/checks/kind';
import { functionSettings } from './private/handlers/function-settings';
import { HandlerUse } from './private/handlers/handler-functions';
import { StructName } from './private/option-names';
import { Fault } from './private/problem';
import { invocationUri, permit } from './private/routes/invocation';
import { ServiceAddress } from './private/service-address';
import { TokenPreset } from './token-authorizer';

/**
 * Options of an authorizer that is an existing Lambda function.
 *
 * @example
 * ConnectAuthorizer.function(worker, { identitySource: ['route.request.querystring.token'] });
 */
export interface WebsocketAuthorizerFunctionOptions {
  /**
   * Values that a request must have: `route.request.header.<name>`, `route.request.querystring.<name>`,
   * `stageVariables.<name>` or `context.<name>`.
   *
   * If one of them is missing or empty, API Gateway responds with 401 and does not invoke the authorizer. Browsers cannot set
   * headers on a WebSocket handshake: use the query string for them.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   * @default - nothing is required, and every request invokes the authorizer
   */
  readonly identitySource?: string[];

  /**
   * The name of the authorizer in the API.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-authorizer.html
   * @default 'Authorizer'
   */
  readonly authorizerName?: string;
}

/**
 * Options of an authorizer that is made from a handler: options of the authorizer, and settings of its function.
 *
 * @example
 * ConnectAuthorizer.handler('src/auth.authorize', {
 *   identitySource: ['route.request.querystring.token'],
 *   memorySize: 256,
 * });
 */
export interface WebsocketAuthorizerHandlerOptions extends WebsocketFunctionOptions, WebsocketAuthorizerFunctionOptions {}

/**
 * Decides who may connect. An authorizer protects `$connect`, and thereby all routes, since every connection begins there.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   authorizer: ConnectAuthorizer.jwt({ issuer: 'https://auth.example.com', audience: ['chat'] }),
 * });
 */
export class ConnectAuthorizer {
  /**
   * A Lambda authorizer, bundled from a handler (`path/to/file.export`) with the `defaults` of the service.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   */
  public static handler(handler: string, options: WebsocketAuthorizerHandlerOptions = {}): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'handler', handler, options });
  }

  /**
   * A Lambda authorizer that is one of the `functions` of the service.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   */
  public static functionKey(functionKey: string, options: WebsocketAuthorizerFunctionOptions = {}): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'functionKey', functionKey, options });
  }

  /**
   * A Lambda authorizer that is an existing function.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   */
  public static function(fn: lambda.IFunction, options: WebsocketAuthorizerFunctionOptions = {}): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'function', fn, options });
  }

  /**
   * Admits clients with a JSON Web Token of an issuer. A function of this library verifies the token.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   */
  public static jwt(options: WebsocketJwtAuthorizerOptions): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'preset', preset: jwtPreset(options) });
  }

  /**
   * Admits clients with a token of an Amazon Cognito user pool. A function of this library verifies the token.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
   */
  public static cognito(options: WebsocketCognitoAuthorizerOptions): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'preset', preset: cognitoPreset(options) });
  }

  /**
   * IAM authorization: clients sign the handshake, and `grantConnect` permits them to connect.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  public static iam(): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'custom', authorizer: new WebSocketIamAuthorizer() });
  }

  /** An authorizer of aws-cdk-lib, or one of your own. */
  public static custom(authorizer: IWebSocketRouteAuthorizer): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'custom', authorizer });
  }

  /** No authorizer: anyone may connect, without the warning about it. */
  public static none(): ConnectAuthorizer {
    return new ConnectAuthorizer({ kind: 'none' });
  }

  private constructor(private readonly source: AuthorizerSource) {}

  /**
   * The existing function that the authorizer is, if it is one.
   *
   * @internal
   */
  public get _function(): lambda.IFunction | undefined {
    return this.source.fn;
  }

  /**
   * The subprotocol that `$connect` must select, if clients send the token as a subprotocol.
   *
   * @internal
   */
  public get _subprotocol(): string | undefined {
    return this.source.preset?.subprotocol;
  }

  /**
   * The name of the authorizer in the API.
   *
   * @internal
   */
  public get _name(): string {
    return (this.source.preset ?? this.source.options ?? {}).authorizerName ?? 'Authorizer';
  }

  /**
   * Whether the authorizer may be a Lambda function, which alone can return an API key. A `custom` one is known only when it is bound.
   *
   * @internal
   */
  public get _mayRunFunction(): boolean {
    const { kind, authorizer } = this.source;
    return kind !== 'none' && !(authorizer instanceof WebSocketIamAuthorizer);
  }

  /**
   * The claim that holds an API key.
   *
   * @internal
   */
  public get _usageIdentifierClaim(): string | undefined {
    return this.source.preset?.usageIdentifierClaim;
  }

  /**
   * The constructs that the function of `_makeFunction` depends on.
   *
   * @internal
   */
  public _producers(defaults: WebsocketFunctionOptions): unknown[] {
    return this.source.preset?.producers(defaults) ?? [];
  }

  /**
   * Checks the authorizer, and plans the handler to bundle, if it has one.
   *
   * @internal
   */
  public _plan(scope: Construct, defaults: WebsocketFunctionOptions, functions: NamedFunctions): HandlerUse | undefined {
    const { handler, functionKey, options = {} } = this.source;
    const checks = new Checks(scope, 'authorizer');
    this.checkSource(checks);
    this.source.preset?.check(checks);
    checks.length('authorizerName', this.source.preset?.authorizerName ?? options.authorizerName, 1, 128);
    for (const source of Token.isUnresolved(options.identitySource) ? [] : options.identitySource ?? []) {
      checks.that('identitySource', source, identitySourceFault);
    }
    checks.values(this.struct, options);
    if (functionKey !== undefined) return namedFunction(checks, functionKey, functions);
    if (handler === undefined) return undefined;
    return planHandler(checks, handler, functionSettings('WebsocketAuthorizerHandlerOptions', options), defaults);
  }

  /**
   * Makes the function that verifies tokens, if the authorizer does. To be called after `_plan` and before `_bind`.
   *
   * @internal
   */
  public _makeFunction(scope: Construct, defaults: WebsocketFunctionOptions): lambda.Function | undefined {
    return this.source.preset?.makeFunction(scope, defaults);
  }

  /**
   * The authorizer for the `$connect` route; a Lambda authorizer is made in the API, with the permission to invoke it.
   *
   * @internal
   */
  public _bind(
    scope: Construct, api: IWebSocketApi, address: ServiceAddress, fn?: lambda.IFunction,
  ): IWebSocketRouteAuthorizer | undefined {
    if (!fn) return this.source.authorizer;

    const { identitySource = [] } = this.source.preset ?? this.source.options ?? {};
    const authorizer = new WebSocketAuthorizer(scope, 'Authorizer', {
      webSocketApi: api,
      type: WebSocketAuthorizerType.LAMBDA,
      identitySource,
      authorizerName: this._name,
      authorizerUri: invocationUri(scope, fn),
    });
    permit(scope, fn, {
      scope: authorizer,
      id: 'Permission',
      sourceArn: address.arn('authorizers', authorizer.authorizerId),
      use: 'authorizer',
      source: '<api id>/authorizers/<authorizer id>',
    });
    return { bind: () => ({ authorizerId: authorizer.authorizerId, authorizationType: 'CUSTOM' }) };
  }

  private get struct(): StructName {
    const bringsFunction = this.source.kind === 'function' || this.source.kind === 'functionKey';
    return bringsFunction ? 'WebsocketAuthorizerFunctionOptions' : 'WebsocketAuthorizerHandlerOptions';
  }

  /** Behind `any`, a missing handler or function would leave the API public. */
  private checkSource(checks: Checks): void {
    const { kind, handler, fn, authorizer, options = {} } = this.source;
    if (kind === 'handler') checks.required('handler', handler, STRING);
    if (kind === 'functionKey') checks.required('functionKey', this.source.functionKey, STRING);
    if (kind === 'custom') checks.required('custom', authorizer, ROUTE_AUTHORIZER);
    if (kind === 'function') checks.required('function', fn, FUNCTION);
    checks.required('', options, { ...OBJECT, example: 'the options of the authorizer' });
    checks.names(this.struct, options);
  }
}

interface AuthorizerSource {
  readonly kind: 'handler' | 'functionKey' | 'function' | 'preset' | 'custom' | 'none';
  readonly handler?: string;
  readonly functionKey?: string;
  readonly fn?: lambda.IFunction;
  readonly preset?: Pick<TokenPreset, keyof TokenPreset>;
  readonly authorizer?: IWebSocketRouteAuthorizer;
  readonly options?: WebsocketAuthorizerHandlerOptions;
}

export function warnOfPublic(scope: Construct): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:openToPublic',
    'anyone may connect: give `authorizer`, or `ConnectAuthorizer.none()` if that is intended',
  );
}

const IDENTITY_SOURCE = /^(route\.request\.(header|querystring)|stageVariables|context)\.[^\s$]+$/;

/** Spellings of identity sources in REST and HTTP APIs, and in selection expressions. */
const OTHER_SPELLINGS: Array<[RegExp, string]> = [
  [/^(?:\$|method\.)?request\.header\.(.+)$/, 'route.request.header.'],
  [/^(?:\$|method\.)?request\.querystring\.(.+)$/, 'route.request.querystring.'],
  [/^\$route\.request\.header\.(.+)$/, 'route.request.header.'],
  [/^\$route\.request\.querystring\.(.+)$/, 'route.request.querystring.'],
  [/^\$stageVariables\.(.+)$/, 'stageVariables.'],
  [/^\$context\.(.+)$/, 'context.'],
];

/**
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-authorizer.html
 */
export function identitySourceFault(source: string): Fault | undefined {
  if (Token.isUnresolved(source) || IDENTITY_SOURCE.test(source)) return undefined;
  for (const [pattern, prefix] of OTHER_SPELLINGS) {
    const name = source.match(pattern)?.[1];
    if (name) {
      return { reason: 'is not the form that WebSocket APIs require', remedy: `write "${prefix}${name}"` };
    }
  }
  return {
    reason: 'is not an identity source',
    remedy: 'use route.request.header.<name>, route.request.querystring.<name>, stageVariables.<name> or context.<name>',
  };
}
