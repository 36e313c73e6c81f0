import { failure, messageOf } from './integration-outcome';
import type { IntegrationFailure, IntegrationRequest } from './integration-outcome';
import { renderTemplate } from './mapping-template';
import { requestVariables } from './selection-expression';
import { chosenTemplate } from './template-choice';
import { parsedJson } from '../protocol/json';
import { shortened } from '../protocol/quote';

/** What the backend is sent, or why nothing. */
type RequestPayload = { readonly text: string } | IntegrationFailure;

/** The body of a non-proxy integration's request: the mapping template's, or the message itself (5.3.1, 5.3.2). */
export function requestPayload(request: IntegrationRequest): RequestPayload {
  const { integration, body } = request;
  try {
    const template = chosenTemplate(integration.requestTemplates, integration.templateSelectionExpression, requestVariables(body));
    if (template !== undefined) return rendered(request, renderTemplate(template, templateInput(request)));
  } catch (thrown) {
    return failure('misconfigured', `the request template of ${integration.logicalId} failed: ${messageOf(thrown)}`);
  }
  return passesThrough(request) ? { text: body } : failure('noTemplate', noTemplate(request));
}

/** Functions and mocks take JSON only: how the rest begins tells which part of the template went wrong. */
function rendered({ integration: { type, logicalId, contentHandling } }: IntegrationRequest, text: string): RequestPayload {
  const takesJson = type === 'MOCK' || (type === 'AWS' && contentHandling !== 'CONVERT_TO_BINARY');
  if (!takesJson || text === '' || parsedJson(text) !== undefined) return { text };
  return failure('misconfigured', `the request template of ${logicalId} rendered no JSON: ${shortened(text)}`);
}

/** The bytes for the backend: what came as base64 may go on as what it stands for (4.3.2). */
export function encodedPayload({ integration }: IntegrationRequest, text: string): Buffer {
  return Buffer.from(text, integration.contentHandling === 'CONVERT_TO_BINARY' ? 'base64' : 'utf8');
}

/** What templates read, for a request. */
export function templateInput({ body, context, stageVariables, handshake }: IntegrationRequest) {
  return { body, context: context(), stageVariables, handshake };
}

/** 5.3.2 */
function passesThrough({ integration: { passthroughBehavior, requestTemplates } }: IntegrationRequest): boolean {
  if (passthroughBehavior === 'WHEN_NO_TEMPLATES') return Object.keys(requestTemplates).length === 0;
  return passthroughBehavior === 'WHEN_NO_MATCH';
}

function noTemplate({ integration }: IntegrationRequest): string {
  const keys = Object.keys(integration.requestTemplates).join(', ') || 'none';
  return `no request template of ${integration.logicalId} matches (it has ${keys}) and its PassthroughBehavior is `
    + `${integration.passthroughBehavior}: add the template $default`;
}
