import { createHash } from 'crypto';
import { NestedStack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RoutePlan, RouteTarget } from '../../route';
import { encodeId, pathFrom } from '../construct-id';
import { sortedBy } from '../values';

/**
 * The scopes of routes and of their targets: the service itself, or nested stacks of it.
 *
 * The route key alone selects the nested stack of a route, whatever other routes exist. If a route moved, CloudFormation would create the
 * new one before it deletes the old one, and API Gateway rejects a second route with the same key.
 *
 * A target is in the stack of its only route. A target that several routes share is in a stack without routes, so that no two nested
 * stacks depend on each other. The target stays there when more routes share it later.
 */
export class RouteScopes {
  private readonly targets = new Map<unknown, TargetScope>();

  public constructor(private readonly service: Construct, private readonly stacks: RouteStacks) {}

  /** Keeps the handler of the authorizer beside the authorizer, in the service itself. */
  public keep(handlerId: string): void {
    this.targets.set(handlerId, { scope: this.service, hasOneRoute: false });
  }

  /** Keeps the handler of a function that no route invokes in the service itself. */
  public keepUnlessPlaced(handlerId: string): void {
    if (!this.targets.has(handlerId)) this.keep(handlerId);
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

  /** A route that joins the target of a single other route goes into the same stack, so that no two nested stacks depend on each other. */
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
  /** Whether the target was made for one route. Routes that join the target later go into the same scope. */
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

/** The nested stacks of a service, made on demand. */
export class RouteStacks {
  private readonly stacks = new Map<string, NestedStack>();

  /** @param count the number of nested stacks with routes, or 0 for none */
  public constructor(private readonly service: Construct, public readonly count: number = 0) {}

  /** The nested stacks so far, in the order of their ids. */
  public get all(): NestedStack[] {
    return [...this.stacks.values()].sort((a, b) => a.node.id.localeCompare(b.node.id, 'en', { numeric: true }));
  }

  /** The scope of a route, and of a target that only this route invokes. */
  public ofRoute(routeKey: string): Construct {
    return this.stackOf('Routes', routeKey);
  }

  /** The scope of a target that several routes share. */
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

/** Rendezvous hashing: with one more stack, only the names that go there move. */
function highest(count: number, name: string): number {
  const scores = Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index + 1}\0${name}`).digest('hex'));
  return scores.indexOf([...scores].sort()[count - 1]) + 1;
}
