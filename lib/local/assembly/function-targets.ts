import { isUnresolved, Resolution } from './intrinsics';
import type { FunctionTarget, Stage } from './local-app';
import type { Resource, Resources } from './resource';
import type { StackEnvironment } from './stack';
import { show } from '../protocol/json';
import { matchesPattern } from '../protocol/policy';
import { hasStageVariables, withStageVariables } from '../protocol/stage-variables';

/** The subject of the notices about a target: the route, or the authorizer. */
export interface Subject {
  readonly resource: Resource;
  /** `route "send"`, `the authorizer` */
  readonly label: string;
}

/** A route or an authorizer that invokes a function. */
export interface Caller extends Subject {
  /** Whether a role of its own invokes the function, so that the function needs no permission for API Gateway. */
  readonly hasCredentials: boolean;
  /** The end of the ARN that a permission of the function must match: `{stage}/{routeKey}` or `authorizers/{authorizerId}` (9.1, 9.4). */
  resourceIn(stage: string): string;
}

/** The parts of the ARN of an API, and its stages with their variables. */
interface CallingApi {
  readonly apiId: string;
  readonly environment: StackEnvironment;
  readonly stages: readonly Stage[];
}

/** Finds the functions that the invocation URIs of one API lead to, and says why where a URI leads to none. */
export class FunctionTargets {
  public constructor(private readonly api: CallingApi, private readonly functions: FunctionIndex) {}

  public target(uri: Resolution, caller: Caller): FunctionTarget {
    if (isUnresolved(uri)) return notServed(caller, `its URI refers to ${uri.refersTo}: ${uri.reason}`);
    if (typeof uri.value !== 'string') return notServed(caller, 'it has no URI');
    const [, name] = FUNCTION_URI.exec(uri.value) ?? [];
    if (name !== undefined) return hasStageVariables(name) ? this.byStageVariable(uri.value, name, caller) : this.byName(name, caller);
    const [, service] = SERVICE_URI.exec(uri.value) ?? [];
    if (service !== undefined) return otherService(caller, service);
    return notServed(caller, `${show(uri.value)} is not the invocation URI of a function`);
  }

  private byName(name: string, caller: Caller): FunctionTarget {
    const found = this.functions.find(name, this.api.environment);
    if (!found) return notServed(caller, `the function ${bareFunctionName(name)} is not in this assembly`, bareFunctionName(name));
    const forbidden = this.api.stages.find((stage) => !this.mayInvoke(found, caller, stage));
    if (forbidden) return { type: 'none', reason: this.permissionMissing(found, caller, forbidden), function: found.resource.path };
    const { resource: { id }, qualifier } = found;
    return qualifier === undefined ? { type: 'function', functionId: id } : { type: 'function', functionId: id, qualifier };
  }

  /** Stage variables in the URI (5.3.8): a function for each stage; a stage in which the URI leads to none has no entry. */
  private byStageVariable(uri: string, template: string, caller: Caller): FunctionTarget {
    const functions = this.api.stages.flatMap((stage): Array<[string, string]> => {
      const found = this.namedIn(stage, template, caller);
      if (!found) return [];
      if (!this.mayInvoke(found, caller, stage)) {
        this.permissionMissing(found, caller, stage);
        return [];
      }
      return [[stage.name, found.resource.id]];
    });
    return { type: 'stageVariable', uri, functions: Object.fromEntries(functions) };
  }

  private namedIn(stage: Stage, template: string, caller: Caller): FoundFunction | undefined {
    const name = withStageVariables(template, stage.variables);
    if ('missing' in name) {
      notServed(caller, `its URI needs the stage variable ${show(name.missing)}, which stage ${stage.name} does not have`);
      return undefined;
    }
    const found = this.functions.find(name.text, this.api.environment);
    if (found) return found;
    notServed(caller, `the function ${show(bareFunctionName(name.text))} that stage ${stage.name} names is not in this assembly`);
    return undefined;
  }

  private mayInvoke(found: FoundFunction, caller: Caller, stage: Stage): boolean {
    return caller.hasCredentials || this.functions.allows(found, this.sourceArn(caller, stage), this.api.environment.account);
  }

  private sourceArn(caller: Caller, stage: Stage): string {
    const { apiId, environment: { partition, region, account } } = this.api;
    return `arn:${partition}:execute-api:${region}:${account}:${apiId}/${caller.resourceIn(stage.name)}`;
  }

  /** No permission for API Gateway (4.4.4, 9.4): the notice, and its reason. */
  private permissionMissing({ resource, qualifier }: FoundFunction, caller: Caller, stage: Stage): string {
    const name = qualifier === undefined ? resource.path : `${resource.path}:${qualifier}`;
    const reason = `API Gateway may not invoke ${name} for ${caller.label} in stage ${stage.name}: `
      + `no AWS::Lambda::Permission for apigateway.amazonaws.com matches ${this.sourceArn(caller, stage)}; add one`;
    caller.resource.note('permission-missing', `${reason}: it fails here as on AWS (an integration that several routes share may have `
      + 'the permission of its first route only: give each route an integration of its own)');
    return reason;
  }
}

