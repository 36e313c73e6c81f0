import type { Environment } from './environment';
import type { FunctionTargets } from './function-targets';
import type { Stage } from './model';
import type { Notices } from './notices';
import type { Resource } from './resource';
import type { Resources } from './resources';

/** What the readers of an API's parts have in common. */
export interface ApiReading {
  readonly apiId: string;
  /** That of the API, whatever stack its parts are in. */
  readonly environment: Environment;
  readonly stages: readonly Stage[];
  readonly resources: Resources;
  readonly targets: FunctionTargets;
  readonly notices: Notices;
}

/** 9.1, 9.4: `what` is `{stage}/{routeKey}` or `authorizers/{authorizerId}`. */
export function executeApiArn({ environment: { partition, region, account }, apiId }: ApiReading, what: string): string {
  return `arn:${partition}:execute-api:${region}:${account}:${apiId}/${what}`;
}

/** 5.3.9: whether a role of its own invokes. */
export function hasCredentials(resource: Resource, property: string, { notices }: ApiReading): boolean {
  if (!resource.has(property)) return false;
  const text = `${property} is ignored: what is invoked runs here, with the credentials of this shell`;
  notices.add('credentials-ignored', resource.path, text);
  return true;
}
