import { createHash } from 'crypto';
import { NestedStack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RoutePlan, RouteTarget } from '../../route';
import { encodeId, pathFrom } from '../construct-id';
import { sortedBy } from '../values';

/**
 * The scopes that routes and what they invoke are made in: the service itself, or nested stacks of it.
 *
 * A route stays in its nested stack whatever becomes of the other routes: CloudFormation would create a route that moved in the new stack
 * before it deletes the old one, and API Gateway refuses a second route with the same key. So the route key alone decides.
 *
 * A target is in the stack of its only route. A target that several routes share is in a stack without routes, so that no two nested
 * stacks depend on each other. It stays there, whatever route comes to share it later.
 */
export class RouteScopes {
  private readonly targets = new Map<unknown, TargetScope>();

  public constructor(private readonly service: Construct, private readonly stacks: RouteStacks) {}

  /** Keeps the handler of the authorizer beside the authorizer, in the service itself. */
  public keep(handlerId: string): void {
    this.targets.set(handlerId, { scope: this.service, hasOneRoute: false });
  }

  /** Chooses the scopes of the targets of new routes. */
  public add(plans: readonly RoutePlan[]): void {
    for (const [identity, sharing] of byTarget(plans)) {
      const [{ routeKey, target }] = sharing;
      if (this.targets.has(identity)) continue;
      const hasOneRoute = sharing.length === 1;
      const scope = hasOneRoute ? this.stacks.ofRoute(routeKey) : this.stacks.ofShared(this.nameOf(target, routeKey));
      this.targets.set(identity, { scope, hasOneRoute });
    }
  }

  public ofHandler(handlerId: string): Construct {
    return this.targets.get(handlerId)!.scope;
  }

  public ofTarget(target: RouteTarget): Construct {
    return this.targets.get(identityOf(target))!.scope;
  }

  /** A route that joins the target of one other route goes to that route: otherwise two nested stacks would depend on each other. */
  public ofRoute({ routeKey, target }: RoutePlan): Construct {
    const { scope, hasOneRoute } = this.targets.get(identityOf(target))!;
    return hasOneRoute ? scope : this.stacks.ofRoute(routeKey);
  }

  private nameOf({ handler, function: fn }: RouteTarget, routeKey: string): string {
    return handler?.handler.id ?? (fn ? pathFrom(this.service, fn) : encodeId(routeKey));
  }
}

interface TargetScope {
  readonly scope: Construct;
  /** Whether the target was made for one route, which routes that join it later have to follow. */
  readonly hasOneRoute: boolean;
}

function identityOf({ handler, function: fn, integration }: RouteTarget): unknown {
  return handler?.handler.id ?? fn ?? integration;
}

/** The routes of each target, in the order of their keys. */
function byTarget(plans: readonly RoutePlan[]): Map<unknown, RoutePlan[]> {
  const found = new Map<unknown, RoutePlan[]>();
  for (const plan of sortedBy(plans, ({ routeKey }) => routeKey)) {
    const identity = identityOf(plan.target);
    found.set(identity, [...found.get(identity) ?? [], plan]);
  }
  return found;
}

/** The nested stacks of a service, each made when something is put into it. */
export class RouteStacks {
  private readonly stacks = new Map<string, NestedStack>();

  /** @param count the number of nested stacks with routes; with 0 everything is in the service itself */
  public constructor(private readonly service: Construct, public readonly count: number = 0) {}

  /** The nested stacks so far, in the order of their ids. */
  public get all(): NestedStack[] {
    return [...this.stacks.values()].sort((a, b) => a.node.id.localeCompare(b.node.id, 'en', { numeric: true }));
  }

  /** The scope of a route, and of what only this route invokes. */
  public ofRoute(routeKey: string): Construct {
    return this.stackOf('Routes', routeKey);
  }

  /** The scope of what several routes invoke. */
  public ofShared(target: string): Construct {
    return this.stackOf('Shared', target);
  }

  private stackOf(kind: string, name: string): Construct {
    if (this.count === 0) return this.service;
    const id = `${kind}-${highest(this.count, name)}`;
    const stack = this.stacks.get(id) ?? new NestedStack(this.service, id);
    this.stacks.set(id, stack);
    return stack;
  }
}

/** Rendezvous hashing: with one stack more, only the names that go there move. */
function highest(count: number, name: string): number {
  const scores = Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index + 1}\0${name}`).digest('hex'));
  return scores.indexOf([...scores].sort()[count - 1]) + 1;
}
