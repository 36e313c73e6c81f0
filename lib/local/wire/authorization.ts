import type { Visit } from './admission';
import { Services } from './services';
import { Authorizer } from '../assembly/model';
import { InvocationResult } from '../functions/invoker';
import { chosenFunction, targetIn } from '../integrations/integration';
import { readAuthorizerResult } from '../protocol/authorizer-result';
import { Refusal } from '../protocol/connect-answer';
import { authorizerEvent, ConnectionContext, contextVariables } from '../protocol/events';
import { missingIdentitySource } from '../protocol/identity-source';
import { UNVERIFIED } from '../protocol/unverified';

/** What came of the authorization of `$connect`; with the invocation of the authorizer, if one was asked. */
export type Authorization = Authorized | Unauthorized;

export interface Authorized {
  readonly context: ConnectionContext;
  readonly usageIdentifierKey?: string;
  readonly integrationLatency?: number;
  readonly invocation?: InvocationResult;
}

export interface Unauthorized {
  readonly refusal: Refusal;
  readonly reason: string;
  readonly invocation?: InvocationResult;
}

/** Asks a Lambda authorizer (section 3). */
export async function authorize(visit: Visit, authorizer: Authorizer, services: Services): Promise<Authorization> {
  const { context, time, handshake, served: { api, stage } } = visit;
  const missing = missingIdentitySource(authorizer.identitySource, {
    headers: visit.headers,
    query: visit.query,
    stageVariables: stage.variables,
    context: contextVariables(context, time, { eventType: 'CONNECT', routeKey: '$connect' }),
  });
  // 3.4: the authorizer is not even asked.
  if (missing) return { refusal: UNVERIFIED.missingIdentitySource, reason: `the identity source ${missing} is missing or empty` };

  const target = chosenFunction(targetIn(stage.name, authorizer.target), stage.variables);
  if ('reason' in target) return { refusal: UNVERIFIED.authorizerFailure, reason: `${authorizer.name}: ${target.reason}` };
  const methodArn = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.apiId}/${stage.name}/$connect`;
  const startedAt = Date.now();
  const invocation = await services.invoker.invoke(target.functionId, JSON.stringify(authorizerEvent(context, time, handshake, methodArn)));
  const decision = readAuthorizerResult(invocation, methodArn, Date.now() - startedAt);
  if (!decision.allowed) return { refusal: decision, reason: `${authorizer.name}: ${decision.reason}`, invocation };
  const { usageIdentifierKey, integrationLatency } = decision;
  return { context: { ...context, authorizer: decision.context }, usageIdentifierKey, integrationLatency, invocation };
}
