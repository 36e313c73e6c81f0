import type { FoundFunction, FunctionIndex } from './function-index';
import type { Resource } from './resource';
import type { Resources } from './resources';
import { matchesPattern } from '../protocol/policy';

interface Permission {
  readonly functionId: string;
  readonly qualifier?: string;
  readonly account?: string;
  /** Absent: any. */
  readonly sourceArn?: string;
}

/** What API Gateway is allowed to invoke: 9.4. */
export class Permissions {
  private readonly permissions: readonly Permission[];

  public constructor(resources: Resources, functions: FunctionIndex) {
    this.permissions = resources.ofType('AWS::Lambda::Permission').flatMap((resource) => permissionOf(resource, functions) ?? []);
  }

  /** A permission of the function is none of its aliases and versions, and the other way round. */
  public allows({ resource, qualifier }: FoundFunction, sourceArn: string, account: string): boolean {
    return this.permissions.some((permission) => permission.functionId === resource.id
      && permission.qualifier === withoutLatest(qualifier)
      && (permission.account === undefined || permission.account === account)
      && (permission.sourceArn === undefined || matchesPattern(permission.sourceArn, sourceArn)));
  }
}

function permissionOf(resource: Resource, functions: FunctionIndex): Permission | undefined {
  const [functionName, principal, action] = ['FunctionName', 'Principal', 'Action'].map((property) => resource.knownText(property));
  const found = functionName === undefined ? undefined : functions.find(functionName, resource.stack.environment);
  const isForInvoking = principal?.startsWith('apigateway.amazonaws.com') && matchesPattern(action ?? '*', 'lambda:InvokeFunction');
  if (!found || !isForInvoking) return undefined;
  return {
    functionId: found.resource.id,
    qualifier: withoutLatest(found.qualifier),
    // What only a deployment knows is taken to fit: a permission that is there is not reported as missing.
    account: resource.knownText('SourceAccount'),
    sourceArn: resource.knownText('SourceArn'),
  };
}

function withoutLatest(qualifier: string | undefined): string | undefined {
  return qualifier === '$LATEST' ? undefined : qualifier;
}
