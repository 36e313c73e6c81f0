import { createHash } from 'crypto';
import { NestedStack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * Where a route and all that belongs to it is made: in the scope itself, or in one of a number of nested stacks.
 *
 * A target stays in its nested stack whatever routes come and go: a route that moved would be made in the new one before it is
 * deleted in the old one, and API Gateway refuses a second route of one key.
 */
export class RouteParts {
  private readonly stacks = new Map<number, NestedStack>();

  /** @param count of nested stacks; 0 for none */
  public constructor(private readonly scope: Construct, public readonly count: number = 0) {}

  /** The nested stacks that something is in. */
  public get all(): NestedStack[] {
    return [...this.stacks.values()];
  }

  /** @param target names what the route invokes */
  public homeOf(target: string): Construct {
    if (this.count === 0) return this.scope;
    const index = highest(this.count, target);
    const stack = this.stacks.get(index) ?? new NestedStack(this.scope, `Routes-${index}`);
    this.stacks.set(index, stack);
    return stack;
  }
}

/** Rendezvous hashing: with one part more, only what goes there moves. */
function highest(count: number, target: string): number {
  const scores = Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index + 1}\0${target}`).digest('hex'));
  return scores.indexOf([...scores].sort()[count - 1]) + 1;
}
