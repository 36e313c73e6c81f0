import { Assembly } from './assembly';
import { Subject, Variant } from './measurements';

/** Refuses to compare what is not comparable. */
export class Equivalence {
  private readonly resources = new Map<number, { readonly variant: Variant; readonly counts: string }>();

  public constructor(private readonly awsCdkLib: string) {}

  public check({ variant, routes }: Subject, assembly: Assembly): void {
    if (assembly.awsCdkLib.join() !== this.awsCdkLib) {
      throw new Error(`${variant}: ran on aws-cdk-lib ${assembly.awsCdkLib.join(' and ')}, not on ${this.awsCdkLib}`);
    }
    const bundles = variant === 'floor' ? 0 : routes;
    if (assembly.bundles !== bundles) throw new Error(`${variant}: ${assembly.bundles} bundles for ${routes} routes`);
    this.checkResources(variant, routes, JSON.stringify(assembly.resources));
  }

  private checkResources(variant: Variant, routes: number, counts: string): void {
    const first = this.resources.get(routes) ?? { variant, counts };
    this.resources.set(routes, first);
    if (first.counts === counts) return;
    throw new Error(`${routes} routes: the resources of ${variant} are ${counts}, those of ${first.variant} ${first.counts}`);
  }
}
