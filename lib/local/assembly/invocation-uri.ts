/** What the URI of an integration or authorizer invokes. */
type Invoked =
  /** `function` is what the URI has there: an ARN or a name, with `${stageVariables.x}` if it has those. */
  | { readonly type: 'function'; readonly function: string }
  | { readonly type: 'service'; readonly service: string }
  | { readonly type: 'unknown' };

const FUNCTION = /^arn:[^:]*:apigateway:[^:]*:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}` */
const SERVICE = /^arn:[^:]*:apigateway:[^:]*:(?:[^:]*\.)?([^:.]+):(?:path|action)\//;

export function parseInvocationUri(uri: string): Invoked {
  const [, name] = FUNCTION.exec(uri) ?? [];
  if (name !== undefined) return { type: 'function', function: name };
  const [, service] = SERVICE.exec(uri) ?? [];
  return service === undefined ? { type: 'unknown' } : { type: 'service', service };
}
