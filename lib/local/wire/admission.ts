import type { IncomingMessage } from 'http';
import { AddressBook, noStageForHandshake } from './address-book';
import { admit, Admitted, factsOf, HandshakeFacts, ListenAddress, readHandshake, Refused, StageHandshake } from './handshake';
import { callRoute, RouteOutcome, Services } from './requests';
import { tracedInvoker } from './traces';
import { Authorizer, Route } from '../assembly/local-app';
import { InvocationResult } from '../functions/invoker';
import { chosenFunction, targetIn } from '../integrations/integration';
import { readAuthorizerResult } from '../protocol/authorizer-result';
import {
  CONNECT_FAILURES, connectStatus, missingIdentitySource, missingParameters, missingParametersRefusal, Refusal,
} from '../protocol/connect-answer';
import { authorizerEvent, connectEvent, ConnectionContext, contextVariables, HandshakeRequest, newRequest } from '../protocol/events';
import { iamIdentity, iamSignatureError } from '../protocol/iam-signature';
import { LIMITS } from '../protocol/limits';
import { connectHeaders, headerValue, parseTarget, queryMaps } from '../protocol/request';
import { UNVERIFIED } from '../protocol/unverified';
import type { RecordedAdmission } from '../recorded-admission';

/** The result of the authorization of `$connect`, with the invocation of the authorizer if there is one. */
type AuthorizationResult = Authorized | Unauthorized;

interface Authorized {
  readonly context: ConnectionContext;
  readonly usageIdentifierKey?: string;
  readonly integrationLatency?: number;
  readonly invocation?: InvocationResult;
}

interface Unauthorized {
  readonly refusal: Refusal;
  readonly reason: string;
  readonly invocation?: InvocationResult;
}

/** Decides which handshakes open a WebSocket, in the order of 1.2.1. */
export class Admission {
  public constructor(private readonly services: Services, private readonly listens: () => ListenAddress) {}

  public async decide(book: AddressBook, request: IncomingMessage): Promise<Admitted | Refused> {
    const { path, query } = parseTarget(request.url ?? '/');
    const { url = '', headers: { host = '' } } = request;
    if (url.length > LIMITS.urlLength) {
      return withoutStage(UNVERIFIED.urlTooLong, `the URL has ${url.length} characters; at most ${LIMITS.urlLength} are allowed (1.1.8)`);
    }
    const address = book.find(host, path);
    // 1.1.1, 1.1.2, 1.1.3: nothing but a slash may follow the stage.
    if (!address || (address.rest !== '' && address.rest !== '/')) {
      return withoutStage(UNVERIFIED.unknownPath, noStageForHandshake(book, host, path, address));
    }
    const handshake = readHandshake(address, request, query, this.listens(), this.services.callbackUrl);
    const fault = this.services.faults?.refuse();
    if (fault) {
      const { served, stamp, context: { connectionId } } = handshake;
      const reason = `a fault refuses handshakes with ${fault.status} (docs/faults.md)`;
      return { refusal: fault, facts: { served, stamp, connectionId, reason } };
    }
    const route = address.served.api.routes.get('$connect');
    // 1.2.3: an API without `$connect` lets everybody in.
    return route ? this.check(handshake, route) : admit(handshake, handshake.context);
  }

  private async check(handshake: StageHandshake, route: Route): Promise<Admitted | Refused> {
    if (!handshake.served.admits(route.routeKey, this.services)) {
      const reason = 'the throttling settings let no more connections in';
      return { refusal: UNVERIFIED.throttledConnect, facts: { ...factsOf(handshake, route), reason } };
    }
    const authorization = await this.authorize(handshake, route);
    const facts = { ...factsOf(handshake, route), authorizerInvocation: authorization.invocation };
    if ('refusal' in authorization) return { refusal: authorization.refusal, facts: { ...facts, reason: authorization.reason } };
    const needsKey = route.apiKeyRequired && !this.recorded(handshake)?.passed;
    const keyError = needsKey ? apiKeyError(handshake, authorization.usageIdentifierKey) : undefined;
    if (keyError) return { refusal: UNVERIFIED.apiKeyRefused, facts: { ...facts, reason: keyError } };
    const missing = missingParameters(route.requiredParameters, handshake);
    if (missing.length > 0) {
      const reason = `$connect requires ${missing.join(', ')}, which the handshake lacks or leaves empty (5.4.2)`;
      return { refusal: missingParametersRefusal(missing), facts: { ...facts, reason } };
    }
    return this.connect(handshake, route, authorization, facts);
  }

  private async authorize(handshake: StageHandshake, { authorization }: Route): Promise<AuthorizationResult> {
    const { context, headers, query, served: { api } } = handshake;
    if (authorization.type === 'NONE') return { context };
    if (authorization.type === 'CUSTOM') return this.invokeAuthorizer(handshake, authorization.authorizer);
    const error = iamSignatureError(headers, query);
    if (error && !this.recorded(handshake)?.passed) return { refusal: UNVERIFIED.unsigned, reason: error };
    return { context: { ...context, identity: { ...context.identity, ...iamIdentity(headers, query, api) } } };
  }

