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
}

/** Finds the stage that a host and a path lead to (1.1). */
export class AddressBook {
  private readonly byStage = new Map<string, ServedStage>();

  public constructor(private readonly stages: readonly ServedStage[]) {
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
    const domain = host.replace(/:\d+$/, '').toLowerCase();
    // 1.1.5: on its domain the mapping alone decides, and the stage is not in the path.
    if (this.isMapped(domain)) return this.findMapping(path, domain);
    const [, stage, rest] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
    const served = this.byStage.get(decoded(stage));
    return served ? { served, rest, byDomain: false } : this.findMapping(path);
  }

  private isMapped(domain: string): boolean {
    return this.stages.some(({ stage }) => stage.mappings.some(({ domainName }) => domainName.toLowerCase() === domain));
  }

  /** The longest mapping key that the path starts with; any domain's if the client came by localhost. */
  private findMapping(path: string, domain?: string): Address | undefined {
    const found = this.stages.flatMap((served) => served.stage.mappings
      .filter(({ domainName, mappingKey }) => (!domain || domainName.toLowerCase() === domain) && startsWith(path, mappingKey))
      .map(({ mappingKey }) => ({ served, mappingKey })));
    const [longest] = found.sort((left, right) => right.mappingKey.length - left.mappingKey.length);
    if (!longest) return undefined;
    return { ...longest, byDomain: domain !== undefined, rest: path.slice(longest.mappingKey ? longest.mappingKey.length + 1 : 0) };
  }
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
