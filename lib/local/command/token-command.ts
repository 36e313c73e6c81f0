import { usage } from './usage';
import { GatewayError } from '../gateway-error';
import type { TokenRequest } from '../issuer/claims';

/** Asks a gateway that runs on this machine for a token. */
export interface TokenCommand {
  readonly host: string;
  readonly port: number;
  /** The body of `POST /_ws/token`. */
  readonly request: TokenRequest;
}

/** The claims of `--claim group=x --claim 'roles=["a"]'`: what is JSON is taken as JSON, everything else as text. */
export function parseClaims(texts: readonly string[] = []): Record<string, unknown> | undefined {
  const claims = new Map<string, unknown>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw usage(`--claim must be name=value, got ${JSON.stringify(text)}`);
    if (claims.has(name)) throw usage(`--claim ${name} is given twice; a list is given as JSON: --claim '${name}=["a","b"]'`);
    claims.set(name, jsonOrText(value));
  }
  return claims.size === 0 ? undefined : Object.fromEntries(claims);
}

/** A number that JavaScript would round, such as a long id, stays the text that it is. */
function jsonOrText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}

/** Milliseconds. */
const PATIENCE = 10_000;

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** @throws GatewayError NO_TOKEN */
export async function requestToken({ host, port, request }: TokenCommand): Promise<string> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/_ws/token`;
  const { status, answer } = await post(url, request);
  if (typeof answer.token === 'string' && JWT.test(answer.token)) return answer.token;
  const reason = typeof answer.message === 'string' ? answer.message : `${url} was answered by another program (status ${status})`;
  throw new GatewayError('NO_TOKEN', reason);
}

interface Answer {
  readonly token?: unknown;
  readonly message?: unknown;
}

async function post(url: string, body: TokenRequest): Promise<{ readonly status: number; readonly answer: Answer }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    return { status: response.status, answer: parsed(text) };
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
    throw new GatewayError('NO_TOKEN', `no gateway answers at ${url} (${cause?.code ?? message}); start one with `
      + 'cdk-websocket-service local --local-issuer, or give the --port of the one that runs');
  }
}

function parsed(text: string): Answer {
  try {
    return JSON.parse(text) as Answer | null ?? {};
  } catch {
    return {};
  }
}
