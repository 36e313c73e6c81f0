import { createHash } from 'crypto';
import { CfnResource, NestedStack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * Where routes and what they invoke are made: in the scope itself, or in nested stacks.
 *
 * A route stays in its nested stack whatever becomes of it and of others: one that moved would be made in the new stack before it is
 * deleted in the old one, and API Gateway refuses a second route of one key. So its key alone decides. What it invokes is beside it, unless
 * several routes share that: then it is in a stack without routes, and no two nested stacks need each other.
 */
export class RouteParts {
  private readonly stacks = new Map<string, NestedStack>();

  /** @param count of nested stacks with routes; 0 for none */
  public constructor(private readonly scope: Construct, public readonly count: number = 0) {}

  /** The nested stacks that something is in. */
  public get all(): NestedStack[] {
    return [...this.stacks.values()].sort((a, b) => a.node.id.localeCompare(b.node.id, 'en', { numeric: true }));
  }

  /** The home of a route, and of what no other route invokes. */
  public homeOfRoute(routeKey: string): Construct {
    return this.homeOf('Routes', routeKey);
  }

  /** The home of what several routes invoke. */
  public homeOfShared(target: string): Construct {
    return this.homeOf('Shared', target);
  }

  /** Takes back nested stacks without resources, which CloudFormation refuses. */
  public prune(): void {
    for (const [id, stack] of this.stacks) {
      if (stack.node.findAll().some((node) => CfnResource.isCfnResource(node))) continue;
      this.stacks.delete(id);
      // The resource that it is in the parent stands beside it.
      for (const child of [stack, stack.nestedStackResource!.node.scope!]) this.scope.node.tryRemoveChild(child.node.id);
    }
  }

  private homeOf(kind: string, name: string): Construct {
    if (this.count === 0) return this.scope;
    const id = `${kind}-${highest(this.count, name)}`;
    const stack = this.stacks.get(id) ?? new NestedStack(this.scope, id);
    this.stacks.set(id, stack);
    return stack;
  }
}

/** Rendezvous hashing: with one part more, only what goes there moves. */
function highest(count: number, name: string): number {
  const scores = Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index + 1}\0${name}`).digest('hex'));
  return scores.indexOf([...scores].sort()[count - 1]) + 1;
}
