/** What the URI of an integration or authorizer invokes. */
type Invoked =
  /** `function` is what the URI has there: an ARN or a name, with `${stageVariables.x}` if it has those. */
  | { readonly type: 'function'; readonly function: string }
  | { readonly type: 'service'; readonly service: string }
  | { readonly type: 'unknown' };

const FUNCTION = /^arn:[^:]*:apigateway:[^:]*:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}` */
const SERVICE = /^arn:[^:]*:apigateway:[^:]*:(?:[^:]*\.)?([^:.]+):(?:path|action)\//;

/** The service that a URI calls of which only a deployment knows the rest: as the template has it. */
export function serviceOf(template: unknown): string | undefined {
  const service = /:(?:[\w-]+\.)?([a-z][\w-]*):(?:path|action)\//.exec(JSON.stringify(template) ?? '')?.[1];
  return service === 'lambda' ? undefined : service;
}

export function parseInvocationUri(uri: string): Invoked {
  const [, name] = FUNCTION.exec(uri) ?? [];
  if (name !== undefined) return { type: 'function', function: name };
  const [, service] = SERVICE.exec(uri) ?? [];
  return service === undefined ? { type: 'unknown' } : { type: 'service', service };
}
