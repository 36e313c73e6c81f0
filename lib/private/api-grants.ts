import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { requireKind, withMember } from './checks/kind';
import { encodeId, pathFrom } from './construct-id';
import { problem } from './problem';
import { isPartOf } from './stack-nesting';

/** Why a stack depends on the API's, and what else would do. */
interface Dependence {
  readonly by: string;
  readonly remedy: string;
}

const GRANTEE = withMember('an IGrantable', 'grantPrincipal', 'a function, a role or a user');

/**
 * Grants on the API, without a cycle between stacks.
 *
 * A grant refers to the API, so a policy in another stack makes that stack depend on the API's. If the API depends on
 * that stack already (a route invokes one of its functions, a handler has its role, VPC or log group from there), the policy
 * goes into the API's stack instead, attached to the other stack's role.
 */
export class ApiGrants {
  /** Stacks that the API's stack depends on. */
  private readonly providers = new Set<Stack>();
  /** Stacks that depend on the API's stack, and by what: a grant, or routes in them. */
  private readonly dependents = new Map<Stack, Dependence>();

  public constructor(private readonly scope: Construct) {}

  /** @param isTarget whether the API depends on the grantee: then the policy is in the API's stack, whatever else there is */
  public grant(grantee: iam.IGrantable, actions: string[], resourceArns: string[], isTarget = false): iam.Grant {
    requireKind(this.scope, 'grant', grantee, GRANTEE);
    const principal = grantee.grantPrincipal;
    if (principal instanceof iam.UnknownPrincipal) return this.drop(grantee, actions);
    const home = Construct.isConstruct(principal) ? principal : undefined;
    const provided = home && this.isForeign(home) && (isTarget || this.isProvider(Stack.of(home)));
    const policy = provided ? this.policyFor(home) : undefined;
    const grant = iam.Grant.addToPrincipal({ grantee: policy ?? grantee, actions, resourceArns });
    if (!grant.success || !this.takesEffect(policy ?? home)) this.warn(grantee, actions, home);
    else if (home && this.isForeign(home) && !provided) this.noteGrant(home);
    return grant;
  }

  /** Refuses what the API would depend on while a grant makes its stack depend on the API. */
  public checkProviders(values: unknown[], property: string): void {
    for (const value of values.flat()) {
      // What is imported is a name or an ARN in the template: no dependency.
      if (Construct.isConstruct(value) && !isImported(value)) this.checkProvider(value, property);
    }
  }

  /** The same for one that counts even if it is imported. */
  public checkProvider(provider: IConstruct, property: string): void {
    const dependent = this.dependents.get(Stack.of(provider));
    if (!this.isForeign(provider) || !dependent || this.isNestedHere(Stack.of(provider))) return;
    throw problem(this.scope, property, provider, {
      reason: `is in the stack ${JSON.stringify(Stack.of(provider).node.path)}, which depends on this one by ${dependent.by}: `
        + 'the two stacks would depend on each other',
      remedy: `${dependent.remedy}, or put one of the two into the stack of this service`,
    });
  }

  /** Takes note of routes in another stack, which need the API. Refuses them if the API needs that stack. */
  public addRoutes(routes: IConstruct): void {
    const stack = Stack.of(routes);
    // Of two stacks, one in the other, one may need something of the other and give it something.
    if (!this.isForeign(routes) || this.isNestedHere(stack) || isPartOf(Stack.of(this.scope), stack)) return;
    if (this.isProvider(stack)) {
      throw problem(routes, 'service', this.scope, {
        reason: `uses something of the stack ${JSON.stringify(stack.node.path)}, and these routes, which are in it, need its API: `
          + 'the two stacks would depend on each other',
        remedy: 'put the routes into the stack of the service, or into a third one',
      });
    }
    this.dependents.set(stack, { by: `the routes of ${JSON.stringify(routes.node.path)}`, remedy: 'declare the route there' });
  }

  /** Takes note of what the API depends on: functions, and what those are set up with. */
  public addProviders(values: unknown[]): void {
    for (const value of values.flat()) {
      if (Construct.isConstruct(value) && this.isForeign(value)) this.providers.add(Stack.of(value));
    }
  }

  /** The role of an imported function is not known. aws-cdk-lib would say so at length, and report success. */
  private drop(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    this.warn(grantee, actions);
    return iam.Grant.drop(grantee, actions.join(', '));
  }

  private noteGrant(home: IConstruct): void {
    this.dependents.set(Stack.of(home), {
      by: `the grant to ${JSON.stringify(home.node.path)}`, remedy: 'add the route before the grant is made',
    });
  }

  private isProvider(stack: Stack): boolean {
    // What is imported there is a provider by name only: a grant may have made that stack depend on this one before.
    if (this.dependents.has(stack)) return false;
    return this.providers.has(stack) || Stack.of(this.scope).dependencies.includes(stack);
  }

  /** What the service itself puts into a nested stack is at home. */
  private isForeign(construct: IConstruct): boolean {
    return Stack.of(construct) !== Stack.of(this.scope) && !construct.node.scopes.includes(this.scope);
  }

  private isNestedHere(stack: Stack): boolean {
    return isPartOf(stack, Stack.of(this.scope));
  }

  private policyFor(principal: IConstruct): iam.Policy {
    const id = `Policy-${encodeId(pathFrom(this.scope, principal))}`;
    const existing = this.scope.node.tryFindChild(id) as iam.Policy | undefined;
    if (existing) return existing;
    const policy = new iam.Policy(this.scope, id);
    // Asked of the principal: `policy.attachToRole` would attach it to a role that takes none.
    if ('attachInlinePolicy' in principal) (principal as iam.IRole | iam.IUser | iam.IGroup).attachInlinePolicy(policy);
    return policy;
  }

  /** A role that takes no policies swallows them without a word: there is no policy afterwards, or it has no role. */
  private takesEffect(holder?: IConstruct): boolean {
    if (!holder) return true;
    if (!(holder instanceof iam.Policy)) return holder.node.findAll().some((child) => child instanceof iam.Policy);
    const { roles, users, groups } = holder.node.defaultChild as iam.CfnPolicy;
    return [roles, users, groups].some((names) => Stack.of(this.scope).resolve(names) !== undefined);
  }

  private warn(grantee: iam.IGrantable, actions: string[], principal?: IConstruct): void {
    const path = (Construct.isConstruct(grantee) ? grantee : principal)?.node.path ?? 'a principal';
    Annotations.of(this.scope).addWarningV2(
      'cdk-websocket-service:grantWithoutEffect',
      `${path} did not get ${actions.join(', ')}: no policy can be added to it, or to its role, here. Add the permission where `
      + 'that is defined; a route that needs none is made with `manageConnections: false`',
    );
  }
}

function isImported(construct: IConstruct): boolean {
  return Resource.isResource(construct) && !Resource.isOwnedResource(construct);
}
