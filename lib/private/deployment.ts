import { createHash } from 'crypto';
import { CfnResource, Lazy, Stack } from 'aws-cdk-lib';
import { CfnDeployment } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct, Dependable, IDependable } from 'constructs';

const ROUTES = types('Route', 'RouteResponse');

/** What a deployment is a snapshot of. */
const DEPLOYED = types('Route', 'RouteResponse', 'Integration', 'IntegrationResponse', 'Authorizer', 'Model');

/**
 * A deployment that is made anew when what it deploys has changed, and only then.
 *
 * Its logical id ends in a hash of routes, integrations, authorizers, models and responses as they are in the template, so
 * raw overrides count. It waits for all of them: a snapshot that is taken too early lacks some.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html
 */
export class RouteDeployment extends CfnDeployment {
  /** @param selection what else decides which route a message takes */
  public constructor(scope: Construct, id: string, private readonly options: {
    readonly apiId: string; readonly stageName?: string; readonly selection?: unknown;
  }) {
    super(scope, id, { apiId: options.apiId, stageName: options.stageName });
    const stem = this.stack.getLogicalId(this);
    this.overrideLogicalId(Lazy.uncachedString({ produce: () => `${stem}${this.fingerprint()}` }));
    this.node.addDependency(late(() => this.deployed()));
  }

  private fingerprint(): string {
    const found = this.deployed().map((resource) => definition(resource));
    const selection = this.stack.resolve(this.options.selection);
    return createHash('sha256').update(JSON.stringify([found, selection])).digest('hex').slice(0, 16);
  }

  private deployed(): CfnResource[] {
    return resources(this.node.scope as Construct, this.options.apiId);
  }
}

/** The routes below a construct that there are in the end, with their responses: for what has to wait for them. */
export function routesOf(scope: Construct): IDependable {
  return late(() => scope.node.findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && ROUTES.has(node.cfnResourceType)));
}

function late(found: () => CfnResource[]): IDependable {
  const dependable = {};
  Dependable.implement(dependable, { get dependencyRoots() { return found(); } });
  return dependable;
}

/** Below the scope, and elsewhere in its stack if they name the API; in an order that does not follow that of the app. */
function resources(scope: Construct, apiId: string): CfnResource[] {
  const stack = Stack.of(scope);
  const api = JSON.stringify(stack.resolve(apiId));
  return stack.node.findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && DEPLOYED.has(node.cfnResourceType))
    .filter((node) => node.node.scopes.includes(scope) || namesApi(node, api))
    .sort((a, b) => (a.node.path < b.node.path ? -1 : 1));
}

function namesApi(resource: CfnResource, api: string): boolean {
  return JSON.stringify(Stack.of(resource).resolve((resource as unknown as { apiId?: unknown }).apiId)) === api;
}

/** A resource as the template has it: overrides included, metadata and dependencies left out. */
function definition(resource: CfnResource): unknown {
  const { stack } = resource;
  // The only way to what `addPropertyOverride` does; aws-apigateway has its deployments from it too.
  const template = (resource as unknown as { _toCloudFormation(): object })._toCloudFormation();
  const { Resources } = stack.resolve(template) as { Resources: Record<string, { Type: string; Properties?: object }> };
  return Object.entries(Resources).map(([logicalId, { Type, Properties }]) => [logicalId, Type, Properties]);
}

function types(...names: string[]): ReadonlySet<string> {
  return new Set(names.map((name) => `AWS::ApiGatewayV2::${name}`));
}
