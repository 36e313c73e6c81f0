import { headerValue } from './request';

interface ApiKeyRequest {
  /** `$request.header.x-api-key` or `$context.authorizer.usageIdentifierKey`. */
  readonly selectionExpression: string;
  /** The API's keys, with the stages that a usage plan opens to each. */
  readonly apiKeys: readonly { readonly value: string; readonly stages: readonly string[] }[];
  /** Name of the stage. */
  readonly stage: string;
  /** Names in any spelling. */
  readonly headers: Readonly<Record<string, string>>;
  /** From the authorizer's result. */
  readonly usageIdentifierKey?: string;
}

/** Why a request may not use a route that requires an API key, in one line that does not quote the key; `undefined` if it may (3.13). */
export function apiKeyError({ selectionExpression, apiKeys, stage, headers, usageIdentifierKey }: ApiKeyRequest): string | undefined {
  const fromAuthorizer = selectionExpression.replace(/[{}]/g, '') === '$context.authorizer.usageIdentifierKey';
  const source = fromAuthorizer ? 'the usageIdentifierKey of the authorizer' : 'the header x-api-key';
  const key = fromAuthorizer ? usageIdentifierKey : headerValue(headers, 'x-api-key');
  if (!key) return `the route requires an API key, but ${source} has none`;
  const known = apiKeys.filter(({ value }) => value === key);
  if (known.length === 0) return `the API key in ${source} is not a key of this API`;
  if (known.some(({ stages }) => stages.includes(stage))) return undefined;
  return `no usage plan opens stage ${stage} to the API key in ${source}`;
}
