import { Construct } from 'constructs';
import { encodeId, pathFrom } from '../construct-id';
import { sortedBy } from '../order';
import { RouteParts } from './route-parts';
import { RoutePlan, RouteTarget } from './route-target';

interface Home {
  readonly construct: Construct;
  /** Whether it is that of one route, which whatever joins it has to share. */
  readonly isOfRoute: boolean;
}

/** Where the targets of routes are made. A target stays where it is, whatever route comes to share it. */
export class TargetHomes {
  private readonly homes = new Map<unknown, Home>();

  public constructor(private readonly scope: Construct, private readonly parts: RouteParts) {}

  /** The handler of the authorizer stays where the authorizer is. */
  public keep(handlerId: string): void {
    this.homes.set(handlerId, { construct: this.scope, isOfRoute: false });
  }

  /** Finds homes for the targets of new routes. */
  public add(plans: readonly RoutePlan[]): void {
    for (const [identity, sharing] of byTarget(plans)) {
      const [{ routeKey, target }] = sharing;
      if (this.homes.has(identity)) continue;
      const isOfRoute = sharing.length === 1;
      const construct = isOfRoute ? this.parts.homeOfRoute(routeKey) : this.parts.homeOfShared(this.nameOf(target, routeKey));
      this.homes.set(identity, { construct, isOfRoute });
    }
  }

  /** Forgets the home of a target of which nothing was made. The function of a handler may be there. */
  public forget(target: RouteTarget): void {
    if (!target.handler) this.homes.delete(identityOf(target));
  }

  public has(target: RouteTarget): boolean {
    return this.homes.has(identityOf(target));
  }

  public ofHandler(handlerId: string): Construct {
    return this.homes.get(handlerId)!.construct;
  }

  public of(target: RouteTarget): Construct {
    return this.homes.get(identityOf(target))!.construct;
  }

  /** A route that joins a target of one other route goes there: two nested stacks would need each other otherwise. */
  public ofRoute({ routeKey, target }: RoutePlan): Construct {
    const home = this.homes.get(identityOf(target))!;
    return home.isOfRoute ? home.construct : this.parts.homeOfRoute(routeKey);
  }

  private nameOf({ handler, function: fn }: RouteTarget, routeKey: string): string {
    return handler?.handler.id ?? (fn ? pathFrom(this.scope, fn) : encodeId(routeKey));
  }
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
