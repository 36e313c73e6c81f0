import type { IncomingMessage } from 'http';
import { Address } from './address-book';
import { RequestFacts, RouteOutcome } from './requests';
import { ServedStage } from './served-stage';
import { Route } from '../assembly/local-app';
import { Refusal, subprotocol } from '../protocol/connect-answer';
import { ConnectionContext, HandshakeRequest, newId, newRequest, newTraceId, RequestStamp } from '../protocol/events';
import { plainAddress } from '../protocol/host';
import { headerMaps, queryMaps } from '../protocol/request';

/** A handshake that leads to a stage, on its way through the checks. */
export interface StageHandshake {
  readonly served: ServedStage;
  readonly context: ConnectionContext;
  readonly stamp: RequestStamp;
  readonly request: HandshakeRequest;
  /** The last value of each, as everywhere in API Gateway. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** What is reported about a handshake that is over. */
export type HandshakeFacts = Omit<RequestFacts, 'type' | 'status'>;

/** The answer to a handshake that opens the WebSocket. */
export interface Admitted {
  readonly served: ServedStage;
  readonly context: ConnectionContext;
  readonly subprotocol?: string;
  readonly facts: HandshakeFacts;
}

/** The answer to a handshake that does not open the WebSocket. */
export interface Refused {
  readonly refusal: Refusal;
  readonly facts: HandshakeFacts;
}

/** The address or name on which a port listens, and its number. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads a handshake.
 *
 * @param query of the request's URL
 * @param callbackUrl of a stage
 */
export function readHandshake(
  { served, mappingKey = '', byDomain, byApiId = false }: Address,
  request: IncomingMessage,
  query: string,
  listens: ListenAddress,
  callbackUrl: (served: ServedStage) => string,
): StageHandshake {
  const stamp = newRequest();
  const sourceIp = plainAddress(request.socket.remoteAddress ?? '127.0.0.1');
  const userAgent = request.headers['user-agent'];
  return {
    served,
    stamp,
    headers: headerMaps(request.rawHeaders).single,
    query: queryMaps(query)?.single ?? {},
    context: {
      connectionId: newId(),
      connectedAt: stamp.time,
      apiId: served.api.apiId,
      stage: served.stage.name,
      domainName: byApiId ? new URL(callbackUrl(served)).host : domainName(request.headers.host, byDomain, listens),
      // 1.3.5: no user agent if the client sent none.
      identity: { sourceIp, ...userAgent !== undefined && { userAgent } },
      stageVariables: served.stage.variables,
    },
    request: {
      rawHeaders: request.rawHeaders,
      query,
      traceId: newTraceId(stamp.time),
      sourceIp,
      port: listens.port,
      secure: 'encrypted' in request.socket,
      // 1.1.6: behind a mapping key of several levels, header names are in lower case.
      lowerCaseNames: mappingKey.includes('/'),
    },
  };
}

/** @param outcome of the integration of `$connect`, if there is one */
export function admit({ served, stamp }: StageHandshake, context: ConnectionContext, outcome?: RouteOutcome): Admitted {
  return {
    served,
    context,
    subprotocol: outcome?.ok ? subprotocol(outcome.headers) : undefined,
    facts: { served, stamp, connectionId: context.connectionId },
  };
}

/** The facts of a handshake that has met the route `$connect`. */
export function factsOf({ served, stamp, context }: StageHandshake, { routeKey, integration }: Route): HandshakeFacts {
  return { served, stamp, connectionId: context.connectionId, routeKey, integration };
}

/**
 * `requestContext.domainName`: the host that the client requested (1.3.9), if it leads back to this port, else `localhost`. Functions make
 * the address of `@connections` from it, so it must not be one that only the client can reach, such as the port of a proxy.
 *
 * @param requested the header `Host`
 * @param isCustomDomain whether the app has the host as a custom domain
 */
export function domainName(requested: string | undefined, isCustomDomain: boolean, listens: ListenAddress): string {
  if (requested !== undefined && (isCustomDomain || leadsBack(requested, listens))) return requested;
  return `localhost:${listens.port}`;
}

function leadsBack(requested: string, { host, port }: ListenAddress): boolean {
  const [, name, requestedPort = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(requested.toLowerCase()) ?? [];
  return name !== undefined && Number(requestedPort) === port && (isLoopback(name) || name === host || name === `[${host}]`);
}

function isLoopback(name: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);
}