  /** Invokes the Lambda authorizer (section 3). */
  private async invokeAuthorizer(handshake: StageHandshake, { name, identitySource, target }: Authorizer): Promise<AuthorizationResult> {
    const { context, stamp, headers, query, served: { api, stage } } = handshake;
    const { services } = this;
    const missing = missingIdentitySource(identitySource, {
      headers,
      query,
      stageVariables: stage.variables,
      context: contextVariables(context, stamp, { eventType: 'CONNECT', routeKey: '$connect' }),
    });
    // 3.4: the authorizer is not invoked.
    if (missing) return { refusal: UNVERIFIED.missingIdentitySource, reason: `the identity source ${missing} is missing or empty` };
    const chosen = chosenFunction(targetIn(stage.name, target), stage.variables);
    if ('reason' in chosen) return { refusal: UNVERIFIED.authorizerFailure, reason: `${name}: ${chosen.reason}` };
    const methodArn = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.apiId}/${stage.name}/$connect`;
    const startedAt = Date.now();
    const event = JSON.stringify(authorizerEvent(context, stamp, handshake.request, methodArn));
    const invoker = services.trace.isOn
      ? tracedInvoker(services, { role: 'authorizer', requestId: stamp.requestId, connectionId: context.connectionId })
      : services.invoker;
    const invocation = this.recorded(handshake)?.authorizer ?? await invoker.invoke(chosen.functionId, event);
    const decision = readAuthorizerResult(invocation, this.recorded(handshake)?.methodArn ?? methodArn, Date.now() - startedAt);
    if (!decision.allowed) return { refusal: decision, reason: `${name}: ${decision.reason}`, invocation };
    const { usageIdentifierKey, integrationLatency } = decision;
    return { context: { ...context, authorizer: decision.context }, usageIdentifierKey, integrationLatency, invocation };
  }

  private recorded({ request }: StageHandshake): RecordedAdmission | undefined {
    return this.services.recorded?.(request.rawHeaders);
  }

  private async connect(
    handshake: StageHandshake, route: Route, { context, integrationLatency }: Authorized, facts: HandshakeFacts,
  ): Promise<Admitted | Refused> {
    // assumed (1.2.3): a `$connect` route without an integration lets everybody in
    if (!route.integration) return { ...admit(handshake, context), facts };
    const stamp = { ...handshake.stamp, time: Date.now() };
    const outcome = await callRoute({
      route,
      context,
      stamp,
      extra: { eventType: 'CONNECT' },
      event: () => connectEvent(context, stamp, handshake.request, integrationLatency),
      body: '',
      handshake: templateInput(handshake.request),
    }, this.services);
    const refusal = refusalOf(outcome);
    if (refusal) return { refusal, facts: { ...facts, outcome, reason: outcome.ok ? '$connect refused the client' : outcome.reason } };
    return { ...admit(handshake, context, outcome), facts: { ...facts, outcome } };
  }
}

function withoutStage(refusal: Refusal, reason: string): Refused {
  return { refusal, facts: { stamp: newRequest(), reason } };
}

/** Why a handshake lacks the API key that its route requires, in one line that does not quote the key; `undefined` if it has one (3.13). */
export function apiKeyError(
  { served: { api, stage }, headers }: Pick<StageHandshake, 'served' | 'headers'>, usageIdentifierKey?: string,
): string | undefined {
  const fromAuthorizer = api.apiKeySelectionExpression.replace(/[{}]/g, '') === '$context.authorizer.usageIdentifierKey';
  const source = fromAuthorizer ? 'the usageIdentifierKey of the authorizer' : 'the header x-api-key';
  const key = fromAuthorizer ? usageIdentifierKey : headerValue(headers, 'x-api-key');
  if (!key) return `the route requires an API key, but ${source} has none`;
  const known = api.apiKeys.filter(({ value }) => value === key);
  if (known.length === 0) return `the API key in ${source} is not a key of this API`;
  if (known.some(({ stages }) => stages.includes(stage.name))) return undefined;
  return `no usage plan opens stage ${stage.name} to the API key in ${source}`;
}

/** The refusal for an outcome of `$connect` (section 2); `undefined` if the client is let in. */
function refusalOf(outcome: RouteOutcome): Refusal | undefined {
  if (!outcome.ok) return CONNECT_FAILURES[outcome.kind];
  const status = connectStatus(outcome.status);
  return status === 101 ? undefined : { status, body: UNVERIFIED.refusedConnectBody, errorType: '' };
}

/** 5.3.3, 5.3.4: what templates and parameters may read of a handshake. */
function templateInput(request: HandshakeRequest) {
  const headers = connectHeaders(request.rawHeaders, request);
  const query = queryMaps(request.query);
  return { headers: headers.single, multiValueHeaders: headers.multi, query: query?.single ?? {}, multiValueQuery: query?.multi ?? {} };
}
