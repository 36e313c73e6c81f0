/* The same with schemas of real libraries. */
import { type } from 'arktype';
import { onMessage, routes } from 'cdk-websocket-service/runtime';
import * as v from 'valibot';
import { z } from 'zod';

export const handler = routes({
  zod: onMessage(z.object({ action: z.literal('zod'), room: z.string(), at: z.coerce.date<string>(), nick: z.string().default('?') }), (
    ({ body }) => ({ at: body.at, nick: body.nick }))),
  strict: onMessage(z.strictObject({ action: z.string(), n: z.number().optional() }), ({ body }) => body),
  either: onMessage(z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), a: z.number() }), z.object({ kind: z.literal('b'), b: z.string() }),
  ]), ({ body }) => body.kind),
  valibot: onMessage(v.object({ text: v.pipe(v.string(), v.transform((text) => text.length)) }), ({ body }) => body.text),
  arktype: onMessage(type({ 'room': 'string', 'n?': 'number' }), ({ body }) => ({ n: body.n })),
});
