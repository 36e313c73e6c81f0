import type { IncomingMessage, ServerResponse } from 'http';
import { tableNames } from './table-names';
import type { Trace } from '../trace';

/** The longest part of an input or output that is kept, in bytes. */
const LONGEST = 8_192;

/** Adds the call of a handler to a trace when it is over. @returns what reads the answer of the database, too */
export function traceCall(
  trace: Trace, { headers }: IncomingMessage, body: Buffer, response: ServerResponse,
): (answer: IncomingMessage) => void {
  const startedAt = Date.now();
  const chunks: Buffer[] = [];
  let [kept, length] = [0, 0];
  response.once('close', () => trace.add({
    type: 'store',
    time: Date.now(),
    operation: String(headers['x-amz-target'] ?? '').replace(/^.*\./, ''),
    table: tableNames(body).join(', ') || undefined,
    status: response.statusCode,
    duration: Date.now() - startedAt,
    input: beginning(body, body.length),
    output: length === 0 ? undefined : beginning(Buffer.concat(chunks), length),
  }));
  return (answer) => answer.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (kept >= LONGEST) return;
    kept += chunk.length;
    chunks.push(chunk);
  });
}

function beginning(bytes: Buffer, length: number): string {
  return length > LONGEST ? `${bytes.subarray(0, LONGEST).toString()}... (${length} bytes)` : bytes.toString();
}
