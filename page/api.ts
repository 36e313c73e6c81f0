/** Calls the gateway; `undefined` if it answers 204. What it refuses is an Error with its own words. */
export async function call(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`/_ws${path}`, {
    method,
    ...body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
  }).catch((error: Error) => { throw new Error(`the gateway does not answer: ${error.message}`); });
  const text = await response.text();
  if (!response.ok) throw new Error(messageOf(text) ?? `the gateway answered ${response.status}`);
  return text === '' ? undefined : JSON.parse(text);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(text: string): string | undefined {
  const answer = parsed(text);
  return isRecord(answer) && typeof answer.message === 'string' ? answer.message : undefined;
}
