import { once } from '../process-state';

/** Where requests go. */
export interface Endpoint {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  /** For the `host` header. */
  readonly host: string;
  /** Before the path of each request; without a slash at its end. */
  readonly path: string;
  /** Host names of API Gateway have it, custom domains do not. */
  readonly region?: string;
}

export function endpointOf(url: string): Endpoint {
  return once(url, () => {
    const { protocol, hostname, port, host, pathname } = new URL(url);
    return {
      protocol,
      // Node.js wants `::1` to connect, and `[::1]` in the header.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      host,
      path: pathname.replace(/\/+$/, ''),
      region: /(?:^|\.)execute-api(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1],
    };
  });
}

export function ownRegion(): string {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || 'us-east-1';
}
