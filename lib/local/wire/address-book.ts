import type { IncomingMessage } from 'http';
import { ServedStage } from './served-stage';
import { shortened } from '../protocol/json';
import { percentDecoded } from '../protocol/request';

/** The stage that a request is for. */
export interface Address {
  readonly served: ServedStage;
  /** What follows the stage or mapping key: empty, or it starts with `/`. */
  readonly rest: string;
  /** Absent: the request came by the default endpoint, with the stage's name. */
  readonly mappingKey?: string;
  /** Whether the client named a custom domain; a mapping key alone may also follow localhost. */
  readonly byDomain: boolean;
  /** Whether the client named the default endpoint of the API, which every port serves. */
  readonly byApiId?: boolean;
}

/** `aabbccddee.execute-api.eu-west-1.amazonaws.com`: the default endpoint of an API, in whatever region. */
const DEFAULT_ENDPOINT = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)\.?$/;

/** Finds the stage that a host and a path lead to (1.1). */
export class AddressBook {
  private readonly byStage = new Map<string, ServedStage>();
  private readonly domains: ReadonlySet<string>;

  /**
   * @param stages the stages that `localhost` leads to at this port
   * @param everywhere the stages of all ports: an API id in the host leads to its stages, whatever the port
   */
  public constructor(private readonly stages: readonly ServedStage[], private readonly everywhere = stages) {
    this.domains = new Set(stages.flatMap(({ stage }) => stage.mappings.map(({ domainName }) => domainName.toLowerCase())));
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
    const end = path.indexOf('/', 1);
    const [segment, rest] = end < 0 ? [path.slice(1), ''] : [path.slice(1, end), path.slice(end)];
    const name = percentDecoded(segment);
    const apiId = apiIdOf(host);
    if (apiId !== undefined) {
      const served = this.ofApi(apiId).find(({ stage }) => stage.name === name);
      return served && { served, rest, byDomain: false, byApiId: true };
    }
    const served = this.byStage.get(name);
    return served ? { served, rest, byDomain: false } : this.findMapping(path);
  }

  /** Whether a host is a custom domain of the app. */
  public hasDomain(host: string): boolean {
    return this.domains.size > 0 && this.domains.has(domainOf(host));
  }

  /** Whether a host is a custom domain or a default endpoint: its paths are the app's alone. */
  public isOfApp(host: string): boolean {
    return this.hasDomain(host) || apiIdOf(host) !== undefined;
  }

  /** Whether a stage, or a mapping key, begins with this segment of a path. */
  public has(segment: string): boolean {
    const leads = ({ mappingKey }: { readonly mappingKey: string }): boolean => startsWith(`/${mappingKey}`, segment);
    return this.byStage.has(segment) || this.mappings().some(leads);
  }

  /** The stage that a URL of a custom domain is for; any of the domain's stages if the path names none. */
  public atDomain(host: string, path: string): ServedStage | undefined {
    const domain = domainOf(host);
    return (this.findMapping(path, domain) ?? this.mappings(domain)[0])?.served;
  }

  /** The paths of all stages at a host, for messages: `/dev`, `/chat`. */
  public paths(host: string): string[] {
    const domain = this.hasDomain(host) ? domainOf(host) : undefined;
    const apiId = apiIdOf(host);
    if (apiId !== undefined) return this.ofApi(apiId).map(({ stage }) => `/${stage.name}`);
    const names = domain === undefined ? [...this.byStage.keys()] : [];
    return [...new Set([...names, ...this.mappings(domain).map(({ mappingKey }) => mappingKey)])].map((name) => `/${name}`);
  }

  /** Why no path of a default endpoint leads to a stage, in one line; `undefined` if one does, and for any other host. */
  public closedEndpoint(host: string): string | undefined {
    const apiId = apiIdOf(host);
    if (apiId === undefined || this.ofApi(apiId).length > 0) return undefined;
    return this.everywhere.some(({ api }) => api.apiId === apiId)
      ? `the default endpoint of the API ${apiId} is switched off (DisableExecuteApiEndpoint), so only a custom domain leads to it (1.1.7)`
      : `no API with the id ${apiId} is served here`;
  }

  /** 1.1.7: no stages if the default endpoint is switched off. */
  private ofApi(apiId: string): readonly ServedStage[] {
    return this.everywhere.filter(({ api }) => api.apiId === apiId && !api.disableExecuteApiEndpoint);
  }

