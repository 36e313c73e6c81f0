import type { Api, Route, Stage } from '../assembly/model';

/** Stands where the developer's own value belongs. */
const PLACEHOLDER = 'VALUE';

/** The other one is `$context.authorizer.usageIdentifierKey`: the authorizer names the key (3.13). */
const KEY_IN_HEADER = '$request.header.x-api-key';

const IDENTITY_SOURCE = /^route\.request\.(header|querystring)\.(.+)$/;

/** The command that connects to a stage, with what its authorizer and API key ask of the client. */
export function wscatLine(api: Api, stage: Stage, url: string): string {
  const connect = api.routes.get('$connect');
  const sources = identitySources(connect);
  const query = sources.filter(({ kind }) => kind === 'querystring').map(({ name }) => `${encodeURIComponent(name)}=${PLACEHOLDER}`);
  const headers = new Map(sources.filter(({ kind }) => kind === 'header').map(({ name }) => [name, PLACEHOLDER]));
  if (connect?.apiKeyRequired && api.apiKeySelectionExpression === KEY_IN_HEADER) headers.set('x-api-key', keyFor(api, stage));
  return [
    'npx wscat -c',
    query.length > 0 ? `"${url}?${query.join('&')}"` : url,
    ...[...headers].map(([name, value]) => `-H "${name}: ${value}"`),
  ].join(' ');
}

/** How a stage is reached at its custom domains, whose names lead elsewhere: the header `Host` decides (1.1.5). */
export function domainLines(api: Api, stage: Stage, url: string): Array<{ readonly url: string; readonly connect: string }> {
  return stage.mappings.map(({ domainName, mappingKey }) => {
    const path = mappingKey && `/${mappingKey}`;
    const connect = `${wscatLine(api, stage, `${new URL(url).origin}${path}`)} -H "Host: ${domainName}"`;
    return { url: `wss://${domainName}${path}`, connect };
  });
}

/** Stage variables and context come from the gateway: the client sends headers and the query only (3.3). */
function identitySources(route: Route | undefined): Array<{ readonly kind: string; readonly name: string }> {
  const authorization = route?.authorization;
  if (authorization?.type !== 'CUSTOM') return [];
  return authorization.authorizer.identitySource.flatMap((source) => {
    const [, kind, name] = IDENTITY_SOURCE.exec(source) ?? [];
    return kind ? [{ kind, name }] : [];
  });
}

function keyFor(api: Api, stage: Stage): string {
  return api.apiKeys.find(({ stages }) => stages.includes(stage.name))?.value ?? PLACEHOLDER;
}
