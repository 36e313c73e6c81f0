import { runHttp, runHttpProxy } from './http-integration';
import { failure, messageOf } from './integration-outcome';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { runLambdaProxy } from './lambda-proxy';
import { runLambdaService } from './lambda-service';
import { runMock } from './mock';
import type { Invoker } from '../functions/invoker';

export type {
  HandshakeParameters, IntegrationAnswer, IntegrationFailure, IntegrationOutcome, IntegrationRequest,
} from './integration-outcome';

/** Asks the integration of a route for its answer, for `$connect`, a message or `$disconnect`. Never rejects. */
export function runIntegration(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  // Nearly all are: no more than their own promise.
  if (request.integration.type === 'AWS_PROXY') return runLambdaProxy(request, invoker);
  return runOther(request, invoker);
}

async function runOther(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const { target } = request.integration;
  // A backend that is not served here, such as one behind a VPC link.
  if (target?.type === 'none') return failure(500, target.reason);
  try {
    switch (request.integration.type) {
      case 'AWS': return await runLambdaService(request, invoker);
      case 'MOCK': return runMock(request);
      case 'HTTP': return await runHttp(request);
      default: return await runHttpProxy(request);
    }
  } catch (thrown) {
    // Such as data that is nested too deep, or text that no URL can hold.
    return failure(500, `the integration ${request.integration.logicalId} failed: ${messageOf(thrown)}`);
  }
}