  /** The mappings of one domain, or of all. */
  private mappings(domain?: string): Array<{ readonly served: ServedStage; readonly mappingKey: string }> {
    return this.stages.flatMap((served) => served.stage.mappings
      .filter(({ domainName }) => domain === undefined || domainName.toLowerCase() === domain)
      .map(({ mappingKey }) => ({ served, mappingKey })));
  }

  /** By the longest mapping key that the path starts with: of one domain, or of any if the client came by localhost. */
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

/** The id of the API whose default endpoint a host is. */
function apiIdOf(host: string): string | undefined {
  return host.includes('.execute-api.') ? DEFAULT_ENDPOINT.exec(domainOf(host))?.[1] : undefined;
}

function startsWith(path: string, mappingKey: string): boolean {
  return mappingKey === '' || path === `/${mappingKey}` || path.startsWith(`/${mappingKey}/`);
}

/** Why the URL of a handshake leads to no stage (1.1.2, 1.1.3), in one line. */
export function noStageForHandshake(book: AddressBook, host: string, path: string, address?: Address): string {
  if (address && address.rest !== path) {
    const end = address.mappingKey === undefined ? 'the stage' : 'the mapping key';
    return `${shortened(path)}: in a WebSocket URL only a query string may follow ${end} (1.1.2)`;
  }
  const closed = book.closedEndpoint(host);
  if (closed !== undefined) return closed;
  const paths = book.paths(host);
  if (paths.length === 0) return `no stage is served at ${shortened(path)}, nor anywhere else on this port`;
  return `no stage is served at ${shortened(path)}; there ${paths.length > 1 ? 'are' : 'is'} ${paths.join(', ')}`;
}

/**
 * Why a call of `@connections` leads to no stage (6.10), in one line: the endpoint of the backend's SDK client is wrong.
 *
 * @param at where `/@connections` begins in the path
 */
export function noStageForCall(book: AddressBook, { headers: { host = '' }, socket }: IncomingMessage, path: string, at: number): string {
  const [endpoint, rest] = [path.slice(0, at), path.slice(at)];
  if (book.find(host, path)?.rest === rest) return `${shortened(rest)}: @connections is written in lower case (6.2)`;
  const closed = book.closedEndpoint(host);
  if (closed !== undefined) return closed;
  const origin = `https://${book.hasDomain(host) || apiIdOf(host) !== undefined ? host : `localhost:${socket.localPort}`}`;
  const endpoints = book.paths(host).map((served) => `${origin}${served}`);
  const found = `no stage is served at ${shortened(endpoint || '/')}`;
  if (endpoints.length === 0) return `${found}, nor anywhere else on this port`;
  return `${found}: the ${endpoints.length > 1 ? 'endpoints of @connections are' : 'endpoint of @connections is'} ${endpoints.join(', ')}`;
}

/** A URL with its path, whose mapping key tells services that share a domain apart: each may have its own port. */
const URL_OF_HOST = /(wss?:\/\/|https?:\/\/)([\w.-]+)(?=(\/[^\s?#"'<>\\]*)?)/g;

/** With the stage, since the stages of an API may have several ports. */
const EXECUTE_API = /(wss?:\/\/|https?:\/\/)?([\w-]+)\.execute-api\.[\w-]+\.amazonaws\.com(?:\.cn)?(?=(?:\/([\w$-]+))?)/g;

/**
 * Makes a function that replaces the addresses of these stages in a text by those of the gateway: default endpoints
 * (`https://abc123.execute-api.eu-west-1.amazonaws.com/dev`) and custom domains.
 */
export function localhostUrls(stages: readonly ServedStage[], portOf: (served: ServedStage) => number): (text: string) => string {
  const book = new AddressBook(stages);
  return (text) => text
    .replace(EXECUTE_API, (address, scheme, apiId, stage) => local(address, scheme, ofApi(apiId, stage)))
    // A domain without a scheme may stand for something else.
    .replace(URL_OF_HOST, (address, scheme, host, path = '/') => local(address, scheme, book.atDomain(host, path)));

  function ofApi(apiId: string, name: string | undefined): ServedStage | undefined {
    const own = stages.filter(({ api }) => api.apiId === apiId);
    return own.find(({ stage }) => stage.name === name) ?? own[0];
  }

  function local(address: string, scheme: string | undefined, served: ServedStage | undefined): string {
    return served === undefined ? address : `${scheme === 'wss://' ? 'ws://' : scheme ?? ''}localhost:${portOf(served)}`;
  }
}
