import { missingIdentitySource } from './identity-source';
import { Refusal, UNVERIFIED } from './unverified';

/** Where parameters are looked for; header names in any spelling. */
interface ParameterRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** The required parameters that a handshake lacks or leaves empty (5.4.2): `route.request.querystring.X`, `route.request.header.X`. */
export function missingParameters(required: readonly string[], { headers, query }: ParameterRequest): string[] {
  // They are looked for as identity sources are.
  return required.filter((name) => missingIdentitySource([name], { headers, query, stageVariables: {}, context: {} }) !== undefined);
}

/** 5.4.2: the answer to a handshake without them. */
export function missingParametersRefusal(missing: readonly string[]): Refusal {
  const { status, message, errorType } = UNVERIFIED.missingParameter;
  const names = missing.map((parameter) => parameter.replace(/^route\.request\.(?:header|querystring)\./, ''));
  return { status, errorType, body: JSON.stringify({ message: `${message}[${names.join(', ')}]` }) };
}
