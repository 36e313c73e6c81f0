import type { Faults } from './faults/faults';
import type { TokenRequest } from './issuer/claims';
import type { Served } from './terminal/served';

/** A running gateway. */
export interface Gateway extends Served {
  /** Where clients connect: `ws://localhost:3001/dev`, the first stage of the first API. */
  readonly url: string;
  /** The URL of the first stage of each API, by the API's name; if an earlier API has the name already, by stack and logical id. */
  readonly urls: Readonly<Record<string, string>>;
  /** Where backends call `@connections`: `https://localhost:3001/dev`. */
  readonly callbackUrl: string;
  /** The connections that are open now. */
  readonly connections: readonly OpenConnection[];
  /** The certificate of https and wss as PEM, for clients that must trust it. */
  readonly certificate: string;
  /** The page that shows what passes the gateway: `http://localhost:3001/_ws`; with `inspector` only. */
  readonly inspectorUrl?: string;
  /** What AWS and networks do once a week, on demand: docs/faults.md. */
  readonly faults: Faults;
  /**
   * A token that the functions of `ConnectAuthorizer.jwt` and `.cognito` accept, with the option `localIssuer`.
   *
   * @throws GatewayError INVALID_OPTION
   */
  token(request?: TokenRequest): Promise<string>;
  /** Closes all connections with 1001, lets their `$disconnect` run, ends every process and frees the ports. */
  close(): Promise<void>;
}

export interface OpenConnection {
  readonly connectionId: string;
  readonly api: string;
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly sourceIp: string;
}
