import * as apigwv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { INVOCATION_OPTIONS, invocationUri, permitStages } from './invocation';
import type { WebsocketServiceRoute } from '../../route';
import type { RouteIntegration } from '../../route-integration';
import { encodeId } from '../construct-id';
import { withoutUndefined } from '../members';
import { problem } from '../problem';
import { ServiceAddress } from '../service-address';
import { sameValue } from '../values';

/** The id of the permission for the first stage; ids for other stages end in the stage name. */
const PERMISSION = 'RoutePermission';

type InvocationOptions = Pick<WebsocketServiceRoute, typeof INVOCATION_OPTIONS[number]>;

/** The integration of a function, with the options of its first route. */
interface FunctionIntegration extends InvocationOptions {
  readonly integration: SharedIntegration;
  readonly routeKey: string;
}

/** The integrations of a service, one for each function, with one permission for all of its routes. */
export class RouteIntegrations {
  private readonly ofFunctions = new Map<lambda.IFunction, FunctionIntegration>();
  private readonly scopes = new Map<apigwv2.WebSocketRouteIntegration, Construct>();

  public constructor(
    private readonly scope: Construct,
    private readonly api: apigwv2.IWebSocketApi,
    private readonly address: ServiceAddress,
  ) {}

  public has(fn: lambda.IFunction): boolean {
    return this.ofFunctions.has(fn);
  }

  /** @param scopeOf makes the scope of integration and permission: a construct of the target, never of a route */
  public forFunction(fn: lambda.IFunction, scopeOf: () => Construct, routeKey: string, options: InvocationOptions): SharedIntegration {
    const first = this.ofFunctions.get(fn);
    if (first) {
      this.check(first, routeKey, options);
      return first.integration;
    }

    const scope = scopeOf();
    permitStages(this.scope, fn, scope, PERMISSION, this.address.stageNames, (stageName) => this.address.arn(stageName, '*'));
    const { integrationTimeout, contentHandling } = options;
    const made = new apigwv2.WebSocketIntegration(scope, 'Integration', withoutUndefined({
      webSocketApi: this.api,
      integrationType: apigwv2.WebSocketIntegrationType.AWS_PROXY,
      integrationUri: invocationUri(this.scope, fn),
      timeout: integrationTimeout,
      contentHandling,
    }));
    // If a deployed function gets an alias, the permission on the alias must exist before messages go there.
    if (fn instanceof lambda.Alias) made.node.addDependency(...permissionsIn(scope));
    const integration = new SharedIntegration(made);
    this.ofFunctions.set(fn, { integration, routeKey, integrationTimeout, contentHandling });
    return integration;
  }

  /** An integration of the user, which is bound to each of its routes, since each may need a permission. */
  public forIntegration(integration: apigwv2.WebSocketRouteIntegration, routeKey: string, parent: Construct): OwnedIntegration {
    const scope = this.scopes.get(integration) ?? new Construct(parent, `Integration-${encodeId(routeKey)}`);
    this.scopes.set(integration, scope);
    return new OwnedIntegration(integration, scope, this.address.stageNames);
  }

  /** Rejects a second route of a function with other options of the integration. */
  private check(first: FunctionIntegration, routeKey: string, options: InvocationOptions): void {
    for (const property of INVOCATION_OPTIONS) {
      if (sameValue(first[property], options[property])) continue;
      throw problem(this.scope, `routes["${routeKey}"].${property}`, options[property], {
        reason: `differs from that of routes["${first.routeKey}"], which invokes the same function, and one function has one integration`,
        remedy: 'give both routes the same value, or let them invoke two functions',
      });
    }
  }
}

function permissionsIn({ node }: Construct): Construct[] {
  return node.children.filter((child) => child.node.id.startsWith(PERMISSION)) as Construct[];
}

/**
 * An existing integration, for every route that uses it.
 *
 * `WebSocketRouteIntegration` makes its integration below the first route that it is bound to, so that the logical id would
 * change with the order of the routes. A shared integration belongs to its target, and routes use only its id.
 */
export class SharedIntegration extends apigwv2.WebSocketRouteIntegration {
  public constructor(private readonly shared: apigwv2.WebSocketIntegration) {
    super(shared.node.id);
  }

  /** @internal */
  public override _bindToRoute(): { readonly integrationId: string } {
    return { integrationId: this.shared.integrationId };
  }

  public bind(): apigwv2.WebSocketRouteIntegrationConfig {
    throw new Error(`${this.shared.node.path} is bound already`);
  }
}

/**
 * The integration of a `$connect` route that is added for the authorizer: a mock that accepts every client that the authorizer admits.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export function makeConnectMock(service: Construct, api: apigwv2.IWebSocketApi): SharedIntegration {
  const scope = new Construct(service, 'ConnectMock');
  const integration = new apigwv2.WebSocketIntegration(scope, 'Integration', {
    webSocketApi: api,
    integrationType: apigwv2.WebSocketIntegrationType.MOCK,
    integrationUri: '',
    templateSelectionExpression: '\\$default',
    requestTemplates: { $default: '{"statusCode":200}' },
  });
  new apigwv2.CfnIntegrationResponse(scope, 'IntegrationResponse', {
    apiId: api.apiId,
    integrationId: integration.integrationId,
    integrationResponseKey: '$default',
  });
  return new SharedIntegration(integration);
}

/** Makes the user's integration in a scope of its own, and binds it to each of its routes. */
export class OwnedIntegration extends apigwv2.WebSocketRouteIntegration {
  public constructor(
    private readonly inner: apigwv2.WebSocketRouteIntegration,
    public readonly scope: Construct,
    private readonly stageNames: readonly string[],
  ) {
    super('Integration');
  }

  /** @internal */
  public override _bindToRoute(options: apigwv2.WebSocketRouteIntegrationBindOptions): { readonly integrationId: string } {
    if (makesItself(this.inner)) return { integrationId: this.inner._makeIn(this.scope, options.route.webSocketApi, this.stageNames) };
    const config = this.bind(options);
    const made = this.scope.node.tryFindChild('Integration') as apigwv2.WebSocketIntegration | undefined;
    const { type, uri, method, ...rest } = config;
    const { integrationId } = made ?? new apigwv2.WebSocketIntegration(this.scope, 'Integration', {
      webSocketApi: options.route.webSocketApi,
      integrationType: type,
      integrationUri: uri,
      integrationMethod: method,
      ...rest,
    });
    return { integrationId };
  }

  public bind({ route }: apigwv2.WebSocketRouteIntegrationBindOptions): apigwv2.WebSocketRouteIntegrationConfig {
    return this.inner.bind({ route, scope: new Construct(this.scope, `Route-${encodeId(route.routeKey)}`) });
  }
}

/** The constructs that an integration of this library refers to. For other integrations, they are unknown. */
export function producersOf(integration?: apigwv2.WebSocketRouteIntegration): unknown[] {
  return integration && makesItself(integration) ? integration._producers() : [];
}

/** Whether an integration is a `RouteIntegration`. `instanceof` would need its module, which is above this one. */
function makesItself(integration: object): integration is Pick<RouteIntegration, '_makeIn' | '_producers'> {
  return '_makeIn' in integration;
}
