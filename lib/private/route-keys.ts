import { Construct } from 'constructs';
import { routeCountComplaint } from './checks/route-count';
import { problem } from './problem';

/** The route keys of one API, whichever construct of the app made the route. */
export class RouteKeys {
  private readonly owners = new Map<string, Construct>();

  /** Refuses keys that another construct has, and more than an API takes. */
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
    const complaint = this.owners.size === 0 && added.length === 0 ? undefined : routeCountComplaint(this.owners.size + added.length);
    if (complaint) throw problem(owner, 'routes', this.owners.size + added.length, complaint);
    for (const key of added) this.owners.set(key, owner);
  }
}
