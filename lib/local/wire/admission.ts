import type { IncomingMessage } from 'http';
import { Address, AddressBook } from './address-book';
import { Authorization, authorize, Authorized } from './authorization';
import { domainName, Endpoint } from './domain-name';
import { RequestFacts } from './request-report';
import { callRoute, RouteOutcome } from './route-call';
import { ServedStage } from './served-stage';
import { Services } from './services';
import { longUrl, strayHandshake } from './stray-request';
import { Route } from '../assembly/model';
import { apiKeyComplaint } from '../protocol/api-key';
import { CONNECT_FAILURES, connectStatus, missingParametersRefusal, Refusal, subprotocol } from '../protocol/connect-answer';
import { connectEvent, ConnectionContext, EventTime, HandshakeRequest } from '../protocol/events';
import { connectHeaders, headerMaps } from '../protocol/headers';
import { plainAddress } from '../protocol/host';
import { iamIdentity, iamSignatureComplaint } from '../protocol/iam-signature';
import { missingParameters } from '../protocol/identity-source';
import { newId, newTraceId } from '../protocol/ids';
import { LIMITS } from '../protocol/limits';
import { parseTarget, queryMaps } from '../protocol/request-line';
import { UNVERIFIED } from '../protocol/unverified';

type Facts = Omit<RequestFacts, 'type' | 'status'>;

/** The client may come in. */
export interface Entrance {
  readonly served: ServedStage;
  readonly context: ConnectionContext;
  readonly subprotocol?: string;
  readonly facts: Facts;
}

/** It may not. */
export interface Refused {
  readonly refusal: Refusal;
  readonly facts: Facts;
}

/** A handshake on its way through the checks. */
export interface Visit {
  readonly served: ServedStage;
  readonly context: ConnectionContext;
  readonly time: EventTime;
  readonly handshake: HandshakeRequest;
  /** Of several values the last, as everywhere in API Gateway. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** Decides who comes in, in the order of 1.2.1. */
export class Admission {
  public constructor(private readonly services: Services, private readonly endpoint: () => Endpoint) {}

  public async decide(book: AddressBook, request: IncomingMessage): Promise<Entrance | Refused> {
    const { path, query } = parseTarget(request.url ?? '/');
    const { url = '', headers: { host = '' } } = request;
    // 1.1.8
    if (url.length > LIMITS.urlLength) return astray(UNVERIFIED.urlTooLong, longUrl(url));
    const address = book.find(host, path);
    // 1.1.1, 1.1.2, 1.1.3
    if (!address || (address.rest !== '' && address.rest !== '/')) {
      return astray(UNVERIFIED.unknownPath, strayHandshake(book, host, path, address));
    }
    const visit = this.visit(address, request, query);
    const route = address.served.api.routes.get('$connect');
    // 1.2.3
    if (!route) return entrance(visit, visit.context);
    return this.pass(visit, route);
  }

  private visit({ served, mappingKey = '', byDomain, byApiId = false }: Address, request: IncomingMessage, query: string): Visit {
    const now = Date.now();
    const endpoint = this.endpoint();
    const { api, stage } = served;
    const sourceIp = plainAddress(request.socket.remoteAddress ?? '127.0.0.1');
    const userAgent = request.headers['user-agent'];
    return {
      served,
      headers: headerMaps(request.rawHeaders).single,
      query: queryMaps(query)?.single ?? {},
      time: { requestId: newId(), now },
      context: {
        connectionId: newId(),
        connectedAt: now,
        apiId: api.apiId,
        stage: stage.name,
        domainName: byApiId ? new URL(this.services.callbackUrl(served)).host : domainName(request.headers.host, byDomain, endpoint),
        // 1.3.5
        identity: { sourceIp, ...userAgent !== undefined && { userAgent } },
        stageVariables: stage.variables,
      },
      handshake: {
        rawHeaders: request.rawHeaders,
        query,
        traceId: newTraceId(now),
        sourceIp,
        port: endpoint.port,
        secure: 'encrypted' in request.socket,
        // 1.1.6
        lowerCaseNames: mappingKey.includes('/'),
      },
    };
  }

