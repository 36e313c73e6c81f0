/** Where a port listens. */
export interface Endpoint {
  /** The address or name that it was told to listen on. */
  readonly host: string;
  readonly port: number;
}

/**
 * `requestContext.domainName`: the host that the client asked for (1.3.9), if it leads back here. Functions make the address of
 * `@connections` from it, and what only the client can reach (the port of a proxy, a name of its network) would lead them astray:
 * they get `localhost` then.
 *
 * @param asked the header `Host`
 * @param isCustomDomain whether the app has it as a custom domain
 */
export function domainName(asked: string | undefined, isCustomDomain: boolean, { host, port }: Endpoint): string {
  if (asked !== undefined && (isCustomDomain || leadsHere(asked, { host, port }))) return asked;
  return `localhost:${port}`;
}

function leadsHere(asked: string, { host, port }: Endpoint): boolean {
  const [, name, askedPort = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(asked.toLowerCase()) ?? [];
  return name !== undefined && Number(askedPort) === port && (isLoopback(name) || name === host || name === `[${host}]`);
}

function isLoopback(name: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);
}
