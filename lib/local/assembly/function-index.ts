import type { Environment } from './environment';
import { isUnresolved } from './resolution';
import type { Resource } from './resource';
import type { Resources } from './resources';

/** A function as an ARN or a name leads to it. */
export interface FoundFunction {
  readonly resource: Resource;
  /** Alias or version. */
  readonly qualifier?: string;
}

/** `arn:aws:lambda:region:account:function:name:qualifier`, `account:function:name:qualifier` and `name:qualifier`. */
const FUNCTION_NAME = /^(?:(?:arn:[^:]*:lambda:([^:]*):)?([^:]*):function:)?([^:]+?)(?::([^:]+))?$/;

/** The functions of the app by name and ARN. */
export class FunctionIndex {
  private readonly byName = new Map<string, Resource[]>();

  public constructor(resources: Resources) {
    for (const resource of resources.ofType('AWS::Lambda::Function')) {
      const name = resource.resolveValue({ Ref: resource.logicalId });
      if (isUnresolved(name) || typeof name.value !== 'string') continue;
      this.byName.set(name.value, [...this.byName.get(name.value) ?? [], resource]);
    }
  }

  /** @param nearby where a name without Region and account is meant */
  public find(name: string, nearby: Environment): FoundFunction | undefined {
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
}

/** The name in an ARN or name of a function, with its qualifier: what people call it. */
export function bareFunctionName(name: string): string {
  const [, , , bare = name, qualifier] = FUNCTION_NAME.exec(name) ?? [];
  return qualifier === undefined ? bare : `${bare}:${qualifier}`;
}
