import { Stage, Token } from 'aws-cdk-lib';
import { CfnModel } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct, IConstruct } from 'constructs';
import { Fault, problem } from '../problem';
import { literal } from '../values';

/** The route keys and models of one API, whichever construct of the app made them. */
export class RouteKeys {
  /** The keys of an imported API: one object, however often a `Stage` of the app imports the API. */
  public static ofImported(scope: Construct, apiId: string, region: string): RouteKeys {
    if (Token.isUnresolved(apiId)) return new RouteKeys();
    const root = Stage.of(scope) ?? scope.node.root;
    const known = imported.get(root) ?? new Map<string, RouteKeys>();
    imported.set(root, known);
    const name = `${literal(region) ?? ''}/${apiId}`;
    const keys = known.get(name) ?? new RouteKeys();
    known.set(name, keys);
    return keys;
  }

  /** The models of the API by name. */
  public readonly models = new Map<string, CfnModel>();

  private readonly owners = new Map<string, Construct>();

  /** Rejects keys that another construct has, and more keys than an API may have. */
  public claim(owner: Construct, property: string, keys: readonly string[]): void {
    for (const key of keys) {
      const other = this.owners.get(key);
      if (other && other !== owner) {
        throw problem(owner, property, key, {
          reason: `is a route of ${other.node.path} already, which has the same API`,
          remedy: 'declare it once; `route(key)` there returns what was made',
        });
      }
    }
    const added = keys.filter((key) => !this.owners.has(key));
    const fault = this.owners.size === 0 && added.length === 0 ? undefined : routeCountFault(this.owners.size + added.length);
    if (fault) throw problem(owner, 'routes', this.owners.size + added.length, fault);
    for (const key of added) this.owners.set(key, owner);
  }
}

const imported = new WeakMap<IConstruct, Map<string, RouteKeys>>();

/** A quota of API Gateway that can be raised on request. A deployment that exceeds it fails halfway. */
const ROUTE_LIMIT = 300;

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export function routeCountFault(count: number): Fault | undefined {
  if (count === 0) {
    return { reason: 'routes are not enough', remedy: "declare one, for example { $default: { handler: 'src/messages.fallback' } }" };
  }
  if (count <= ROUTE_LIMIT) return undefined;
  return {
    reason: `routes are more than the ${ROUTE_LIMIT} that API Gateway allows for one API`,
    remedy: 'let one route serve several kinds of messages, or make a second service',
  };
}
