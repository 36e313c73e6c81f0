import { runHttp, runHttpProxy } from './http-integration';
import { failure, messageOf } from './integration-outcome';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { runLambdaService } from './lambda-service';
import { runMock } from './mock';
import type { Invoker } from '../functions/invoker';

/** Asks an integration that is no AWS_PROXY. Never rejects. */
export async function runTemplated(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const { target } = request.integration;
  // A backend that is not served here, such as one behind a VPC link.
  if (target?.type === 'none') return failure('notInvocable', target.reason);
  try {
    switch (request.integration.type) {
      case 'AWS': return await runLambdaService(request, invoker);
      case 'MOCK': return runMock(request);
      case 'HTTP': return await runHttp(request);
      default: return await runHttpProxy(request);
    }
  } catch (thrown) {
    // Such as data that is nested too deep, or text that no URL can hold.
    return failure('misconfigured', `the integration ${request.integration.logicalId} failed: ${messageOf(thrown)}`);
  }
}
