import {
  WebSocketIntegration,
  WebSocketRouteIntegration,
  WebSocketRouteIntegrationConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';

/**
 * An integration that exists, for every route that uses it.
 *
 * `WebSocketRouteIntegration` makes its integration below the first route that it is bound to: its logical id would
 * change with the order of the routes. This one belongs to its target, and routes only take its id.
 */
export class SharedIntegration extends WebSocketRouteIntegration {
  public constructor(private readonly shared: WebSocketIntegration) {
    super(shared.node.id);
  }

  /** @internal */
  public override _bindToRoute(): { readonly integrationId: string } {
    return { integrationId: this.shared.integrationId };
  }

  public bind(): WebSocketRouteIntegrationConfig {
    throw new Error(`${this.shared.node.path} is bound already`);
  }
}
