/* The types of handlers with schemas of real libraries: it must compile, with the rest of the tests. */
import { onMessage } from 'cdk-websocket-service/runtime';
import type { InputOfHandler } from 'cdk-websocket-service/runtime';
import * as v from 'valibot';
import { z } from 'zod';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function assert<_T extends true>(): void { /* Types only. */ }

export const withZod = onMessage(z.object({ text: z.string(), at: z.coerce.date().optional() }), ({ body }) => {
  assert<Equal<typeof body, { text: string; at?: Date | undefined }>>();
  return body;
});

export const withValibot = onMessage(v.object({ text: v.pipe(v.string(), v.transform((text) => text.length)) }), ({ body }) => {
  assert<Equal<typeof body, { text: number }>>();
  return body;
});
assert<Equal<InputOfHandler<typeof withValibot>, { text: string }>>();

// An ES module, which CommonJS imports so.
export async function withArktype() {
  const { type } = await import('arktype');
  return onMessage(type({ 'text': 'string', 'at?': 'number' }), ({ body }) => {
    assert<Equal<typeof body, { text: string; at?: number }>>();
    // @ts-expect-error the schema has no such member
    void body.name;
    return body;
  });
}