  private async pass(visit: Visit, route: Route): Promise<Entrance | Refused> {
    const { served } = visit;
    if (!served.admits(route.routeKey)) {
      const reason = 'the throttling settings let no more connections in';
      return { refusal: UNVERIFIED.throttledConnect, facts: { ...factsOf(visit, route), reason } };
    }
    const authorization = await this.authorization(visit, route);
    const facts = { ...factsOf(visit, route), authorizerInvocation: authorization.invocation };
    if ('refusal' in authorization) return { refusal: authorization.refusal, facts: { ...facts, reason: authorization.reason } };
    const keyComplaint = route.apiKeyRequired ? this.apiKeyComplaint(visit, authorization.usageIdentifierKey) : undefined;
    if (keyComplaint) return { refusal: UNVERIFIED.apiKeyRefused, facts: { ...facts, reason: keyComplaint } };
    const missing = missingParameters(route.requiredParameters, visit);
    if (missing.length > 0) {
      const reason = `$connect requires ${missing.join(', ')}, which the handshake lacks or leaves empty (5.4.2)`;
      return { refusal: missingParametersRefusal(missing), facts: { ...facts, reason } };
    }
    return this.connect(visit, route, authorization, facts);
  }

  private async authorization(visit: Visit, route: Route): Promise<Authorization> {
    if (route.authorization.type === 'NONE') return { context: visit.context };
    if (route.authorization.type === 'CUSTOM') return authorize(visit, route.authorization.authorizer, this.services);
    const { headers, query } = visit;
    const complaint = iamSignatureComplaint(headers, query);
    if (complaint) return { refusal: UNVERIFIED.unsigned, reason: complaint };
    const { api } = visit.served;
    return { context: { ...visit.context, identity: { ...visit.context.identity, ...iamIdentity(headers, query, api) } } };
  }

  private apiKeyComplaint({ served: { api, stage }, headers }: Visit, usageIdentifierKey?: string): string | undefined {
    return apiKeyComplaint({
      selectionExpression: api.apiKeySelectionExpression, apiKeys: api.apiKeys, stage: stage.name, headers, usageIdentifierKey,
    });
  }

  private async connect(
    visit: Visit, route: Route, { context, integrationLatency }: Authorized, facts: Facts,
  ): Promise<Entrance | Refused> {
    // assumed (1.2.3): a `$connect` route without an integration lets everybody in
    if (!route.integration) return { ...entrance(visit, context), facts };
    const time = { ...visit.time, now: Date.now() };
    const outcome = await callRoute({
      route,
      context,
      time,
      extra: { eventType: 'CONNECT' },
      event: () => connectEvent(context, time, visit.handshake, integrationLatency),
      body: '',
      handshake: templateInput(visit.handshake),
    }, this.services);
    const refusal = refusalOf(outcome);
    if (refusal) return { refusal, facts: { ...facts, outcome, reason: outcome.ok ? '$connect refused the client' : outcome.reason } };
    return { ...entrance(visit, context, outcome), facts: { ...facts, outcome } };
  }
}

/** It leads to no stage, so nothing else is known of it. */
function astray(refusal: Refusal, reason: string): Refused {
  return { refusal, facts: { startedAt: Date.now(), requestId: newId(), reason } };
}

function entrance({ served, time }: Visit, context: ConnectionContext, outcome?: RouteOutcome): Entrance {
  return {
    served,
    context,
    subprotocol: outcome?.ok ? subprotocol(outcome.headers) : undefined,
    facts: { served, startedAt: time.now, requestId: time.requestId, connectionId: context.connectionId },
  };
}

function factsOf({ served, time, context }: Visit, route: Route): Facts {
  return {
    served,
    startedAt: time.now,
    requestId: time.requestId,
    connectionId: context.connectionId,
    routeKey: route.routeKey,
    integration: route.integration,
  };
}

/** Section 2; `undefined`: the client may come in. */
function refusalOf(outcome: RouteOutcome): Refusal | undefined {
  if (!outcome.ok) return CONNECT_FAILURES[outcome.kind];
  const status = connectStatus(outcome.status);
  return status === 101 ? undefined : { status, body: UNVERIFIED.refusedConnectBody, errorType: '' };
}

/** 5.3.3, 5.3.4: what templates and parameters may read of a handshake. */
function templateInput(handshake: HandshakeRequest) {
  const headers = connectHeaders(handshake.rawHeaders, handshake);
  const query = queryMaps(handshake.query);
  return { headers: headers.single, multiValueHeaders: headers.multi, query: query?.single ?? {}, multiValueQuery: query?.multi ?? {} };
}