const FUNCTION_URI = /^arn:[^:]*:apigateway:[^:]*:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}` */
const SERVICE_URI = /^arn:[^:]*:apigateway:[^:]*:(?:[^:]*\.)?([^:.]+):(?:path|action)\//;

/** The service, other than Lambda, in a URI as it stands in the template: only a deployment may know the rest of the URI. */
export function serviceOf(uri: unknown): string | undefined {
  const service = /:(?:[\w-]+\.)?([a-z][\w-]*):(?:path|action)\//.exec(JSON.stringify(uri) ?? '')?.[1];
  return service === 'lambda' ? undefined : service;
}

/** Whether a role of its own invokes, instead of API Gateway (5.3.9). */
export function hasCredentials(resource: Resource, property: string): boolean {
  if (!resource.has(property)) return false;
  resource.note('credentials-ignored', `${property} is ignored: the target runs here, with the credentials of this shell`);
  return true;
}

/** A target for which invoking fails, with a notice that says why. */
export function notServed({ resource, label }: Subject, reason: string, name?: string): FunctionTarget {
  resource.note('integration-not-served', `${label} is answered as if invoking it failed: ${reason}`);
  return name === undefined ? { type: 'none', reason } : { type: 'none', reason, function: name };
}

export function otherService(subject: Subject, service: string): FunctionTarget {
  return notServed(subject, `it calls the service ${service}, and only functions are served`);
}

/** A function that a name or an ARN leads to. */
interface FoundFunction {
  readonly resource: Resource;
  /** Alias or version. */
  readonly qualifier?: string;
}

interface Permission {
  readonly functionId: string;
  readonly qualifier?: string;
  readonly account?: string;
  /** Absent: any. */
  readonly sourceArn?: string;
}

/** `arn:aws:lambda:region:account:function:name:qualifier`, `account:function:name:qualifier` and `name:qualifier`. */
const FUNCTION_NAME = /^(?:(?:arn:[^:]*:lambda:([^:]*):)?([^:]*):function:)?([^:]+?)(?::([^:]+))?$/;

/** The functions of the app by name and ARN, and what API Gateway may invoke of them. */
export class FunctionIndex {
  private readonly byName = new Map<string, Resource[]>();
  private readonly permissions: readonly Permission[];

  public constructor(resources: Resources) {
    for (const resource of resources.ofType('AWS::Lambda::Function')) {
      const name = resource.knownRef();
      if (name !== undefined) this.byName.set(name, [...this.byName.get(name) ?? [], resource]);
    }
    this.permissions = resources.ofType('AWS::Lambda::Permission').flatMap((resource) => this.permission(resource) ?? []);
  }

  /** @param nearby the environment of whatever uses the name: a bare name means its Region and account */
  public find(name: string, nearby: StackEnvironment): FoundFunction | undefined {
    const [, region = nearby.region, account = nearby.account, bare, qualifier] = FUNCTION_NAME.exec(name) ?? [];
    if (bare === undefined) return undefined;
    const candidates = this.byName.get(bare) ?? [];
    const exact = candidates.find(({ stack: { environment } }) => environment.region === region && environment.account === account);
    const resource = exact ?? candidates.find(({ stack: { environment } }) => (
      // A stack without environment may be deployed to the one that the ARN names.
      (!environment.regionKnown || environment.region === region) && (!environment.accountKnown || environment.account === account)
    ));
    return resource && { resource, qualifier };
  }

  /** A permission for a function does not cover its aliases and versions, nor the other way round (9.4). */
  public allows({ resource, qualifier }: FoundFunction, sourceArn: string, account: string): boolean {
    return this.permissions.some((permission) => permission.functionId === resource.id
      && permission.qualifier === withoutLatest(qualifier)
      && (permission.account === undefined || permission.account === account)
      && (permission.sourceArn === undefined || matchesPattern(permission.sourceArn, sourceArn)));
  }

  private permission(resource: Resource): Permission | undefined {
    const [functionName, principal, action] = ['FunctionName', 'Principal', 'Action'].map((property) => resource.knownText(property));
    const found = functionName === undefined ? undefined : this.find(functionName, resource.stack.environment);
    const isForInvoking = principal?.startsWith('apigateway.amazonaws.com') && matchesPattern(action ?? '*', 'lambda:InvokeFunction');
    if (!found || !isForInvoking) return undefined;
    return {
      functionId: found.resource.id,
      qualifier: withoutLatest(found.qualifier),
      // A value that only a deployment knows is assumed to match: a permission that may exist is not reported as missing.
      account: resource.knownText('SourceAccount'),
      sourceArn: resource.knownText('SourceArn'),
    };
  }
}

function withoutLatest(qualifier: string | undefined): string | undefined {
  return qualifier === '$LATEST' ? undefined : qualifier;
}

/** The name in the name or ARN of a function, with its qualifier: what people call it. */
function bareFunctionName(name: string): string {
  const [, , , bare = name, qualifier] = FUNCTION_NAME.exec(name) ?? [];
  return qualifier === undefined ? bare : `${bare}:${qualifier}`;
}
