import { member } from './json';
import { headerValue } from './request';

/** What identity sources can name. */
interface IdentityRequest {
  /** Names in any spelling. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$context` (8.3). */
  readonly context: Readonly<Record<string, unknown>>;
}

/** The first identity source that the request lacks or leaves empty, in which case the authorizer is not invoked (3.3, 3.4). */
export function missingIdentitySource(sources: readonly string[], request: IdentityRequest): string | undefined {
  return sources.find((source) => {
    const value = identityValue(source, request);
    return value === undefined || value === null || value === '';
  });
}

/** The required parameters that a handshake lacks or leaves empty (5.4.2): `route.request.querystring.X`, `route.request.header.X`. */
export function missingParameters(required: readonly string[], { headers, query }: Pick<IdentityRequest, 'headers' | 'query'>): string[] {
  return required.filter((name) => missingIdentitySource([name], { headers, query, stageVariables: {}, context: {} }) !== undefined);
}

const SOURCE = /^(route\.request\.header|route\.request\.querystring|stageVariables|context)\.(.+)$/;

function identityValue(source: string, request: IdentityRequest): unknown {
  const [, kind, name] = SOURCE.exec(source) ?? [];
  switch (kind) {
    case 'route.request.header': return headerValue(request.headers, name);
    case 'route.request.querystring': return member(request.query, name);
    case 'stageVariables': return member(request.stageVariables, name);
    case 'context': return name.split('.').reduce<unknown>(member, request.context);
    // AWS allows no other source.
    default: return undefined;
  }
}
