import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { runLambdaProxy } from './lambda-proxy';
import type { Invoker } from '../functions/invoker';

export type {
  HandshakeParameters, IntegrationAnswer, IntegrationFailure, IntegrationOutcome, IntegrationRequest,
} from './integration-outcome';

/** Asks the integration of a route for its answer, for `$connect`, a message or `$disconnect`. Never rejects. */
export function runIntegration(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  // Nearly all are: no more than their own promise.
  if (request.integration.type === 'AWS_PROXY') return runLambdaProxy(request, invoker);
  // Loaded when the first one is used: the language of mapping templates takes as long to load as the rest of a small app.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { runTemplated } = require('./templated-integration') as typeof import('./templated-integration');
  return runTemplated(request, invoker);
}
