import type { Integration } from '../../../../lib/local/assembly/local-app';
import type { InvocationResult, Invoker } from '../../../../lib/local/functions/invoker';
import { runLambdaProxy, type IntegrationOutcome, type IntegrationRequest } from '../../../../lib/local/integrations/integration';
import { runTemplated } from '../../../../lib/local/integrations/templated-integration';

/** An integration request for a message, with what a test is about. */
export function requestFor(integration: Partial<Integration>, others: Partial<IntegrationRequest> = {}): IntegrationRequest {
  return {
    integration: {
      logicalId: 'SendIntegration',
      type: 'AWS_PROXY',
      timeout: 29_000,
      requestTemplates: {},
      requestParameters: {},
      passthroughBehavior: 'WHEN_NO_MATCH',
      responses: [{ key: '$default', responseTemplates: {} }],
      ...integration,
    },
    event: () => '{"event":true}',
    body: '',
    context: () => ({
      apiId: 'abcdefghij', connectionId: 'PJqB0fHsqRcCHlw=', identity: { sourceIp: '203.0.113.7' }, authorizer: { principalId: 'user-1' },
    }),
    stageVariables: {},
    ...others,
  };
}

/** Runs an integration of any type. */
export function runIntegration(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  return request.integration.type === 'AWS_PROXY' ? runLambdaProxy(request, invoker) : runTemplated(request, invoker);
}

/** An invoker that answers all invocations alike, and keeps what it was asked. */
export class RecordingInvoker implements Invoker {
  public readonly invocations: { readonly functionId: string; readonly event: string }[] = [];

  public constructor(private readonly answer: InvocationResult | 'never') {}

  public load(): number {
    return 0;
  }

  public async invoke(functionId: string, event: string, onStart?: () => void): Promise<InvocationResult> {
    this.invocations.push({ functionId, event });
    onStart?.();
    return this.answer === 'never' ? new Promise(() => {}) : this.answer;
  }
}

/** An invocation that returned the value. */
export function returned(value: unknown): InvocationResult {
  return { ok: true, payload: JSON.stringify(value), requestId: 'r-1', duration: 1 };
}

/** An invocation that failed so. */
export function threw(errorMessage: string, errorType = 'Error'): InvocationResult {
  return { ok: false, kind: 'error', errorType, errorMessage, stackTrace: ['at handler'], requestId: 'r-1', duration: 1 };
}
