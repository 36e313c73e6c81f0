import { Duration, Fn, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Checks } from './private/checks/checks';
import { DURATION, OBJECT, STRING, withMember } from './private/checks/kind';
import { checkCombination, checkSettings, FunctionSettings, functionSettings, mergeSettings } from './private/handlers/function-settings';
import { presetFunction } from './private/handlers/preset-function';
import { StructName } from './private/option-names';
import { WebsocketTokenSource } from './token-source';

/**
 * Options of an authorizer that verifies tokens: options of the authorizer, and settings of its function.
 *
 * Settings of the function override the `defaults` of the service, whose bundling options have no effect here. Without a `timeout` in
 * either, the function has 10 seconds. In a VPC, the function needs a route to the issuer.
 *
 * @internal
 */
export interface WebsocketTokenAuthorizerOptions extends lambda.FunctionOptions {
  /**
   * Where the token is in the handshake. Only the first source that is present is used.
   *
   * With a single source, API Gateway responds with 401 to requests without it, and does not invoke the function.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   * @default - the parameter `token` of the URL: `[WebsocketTokenSource.queryString('token')]`
   */
  readonly tokenSources?: WebsocketTokenSource[];

  /**
   * Scopes. A token must have at least one of them, in its claim `scope` or `scp`; API Gateway responds with 403 to others.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
   * @default - no scope is required
   */
  readonly scopes?: string[];

  /**
   * The claim that becomes `principalId`. A token without it is rejected.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
   * @default 'sub'
   */
  readonly principalClaim?: string;

  /**
   * The claim that holds an API key, for an API whose `apiKeySelectionExpression` is `$context.authorizer.usageIdentifierKey`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - the authorizer returns no API key
   */
  readonly usageIdentifierClaim?: string;

  /**
   * The name of the authorizer in the API.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-authorizer.html
   * @default 'Authorizer'
   */
  readonly authorizerName?: string;
}

const DEFAULT_SOURCES = [WebsocketTokenSource.queryString('token')];

/** Longer than Lambda's 3 seconds: the first invocation fetches the keys. */
const DEFAULT_TIMEOUT = Duration.seconds(10);

const TOKEN_SOURCE = withMember('a WebsocketTokenSource', '_identitySource', "WebsocketTokenSource.queryString('token')");

/** All variables that the function reads, unset: it must not read those that the user sets for handlers. */
const NO_ENVIRONMENT = {
  JWT_ISSUER: undefined,
  JWT_AUDIENCE: undefined,
  JWT_JWKS_URI: undefined,
  COGNITO_USER_POOL_ID: undefined,
  COGNITO_CLIENT_IDS: undefined,
  COGNITO_TOKEN_USE: undefined,
  COGNITO_GROUPS: undefined,
  JWT_TOKEN_SOURCES: undefined,
  JWT_SCOPES: undefined,
  JWT_PRINCIPAL_CLAIM: undefined,
  JWT_USAGE_IDENTIFIER_CLAIM: undefined,
};

type TokenEnvironment = Record<keyof typeof NO_ENVIRONMENT, string | undefined>;

/** The options that one kind of token adds, with their checks. */
export interface TokenKind<T extends WebsocketTokenAuthorizerOptions> {
  /** The name of `T`. */
  readonly struct: StructName;
  check(checks: Checks, options: T): void;
  environment(options: T): Partial<TokenEnvironment>;
  /** Constructs whose attributes are in the environment of the function. */
  constructs(options: T): Construct[];
}

/** An authorizer that verifies tokens of some kind by a function of this library. */
export class TokenPreset<T extends WebsocketTokenAuthorizerOptions = WebsocketTokenAuthorizerOptions> {
  public constructor(private readonly kind: TokenKind<T>, private readonly options: T) {}

  public get authorizerName(): string | undefined {
    return this.options.authorizerName;
  }

  public get usageIdentifierClaim(): string | undefined {
    return this.options.usageIdentifierClaim;
  }

  /** API Gateway requires all identity sources, so that one token source can be an identity source and several cannot. */
  public get identitySource(): string[] {
    return this.sources.length === 1 ? [this.sources[0]._identitySource] : [];
  }

  public get subprotocol(): string | undefined {
    return this.sources.find(({ _subprotocol }) => _subprotocol !== undefined)?._subprotocol;
  }

