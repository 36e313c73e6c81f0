import type { Environment } from './environment';
import { bareFunctionName, FoundFunction, FunctionIndex } from './function-index';
import { parseInvocationUri } from './invocation-uri';
import { show } from './json';
import type { FunctionTarget, Stage } from './model';
import type { Notices } from './notices';
import type { Permissions } from './permissions';
import { isUnresolved, Resolution } from './resolution';
import { hasStageVariables, withStageVariables } from '../protocol/stage-variables';

/** Who invokes: a route or an authorizer. */
export interface Invoker {
  /** Its construct path. */
  readonly path: string;
  /** `route "send"`, `the authorizer` */
  readonly label: string;
  readonly environment: Environment;
  readonly stages: readonly Stage[];
  /** Whether a role of its own invokes: that takes no permission of the function. */
  readonly hasCredentials: boolean;
  /** The ARN by which it calls in a stage: what a permission must match. */
  sourceArn(stage: string): string;
}

/** Finds what invocation URIs lead to, and says why where they lead to nothing. */
export class FunctionTargets {
  public constructor(
    private readonly functions: FunctionIndex, private readonly permissions: Permissions, private readonly notices: Notices,
  ) {}

  public target(uri: Resolution, invoker: Invoker): FunctionTarget {
    if (isUnresolved(uri)) return this.notServed(invoker, `its URI refers to ${uri.refersTo}: ${uri.reason}`);
    if (typeof uri.value !== 'string') return this.notServed(invoker, 'it has no URI');
    const invoked = parseInvocationUri(uri.value);
    if (invoked.type === 'service') return this.otherService(invoked.service, invoker);
    if (invoked.type === 'unknown') return this.notServed(invoker, `${show(uri.value)} is no invocation URI of a function`);
    if (hasStageVariables(invoked.function)) return this.byStageVariable(uri.value, invoked.function, invoker);
    return this.byName(invoked.function, invoker);
  }

  public otherService(service: string, invoker: Pick<Invoker, 'path' | 'label'>): FunctionTarget {
    return this.notServed(invoker, `it calls the service ${service}, and only functions are served`);
  }

  /** A target that fails, said with its reason. */
  public notServed({ path, label }: Pick<Invoker, 'path' | 'label'>, reason: string, name?: string): FunctionTarget {
    this.notices.add('integration-not-served', path, `${label} is answered as if invoking it failed: ${reason}`);
    return name === undefined ? { type: 'none', reason } : { type: 'none', reason, function: name };
  }

  private byName(name: string, invoker: Invoker): FunctionTarget {
    const found = this.functions.find(name, invoker.environment);
    if (!found) return this.notServed(invoker, `the function ${bareFunctionName(name)} is not in this assembly`, bareFunctionName(name));
    const refused = invoker.stages.find((stage) => !this.mayInvoke(found, invoker, stage));
    if (refused) return { type: 'none', reason: this.permissionMissing(found, invoker, refused), function: found.resource.path };
    const { resource: { id }, qualifier } = found;
    return qualifier === undefined ? { type: 'function', functionId: id } : { type: 'function', functionId: id, qualifier };
  }

  /** 5.3.8: what each stage makes of it; a stage that it leads nowhere in has no entry. */
  private byStageVariable(uri: string, template: string, invoker: Invoker): FunctionTarget {
    const functions = invoker.stages.flatMap((stage): Array<[string, string]> => {
      const found = this.namedIn(stage, template, invoker);
      if (!found) return [];
      if (!this.mayInvoke(found, invoker, stage)) {
        this.permissionMissing(found, invoker, stage);
        return [];
      }
      return [[stage.name, found.resource.id]];
    });
    return { type: 'stageVariable', uri, functions: Object.fromEntries(functions) };
  }

  private namedIn(stage: Stage, template: string, invoker: Invoker): FoundFunction | undefined {
    const name = withStageVariables(template, stage.variables);
    if ('missing' in name) {
      this.notServed(invoker, `its URI needs the stage variable ${show(name.missing)}, which stage ${stage.name} does not have`);
      return undefined;
    }
    const found = this.functions.find(name.text, invoker.environment);
    if (!found) {
      this.notServed(invoker, `the function ${show(bareFunctionName(name.text))} that stage ${stage.name} names is not in this assembly`);
    }
    return found;
  }

  private mayInvoke(found: FoundFunction, invoker: Invoker, stage: Stage): boolean {
    return invoker.hasCredentials || this.permissions.allows(found, invoker.sourceArn(stage.name), invoker.environment.account);
  }

  /** 4.4.4, 9.4 */
  private permissionMissing({ resource, qualifier }: FoundFunction, invoker: Invoker, stage: Stage): string {
    const name = qualifier === undefined ? resource.path : `${resource.path}:${qualifier}`;
    const sourceArn = invoker.sourceArn(stage.name);
    const reason = `API Gateway may not invoke ${name} for ${invoker.label} in stage ${stage.name}: `
      + `no AWS::Lambda::Permission for apigateway.amazonaws.com matches ${sourceArn}; add one`;
    this.notices.add('permission-missing', invoker.path, `${reason}: it fails here as on AWS (an integration that several routes share may `
      + 'have got that of its first route only: give each route an integration of its own)');
    return reason;
  }
}
