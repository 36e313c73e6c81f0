import { ServedStage } from './served-stage';

/** Where a request wants to go. */
export interface Address {
  readonly served: ServedStage;
  /** What follows the stage or mapping key: empty, or it starts with `/`. */
  readonly rest: string;
  /** Absent: the default endpoint leads there, by the stage's name. */
  readonly mappingKey?: string;
  /** Whether the client named a custom domain; with a mapping key alone it may come by localhost. */
  readonly byDomain: boolean;
  /** Whether the client named the default endpoint of the API, which any port serves. */
  readonly byApiId?: boolean;
}

/** `aabbccddee.execute-api.eu-west-1.amazonaws.com`: the default endpoint of an API, in whatever region. */
const DEFAULT_ENDPOINT = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)\.?$/;

/** Finds the stage that a host and a path lead to (1.1). */
export class AddressBook {
  private readonly byStage = new Map<string, ServedStage>();

  /**
   * @param stages those that `localhost` leads to
   * @param everywhere those of other ports too: the id of an API in the host leads to its stages, whatever the port
   */
  public constructor(private readonly stages: readonly ServedStage[], private readonly everywhere = stages) {
    for (const served of stages) {
      // 1.1.7: the default endpoint is switched off, so only a domain leads here.
      if (!served.api.disableExecuteApiEndpoint || served.stage.mappings.length === 0) this.byStage.set(served.stage.name, served);
    }
  }

  /**
   * @param host the header `Host`
   * @param path without the query string
   */
  public find(host: string, path: string): Address | undefined {
    // 1.1.5: on its domain the mapping alone decides, and the stage is not in the path.
    if (this.hasDomain(host)) return this.findMapping(path, domainOf(host));
    const [, name, rest] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
    const apiId = apiIdOf(host);
    if (apiId !== undefined) {
      const served = this.ofApi(apiId).find(({ stage }) => stage.name === decoded(name));
      return served && { served, rest, byDomain: false, byApiId: true };
    }
    const served = this.byStage.get(decoded(name));
    return served ? { served, rest, byDomain: false } : this.findMapping(path);
  }

  /** Whether a host is a custom domain of the app. */
  public hasDomain(host: string): boolean {
    return this.mappings(domainOf(host)).length > 0;
  }

  /** The stage that a URL of a custom domain is for; any of its stages if the path tells none. */
  public atDomain(host: string, path: string): ServedStage | undefined {
    const domain = domainOf(host);
    return (this.findMapping(path, domain) ?? this.mappings(domain)[0])?.served;
  }

  /** What leads to a stage at a host, for people: `/dev`, `/chat`. */
  public paths(host: string): string[] {
    const domain = this.hasDomain(host) ? domainOf(host) : undefined;
    const apiId = apiIdOf(host);
    if (apiId !== undefined) return this.ofApi(apiId).map(({ stage }) => `/${stage.name}`);
    const names = domain === undefined ? [...this.byStage.keys()] : [];
    return [...new Set([...names, ...this.mappings(domain).map(({ mappingKey }) => mappingKey)])].map((name) => `/${name}`);
  }

  /** Why a default endpoint leads nowhere at all, in one line; `undefined` for any other host, and if some of its paths lead to a stage. */
  public closedEndpoint(host: string): string | undefined {
    const apiId = apiIdOf(host);
    if (apiId === undefined || this.ofApi(apiId).length > 0) return undefined;
    return this.everywhere.some(({ api }) => api.apiId === apiId)
      ? `the default endpoint of the API ${apiId} is switched off (DisableExecuteApiEndpoint), so only a custom domain leads to it (1.1.7)`
      : `no API with the id ${apiId} is served here`;
  }

  /** 1.1.7: nothing where the default endpoint is switched off. */
  private ofApi(apiId: string): readonly ServedStage[] {
    return this.everywhere.filter(({ api }) => api.apiId === apiId && !api.disableExecuteApiEndpoint);
  }

  /** Those of any domain if none is asked for. */
  private mappings(domain?: string): Array<{ readonly served: ServedStage; readonly mappingKey: string }> {
    return this.stages.flatMap((served) => served.stage.mappings
      .filter(({ domainName }) => domain === undefined || domainName.toLowerCase() === domain)
      .map(({ mappingKey }) => ({ served, mappingKey })));
  }

  /** The longest mapping key that the path starts with; any domain's if the client came by localhost. */
  private findMapping(path: string, domain?: string): Address | undefined {
    const found = this.mappings(domain).filter(({ mappingKey }) => startsWith(path, mappingKey));
    const [longest] = found.sort((left, right) => right.mappingKey.length - left.mappingKey.length);
    if (!longest) return undefined;
    return { ...longest, byDomain: domain !== undefined, rest: path.slice(longest.mappingKey ? longest.mappingKey.length + 1 : 0) };
  }
}

/** The header `Host` without its port, and without the dot that may end a complete name. */
function domainOf(host: string): string {
  return host.replace(/\.?(?::\d*)?$/, '').toLowerCase();
}

/** The id of an API whose default endpoint a host is. */
export function apiIdOf(host: string): string | undefined {
  return DEFAULT_ENDPOINT.exec(domainOf(host))?.[1];
}

function startsWith(path: string, mappingKey: string): boolean {
  return mappingKey === '' || path === `/${mappingKey}` || path.startsWith(`/${mappingKey}/`);
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text ?? '';
  }
}
