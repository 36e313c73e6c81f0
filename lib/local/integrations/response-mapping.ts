import { failure, messageOf } from './integration';
import type { IntegrationOutcome, IntegrationRequest } from './integration';
import { renderTemplate } from './mapping-template';
import { templateInput } from './request-mapping';
import { after, requestVariables, selectedTemplate } from './selection-key';
import type { SelectionVariable } from './selection-key';
import type { IntegrationResponse } from '../assembly/local-app';
import type { InvocationResult } from '../functions/invoker';
import { headerValue } from '../protocol/request';
import { boundedMatch } from '../protocol/thread-time';

/** The answer of a non-proxy integration's backend. */
interface BackendResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
  /** The text that the keys of the integration responses must match (5.3.5); absent: only `$default` matches. */
  readonly selector?: string;
  readonly invocation?: InvocationResult;
}

/** The outcome of a non-proxy integration: its integration response maps the answer of the backend (5.3.5, 5.3.6). */
export function mappedResponse(request: IntegrationRequest, backend: BackendResponse): IntegrationOutcome {
  const { logicalId, responses } = request.integration;
  try {
    const response = chosenResponse(responses, backend.selector);
    if (!response) return failure('noIntegrationResponse', noResponse(request, backend), backend.invocation);
    const body = responseBody(request, backend, response);
    const { status, headers, invocation } = backend;
    return { ok: true, status, headers, body, ...invocation && { invocation } };
  } catch (thrown) {
    return failure('misconfigured', `the integration response of ${logicalId} failed: ${messageOf(thrown)}`, backend.invocation);
  }
}

function chosenResponse(responses: readonly IntegrationResponse[], selector: string | undefined): IntegrationResponse | undefined {
  return responses.find(({ key }) => selector !== undefined && matches(key, selector)) ?? responses.find(({ key }) => key === '$default');
}

/** A key is `/pattern/` for the whole text, or the text itself, as `200` in the documentation's example. */
function matches(key: string, selector: string): boolean {
  const pattern = /^\/(.*)\/$/s.exec(key);
  if (!pattern) return key === selector;
  return boundedMatch(`^(?:${pattern[1]})$`, (expression) => expression.test(selector));
}

function responseBody(request: IntegrationRequest, backend: BackendResponse, response: IntegrationResponse): string {
  const text = backend.body.toString(response.contentHandling === 'CONVERT_TO_TEXT' ? 'base64' : 'utf8');
  const template = selectedTemplate(response.responseTemplates, response.templateSelectionExpression, responseVariables(request, backend));
  const input = templateInput(request);
  const body = template === undefined
    ? text
    : renderTemplate(template, { ...input, body: text, context: { ...input.context, status: backend.status } });
  // 4.3.2: frames are text, even if the base64 holds something else.
  return response.contentHandling === 'CONVERT_TO_BINARY' ? Buffer.from(body, 'base64').toString() : body;
}

/** The variables of a template selection expression of an integration response (5.3.6). */
function responseVariables(request: IntegrationRequest, backend: BackendResponse): SelectionVariable {
  const ofRequest = requestVariables(request.body);
  return (name) => {
    if (name === 'integration.response.statuscode') return backend.status;
    const header = after(name, 'integration.response.header.');
    if (header !== undefined) return headerValue(backend.headers, header);
    const multi = after(name, 'integration.response.multivalueheader.');
    return multi !== undefined ? headerValue(backend.multiValueHeaders ?? {}, multi) : ofRequest(name);
  };
}

function noResponse({ integration }: IntegrationRequest, { selector }: BackendResponse): string {
  const keys = integration.responses.map(({ key }) => key).join(', ') || 'none';
  const got = selector === undefined ? 'a successful response' : JSON.stringify(selector);
  return `no integration response of ${integration.logicalId} matches ${got} (it has ${keys}): add the integration response $default`;
}
