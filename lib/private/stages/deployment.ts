import { createHash } from 'crypto';
import { CfnResource, Lazy, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { CfnApi, CfnDeployment } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct, Dependable, IDependable } from 'constructs';
import { isPartOf } from '../construct-id';
import { sortedBy } from '../values';

const ROUTES = types('Route', 'RouteResponse');

/** The resources that a deployment is a snapshot of. */
const DEPLOYED = types('Route', 'RouteResponse', 'Integration', 'IntegrationResponse', 'Authorizer', 'Model');

/**
 * A deployment that is replaced whenever the resources that it deploys change, and only then.
 *
 * The logical id ends in a hash of routes, integrations, authorizers, models and responses as the template has them, including raw
 * overrides. The deployment depends on all of them, since a snapshot that is taken too early would lack some.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html
 */
export class RouteDeployment extends CfnDeployment {
  /** @param api for its selection expressions, which select the route of a message */
  public constructor(scope: Construct, id: string, private readonly options: {
    readonly apiId: string; readonly stageName?: string; readonly api?: CfnApi;
  }) {
    super(scope, id, { apiId: options.apiId, stageName: options.stageName });
    this.rename(this.stack.getLogicalId(this));
    this.node.addDependency(late(() => this.deployed()));
  }

  /** @param stem the logical id without the hash */
  public rename(stem: string): void {
    // While aws-cdk-lib only looks for references, any text will do: the hash takes long, and contains none.
    this.overrideLogicalId(Lazy.uncachedString({ produce: ({ preparing }) => `${stem}${preparing ? '' : this.fingerprint()}` }));
  }

  private fingerprint(): string {
    const found = this.deployed().flatMap((resource) => definitions(resource));
    return createHash('sha256').update(JSON.stringify([found, this.selection()])).digest('hex').slice(0, 16);
  }

  private selection(): unknown[] {
    const { api } = this.options;
    return (api ? definitions(api) : [])
      .map(({ properties = {} }) => [properties.RouteSelectionExpression, properties.ApiKeySelectionExpression]);
  }

  private deployed(): CfnResource[] {
    return resources(this.node.scope as Construct, this.options.apiId);
  }
}

/** A dependency on all routes below a construct at synthesis, with their responses. */
export function routesOf(scope: Construct): IDependable {
  return late(() => resourcesBelow(scope, ROUTES));
}

function late(found: () => CfnResource[]): IDependable {
  const dependable = {};
  Dependable.implement(dependable, { get dependencyRoots() { return found(); } });
  return dependable;
}

/** The deployed resources below the scope, and those elsewhere in its stack that refer to the API. */
function resources(scope: Construct, apiId: string): CfnResource[] {
  const stack = Stack.of(scope);
  const found = resourcesBelow(stack, DEPLOYED)
    .filter((resource) => isPartOf(resource.stack, stack) && (resource.node.scopes.includes(scope) || namesApi(resource, apiId)));
  return sortedBy(found, ({ node }) => node.path);
}

function resourcesBelow(scope: Construct, kinds: ReadonlySet<string>): CfnResource[] {
  return scope.node.findAll().filter((node): node is CfnResource => CfnResource.isCfnResource(node) && kinds.has(node.cfnResourceType));
}

function namesApi(resource: CfnResource, apiId: string): boolean {
  const { apiId: own } = resource as unknown as { apiId?: unknown };
  if (own !== undefined) return referent(resource, own) === referent(resource, apiId);
  // A resource that is carried as it is.
  const [{ properties = {} }] = definitions(resource);
  return JSON.stringify(properties.ApiId) === JSON.stringify(resource.stack.resolve(apiId));
}

/** What an id refers to, also in a nested stack, where the reference is a parameter. */
function referent(scope: CfnResource, id: unknown): unknown {
  const token = Tokenization.reverse(id, { failConcat: false });
  return Reference.isReference(token) ? token.target : JSON.stringify(scope.stack.resolve(id));
}

interface Definition {
  readonly logicalId: string;
  readonly type: string;
  readonly properties?: Record<string, unknown>;
  readonly condition?: string;
}

/** A resource as in the template, including overrides, without metadata and dependencies. */
export function definitions(resource: CfnResource): Definition[] {
  // The only access to what `addPropertyOverride` sets; deployments of aws-apigateway use it too.
  const template = (resource as unknown as { _toCloudFormation(): object })._toCloudFormation();
  const { Resources } = resource.stack.resolve(template) as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;
  };
  return Object.entries(Resources)
    .map(([logicalId, { Type, Properties, Condition }]) => ({ logicalId, type: Type, properties: Properties, condition: Condition }));
}

function types(...names: string[]): ReadonlySet<string> {
  return new Set(names.map((name) => `AWS::ApiGatewayV2::${name}`));
}
