/* Clients of a server with schemas of real libraries, in Node.js: as client.ts and mistakes.ts in one. */
import { connect } from 'cdk-websocket-service/client';
import { WebSocket as Ws } from 'ws';
import type { handler } from '../server/libraries.mjs';

const socket = connect<typeof handler>({ url: 'wss://a', WebSocket: Ws });
const { signal } = new AbortController();

export async function withLibraries(): Promise<[string, string, number, string, number | undefined]> {
  const { at, nick } = await socket.request({ action: 'zod', room: 'a', at: '2026-01-31' }, { signal });
  const length = await socket.request({ action: 'valibot', text: 'a' });
  const kind = await socket.request({ action: 'either', kind: 'a', a: 1 });
  socket.send({ action: 'strict', n: 1 });
  const { n } = await socket.join({ action: 'arktype', room: 'a' }).ready;
  return [at, nick, length, kind, n];
}

// @ts-expect-error TS2322 the schema takes a text
socket.send({ action: 'zod', room: 'a', at: new Date() });
// @ts-expect-error TS2353 of the other alternative
socket.send({ action: 'either', kind: 'a', b: 'b' });
// @ts-expect-error TS2322 the schema takes a text
socket.send({ action: 'valibot', text: 1 });
// @ts-expect-error TS2353 no such member
socket.send({ action: 'strict', n: 1, m: 1 });
// @ts-expect-error TS2322 the schema takes a number
socket.join({ action: 'arktype', room: 'a', n: 'one' });
