import * as apigwv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { encodeId } from '../construct-id';
import { sameValue } from '../equality';
import { problem } from '../problem';
import { invocationUri, permitStages } from './invocation';
import { INVOCATION_OPTIONS, InvocationOptions } from './route-target';
import { ServiceAddress } from '../service-address';
import { SharedIntegration } from './shared-integration';
import { withoutUndefined } from '../members';

/** The id of the permission in the first stage; others have the name of their stage behind it. */
const PERMISSION = 'RoutePermission';

interface Binding extends InvocationOptions {
  readonly integration: SharedIntegration;
  /** The route that came first, for messages. */
  readonly routeKey: string;
}

/** The integrations of a service: one for each function, and with it one permission for all its routes. */
export class RouteIntegrations {
  private readonly bindings = new Map<lambda.IFunction, Binding>();
  private readonly foreign = new Map<apigwv2.WebSocketRouteIntegration, Construct>();

  public constructor(
    private readonly scope: Construct,
    private readonly api: apigwv2.IWebSocketApi,
    private readonly address: ServiceAddress,
  ) {}

  public has(fn: lambda.IFunction): boolean {
    return this.bindings.has(fn);
  }

  /** @param home where integration and permission belong: the construct of the target, never that of a route */
  public forFunction(fn: lambda.IFunction, home: () => Construct, routeKey: string, options: InvocationOptions): SharedIntegration {
    const bound = this.bindings.get(fn);
    if (bound) {
      this.check(bound, routeKey, options);
      return bound.integration;
    }

    const scope = home();
    permitStages(this.scope, fn, scope, PERMISSION, this.address.stageNames, (stageName) => this.address.arn(stageName, '*'));
    const made = new apigwv2.WebSocketIntegration(scope, 'Integration', withoutUndefined({
      webSocketApi: this.api,
      integrationType: apigwv2.WebSocketIntegrationType.AWS_PROXY,
      integrationUri: invocationUri(this.scope, fn),
      timeout: options.integrationTimeout,
      contentHandling: options.contentHandling,
    }));
    // A function that is deployed may get an alias: messages go to it once it permits them.
    if (fn instanceof lambda.Alias) made.node.addDependency(...permissionsIn(scope));
    const integration = new SharedIntegration(made);
    const { integrationTimeout, contentHandling } = options;
    this.bindings.set(fn, { integration, routeKey, integrationTimeout, contentHandling });
    return integration;
  }

  /**
   * An integration that the user made. It is bound to every route, since it may have to permit every one.
   *
   * @param part where it belongs
   */
  public forIntegration(integration: apigwv2.WebSocketRouteIntegration, routeKey: string, part: Construct): OwnedIntegration {
    let home = this.foreign.get(integration);
    if (!home) {
      home = new Construct(part, `Integration-${encodeId(routeKey)}`);
      this.foreign.set(integration, home);
    }
    return new OwnedIntegration(integration, home, this.address.stageNames);
  }

  /** Takes back what a route that failed left of an integration of the user's. */
  public withdraw(integration: apigwv2.WebSocketRouteIntegration, routeKey: string): void {
    const home = this.foreign.get(integration);
    home?.node.tryRemoveChild(`Route-${encodeId(routeKey)}`);
    if (!home || home.node.children.length > 0) return;
    home.node.scope!.node.tryRemoveChild(home.node.id);
    this.foreign.delete(integration);
  }

  /** Refuses a second route of a function that wants another integration. */
  private check(first: Binding, routeKey: string, options: InvocationOptions): void {
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

/** Makes the user's integration below its own construct, and lets it bind to each of its routes. */
export class OwnedIntegration extends apigwv2.WebSocketRouteIntegration {
  public constructor(
    private readonly inner: apigwv2.WebSocketRouteIntegration, public readonly home: Construct, private readonly stageNames: readonly string[],
  ) {
    super('Integration');
  }

  /** @internal */
  public override _bindToRoute(options: apigwv2.WebSocketRouteIntegrationBindOptions): { readonly integrationId: string } {
    if (makesItself(this.inner)) return { integrationId: this.inner._makeIn(this.home, options.route.webSocketApi, this.stageNames) };
    const config = this.bind(options);
    const made = this.home.node.tryFindChild('Integration') as apigwv2.WebSocketIntegration | undefined;
    const { type, uri, method, ...rest } = config;
    const { integrationId } = made ?? new apigwv2.WebSocketIntegration(this.home, 'Integration', {
      webSocketApi: options.route.webSocketApi,
      integrationType: type,
      integrationUri: uri,
      integrationMethod: method,
      ...rest,
    });
    return { integrationId };
  }

  public bind({ route }: apigwv2.WebSocketRouteIntegrationBindOptions): apigwv2.WebSocketRouteIntegrationConfig {
    return this.inner.bind({ route, scope: new Construct(this.home, `Route-${encodeId(route.routeKey)}`) });
  }
}

/** One of ours: it makes its own resources, in the construct that it is given. */
interface SelfMade {
  _makeIn(home: Construct, api: apigwv2.IWebSocketApi, stageNames: readonly string[]): string;
  _providers(): unknown[];
}

/** What an integration refers to; of one that is not ours nobody knows. */
export function providersOf(integration?: apigwv2.WebSocketRouteIntegration): unknown[] {
  return integration && makesItself(integration) ? integration._providers() : [];
}

function makesItself(integration: object): integration is SelfMade {
  return '_makeIn' in integration;
}