  public check(checks: Checks): void {
    checks.required('', this.options, { ...OBJECT, example: 'the options of the authorizer' });
    checks.names(this.kind.struct, this.options);
    this.kind.check(checks, this.options);
    const { scopes, principalClaim, usageIdentifierClaim, timeout } = this.options;
    if (scopes !== undefined) checkWords(checks, 'scopes', scopes, 'name a scope, or leave `scopes` out');
    checkClaim(checks, 'principalClaim', principalClaim);
    checkClaim(checks, 'usageIdentifierClaim', usageIdentifierClaim);
    checks.kind('timeout', timeout, DURATION);
    checkSettings(checks, this.settings);
    this.checkSources(checks);
    this.checkEnvironment(checks);
    checks.values(this.kind.struct, this.options);
  }

  public makeFunction(scope: Construct, defaults: FunctionSettings): lambda.Function {
    checkCombination(new Checks(scope, 'authorizer'), this.settings, defaults);
    const settings = { timeout: DEFAULT_TIMEOUT, ...mergeSettings(defaults, this.settings) };
    return presetFunction(scope, 'AuthorizerFunction', 'jwt-authorizer', settings, this.environment);
  }

  /** The constructs that the function depends on. */
  public producers(defaults: FunctionSettings): unknown[] {
    return [...Object.values(mergeSettings(defaults, this.settings)), ...this.kind.constructs(this.options)];
  }

  private get sources(): WebsocketTokenSource[] {
    return this.options.tokenSources ?? DEFAULT_SOURCES;
  }

  private get settings(): FunctionSettings {
    return functionSettings(this.kind.struct, this.options);
  }

  private get environment(): TokenEnvironment {
    const { scopes, principalClaim, usageIdentifierClaim } = this.options;
    return {
      ...NO_ENVIRONMENT,
      ...this.kind.environment(this.options),
      JWT_TOKEN_SOURCES: words(this.sources.map(({ _key }) => _key)),
      JWT_SCOPES: words(scopes),
      JWT_PRINCIPAL_CLAIM: principalClaim,
      JWT_USAGE_IDENTIFIER_CLAIM: usageIdentifierClaim,
    };
  }

  private checkSources(checks: Checks): void {
    const property = 'tokenSources';
    const { sources } = this;
    if (!Array.isArray(sources)) checks.refuse(property, sources, { reason: 'is not a list', remedy: `use [${TOKEN_SOURCE.example}]` });
    if (sources.length === 0) {
      checks.refuse(property, sources, { reason: 'is empty, so that nobody could connect', remedy: `use [${TOKEN_SOURCE.example}]` });
    }
    for (const source of sources) {
      checks.required(property, source, TOKEN_SOURCE);
      checks.that(property, source._key, () => source._fault);
    }
    const subprotocols = sources.flatMap(({ _subprotocol }) => _subprotocol ?? []);
    if (subprotocols.length < 2) return;
    checks.refuse(property, subprotocols, {
      reason: 'are several subprotocols, and `$connect` selects one', remedy: 'let all clients offer the same',
    });
  }

  /** The function's own value would silently replace the value of the user. */
  private checkEnvironment(checks: Checks): void {
    const name = Object.keys(this.options.environment ?? {}).find((key) => key in NO_ENVIRONMENT);
    if (name === undefined) return;
    checks.refuse('environment', name, {
      reason: 'is a variable by which the service sets up this function', remedy: 'use the option of the authorizer that it is for',
    });
  }
}

/** A list as the function reads it; a list that is a token is joined at deployment. */
export function words(list?: string[]): string | undefined {
  if (list === undefined) return undefined;
  return Token.isUnresolved(list) ? Fn.join(' ', list) : list.join(' ');
}

function checkClaim(checks: Checks, name: string, claim?: string): void {
  checks.kind(name, claim, { ...STRING, example: "'sub'" });
  if (claim === '') checks.refuse(name, claim, { reason: 'is not the name of a claim', remedy: 'name one, or leave it out' });
}

/** The function gets the words separated by spaces. */
export function checkWords(checks: Checks, name: string, list: string[], remedy: string): void {
  if (Token.isUnresolved(list)) return;
  if (!Array.isArray(list)) checks.refuse(name, list, { reason: 'is not a list', remedy });
  if (list.length === 0) checks.refuse(name, list, { reason: 'is empty', remedy });
  for (const word of list) {
    if (typeof word !== 'string' || word === '') checks.refuse(name, word, { reason: 'is not a name', remedy });
    if (/\s/.test(word)) checks.refuse(name, word, { reason: 'has white space in it', remedy: 'give each name as an element of its own' });
  }
}
