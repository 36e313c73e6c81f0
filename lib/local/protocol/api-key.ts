import { headerValue } from './request';
import type { ApiKey } from '../assembly/model';

interface ApiKeyRequest {
  /** `$request.header.x-api-key` or `$context.authorizer.usageIdentifierKey`. */
  readonly selectionExpression: string;
  readonly apiKeys: readonly ApiKey[];
  /** The stage's name. */
  readonly stage: string;
  /** Names in any spelling. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the authorizer returned. */
  readonly usageIdentifierKey?: string;
}

/** The key that the request shows, if a usage plan opens the stage to it (3.13). */
export function usableApiKey(request: ApiKeyRequest): ApiKey | undefined {
  const shown = shownKey(request);
  return shown ? request.apiKeys.find(({ value, stages }) => value === shown && stages.includes(request.stage)) : undefined;
}

/** Why a route that requires an API key is closed to the request, in one line that does not quote the key; absent if it is open (3.13). */
export function apiKeyError(request: ApiKeyRequest): string | undefined {
  if (usableApiKey(request)) return undefined;
  const shown = shownKey(request);
  if (!shown) return `the route requires an API key, and there is none in ${place(request)}`;
  return request.apiKeys.some(({ value }) => value === shown)
    ? `no usage plan opens stage ${request.stage} to the API key in ${place(request)}`
    : `the API key in ${place(request)} is none of this API`;
}

function shownKey({ selectionExpression, headers, usageIdentifierKey }: ApiKeyRequest): string | undefined {
  return fromAuthorizer(selectionExpression) ? usageIdentifierKey : headerValue(headers, 'x-api-key');
}

function place({ selectionExpression }: ApiKeyRequest): string {
  return fromAuthorizer(selectionExpression) ? 'the usageIdentifierKey of the authorizer' : 'the header x-api-key';
}

function fromAuthorizer(expression: string): boolean {
  return expression.replace(/[{}]/g, '') === '$context.authorizer.usageIdentifierKey';
}
