import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { Checks } from './checks/checks';
import { withMember } from './checks/kind';
import { encodeId, isPartOf, pathFrom } from './construct-id';
import { ServerlessRole } from './naming/serverless-role';
import { problem } from './problem';
import { ServiceAddress } from './service-address';

/** Actions on resources, for one statement of a policy. */
export interface Permission {
  readonly actions: string[];
  readonly resourceArns: string[];
  readonly conditions?: Record<string, Record<string, string>>;
}

/** The right to send to, look up and close connections of all stages. */
export function manageConnections(address: ServiceAddress): Permission {
  return { actions: ['execute-api:ManageConnections'], resourceArns: address.arns('*/@connections/*') };
}

/** Why a stack depends on the stack of the API, and how to avoid it. */
interface Dependence {
  readonly by: string;
  readonly remedy: string;
}

const GRANTEE = withMember('an IGrantable', 'grantPrincipal', 'a function, a role or a user');

/**
 * Grants on the API, without a cycle between stacks.
 *
 * A grant refers to the API, so a policy in another stack makes that stack a consumer: it depends on the stack of the API. If it is a
 * producer already (a route invokes one of its functions, a handler has its role, VPC or log group from there), the policy goes into the
 * stack of the API instead, attached to the role of the other stack.
 */
export class ApiGrants {
  /** Stacks that the stack of the API depends on. */
  private readonly producers = new Set<Stack>();
  /** Stacks that depend on the stack of the API, because of a grant or of routes in them. */
  private readonly consumers = new Map<Stack, Dependence>();

  public constructor(private readonly scope: Construct) {}

  /** @param isTarget whether the API depends on the grantee; the policy is always in the stack of the API then */
  public grant(grantee: iam.IGrantable, permissions: readonly Permission[], isTarget = false): iam.Grant {
    new Checks(this.scope).required('grant', grantee, GRANTEE);
    const principal = grantee.grantPrincipal;
    const actions = permissions.flatMap((permission) => permission.actions);
    if (principal instanceof iam.UnknownPrincipal) return this.drop(grantee, actions);
    const holder = Construct.isConstruct(principal) ? principal : undefined;
    const isProduced = holder && this.isForeign(holder) && (isTarget || this.isProducer(Stack.of(holder)));
    const policy = isProduced ? this.policyFor(holder) : undefined;
    const grant = permissions
      .map((permission) => iam.Grant.addToPrincipal({ grantee: policy ?? grantee, ...permission }))
      .reduce((all, one) => all.combine(one));
    if (!grant.success || !this.takesEffect(policy ?? holder)) this.warn(grantee, actions, holder);
    else if (holder && this.isForeign(holder) && !isProduced) this.noteGrant(holder);
    return grant;
  }

  /**
   * Makes the stack of a function a consumer, since its environment refers to the API. Returns `false` if the API depends on that stack, so
   * that the function must not.
   */
  public refer(fn: IConstruct): boolean {
    if (!this.isForeign(fn)) return true;
    if (this.isProducer(Stack.of(fn))) return false;
    this.noteGrant(fn);
    return true;
  }

  /** Rejects constructs that the API would depend on if a grant already makes their stack depend on the API. */
  public checkProducers(values: unknown[], property: string): void {
    for (const value of values.flat()) {
      // An imported construct is a name or an ARN in the template, which is no dependency.
      if (Construct.isConstruct(value) && !isImported(value)) this.checkProducer(value, property);
    }
  }

  /** Rejects a construct that the API would depend on, even an imported one. */
  public checkProducer(producer: IConstruct, property: string): void {
    const consumer = this.consumers.get(Stack.of(producer));
    if (!this.isForeign(producer) || !consumer || this.isNestedHere(Stack.of(producer))) return;
    throw problem(this.scope, property, producer, {
      reason: `is in the stack ${JSON.stringify(Stack.of(producer).node.path)}, which depends on this one by ${consumer.by}: `
        + 'the two stacks would depend on each other',
      remedy: `${consumer.remedy}, or put one of the two into the stack of this service`,
    });
  }

  /** Makes the stack of routes a consumer. Rejects the stack if it is a producer. */
  public addRoutes(routes: IConstruct): void {
    const stack = Stack.of(routes);
    // A nested stack and its parent may depend on each other.
    if (!this.isForeign(routes) || this.isNestedHere(stack) || isPartOf(Stack.of(this.scope), stack)) return;
    if (this.isProducer(stack)) {
      throw problem(routes, 'service', this.scope, {
        reason: `uses something of the stack ${JSON.stringify(stack.node.path)}, and these routes, which are in it, need its API: `
          + 'the two stacks would depend on each other',
        remedy: 'put the routes into the stack of the service, or into a third one',
      });
    }
    this.consumers.set(stack, { by: `the routes of ${JSON.stringify(routes.node.path)}`, remedy: 'declare the route there' });
  }

  /** Makes the stacks of these values producers: functions, and the constructs in their settings. */
  public addProducers(values: unknown[]): void {
    for (const value of values.flat()) {
      if (Construct.isConstruct(value) && this.isForeign(value)) this.producers.add(Stack.of(value));
    }
  }

  /** For an imported function, whose role is unknown: aws-cdk-lib would report success. */
  private drop(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    this.warn(grantee, actions);
    return iam.Grant.drop(grantee, actions.join(', '));
  }

  private noteGrant(holder: IConstruct): void {
    this.consumers.set(Stack.of(holder), {
      by: `the grant to ${JSON.stringify(holder.node.path)}`, remedy: 'add the route before the grant is made',
    });
  }

  private isProducer(stack: Stack): boolean {
    // The stack of an imported construct can be both: the API refers to the construct by name only.
    if (this.consumers.has(stack)) return false;
    return this.producers.has(stack) || Stack.of(this.scope).dependencies.includes(stack);
  }

  /** Nested stacks of the service itself are not foreign. */
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
    // Through the principal, since `policy.attachToRole` would also attach to a role that ignores policies.
    if ('attachInlinePolicy' in principal) (principal as iam.IRole | iam.IUser | iam.IGroup).attachInlinePolicy(policy);
    return policy;
  }

  /** An immutable role ignores policies silently: no policy exists afterwards, or the policy has no role. */
  private takesEffect(holder?: IConstruct): boolean {
    if (!holder) return true;
    if (holder instanceof ServerlessRole) return true;
    if (!(holder instanceof iam.Policy)) return holder.node.findAll().some((child) => child instanceof iam.Policy);
    const { roles, users, groups } = holder.node.defaultChild as iam.CfnPolicy;
    return [roles, users, groups].some((names) => Stack.of(this.scope).resolve(names) !== undefined);
  }

  private warn(grantee: iam.IGrantable, actions: string[], principal?: IConstruct): void {
    const path = (Construct.isConstruct(grantee) ? grantee : principal)?.node.path ?? 'a principal';
    Annotations.of(this.scope).addWarningV2(
      'cdk-websocket-service:grantWithoutEffect',
      `${path} did not get ${actions.join(', ')}: no policy can be added to it, or to its role, here. Add the permission where `
      + `that is defined${actions.length > 1 ? '' : '; a route that needs none is made with `manageConnections: false`'}`,
    );
  }
}

function isImported(construct: IConstruct): boolean {
  return Resource.isResource(construct) && !Resource.isOwnedResource(construct);
}
