/* A server, whose types clients in another folder import: test/client/types.test.ts. */
import { onConnect, onMessage, room, routes } from 'cdk-websocket-service/runtime';
import type { Message, StandardSchema } from 'cdk-websocket-service/runtime';

/** Declared once: for the emits below, and for the listeners of clients. */
export type Events = {
  said: { text: string; by: string | undefined; at: Date };
  cleared: undefined;
  typing: { user: string } | undefined;
  // The name is the client's own: it arrives as `message`.
  error: { code: number };
};

interface JoinInput { readonly room: string; readonly nick?: string }
declare const Join: StandardSchema<JoinInput, JoinInput & { readonly at: Date }>;
declare const Say: StandardSchema<{ action: 'say'; room: 'lobby' | 'news'; text: string }>;
declare const Move: StandardSchema<{ x: number; y: number } | { room: string; to: string }>;
declare const Loose: StandardSchema<{ [name: string]: unknown; kind: 'a' | 'b' }>;
declare const Enveloped: StandardSchema<{ id: string; since: number; room?: string; list: readonly string[] }>;

/** Without these, nothing of the file is needed but its types. */
export const join = onMessage(Join, ({ body, connection, since }) => room<Events>(body.room).join(connection, { since }));
export const say = onMessage(Say, async ({ body, connection }) => {
  const at = new Date();
  await room<Events>(body.room).emit('said', { text: body.text, by: connection.user, at });
  await room<Events>(body.room).emit('cleared');
  await room<Events>(body.room).emit('typing', { user: 'ada' });
  return { at, length: body.text.length, secret: (): number => 1 };
});
export const move = onMessage(Move, () => undefined);
export const loose = onMessage(Loose, ({ body }) => body.kind);
export const enveloped = onMessage(Enveloped, ({ body }) => body.list);
export const raw = async (event: { readonly body?: string }): Promise<{ statusCode: number }> => ({ statusCode: event.body ? 200 : 400 });

/** Not of the routes, though it is exported beside them. */
export const VERSION = 1;

/** A `$default` for mistakes. */
const fallback = onMessage(() => ({ message: 'no such action' }));

export const handler = routes({
  $connect: onConnect(() => undefined), $default: fallback, join, say, move, loose, enveloped, raw,
});

/** A `$default` that takes messages. */
export const chatter = routes({ join, $default: onMessage(({ body }: Message<{ text: string } | string>) => body) });
/** A `$default` whose messages name what they want. */
export const operator = routes({ join, $default: onMessage(({ body }: Message<{ action: string; operand: number }>) => body.operand) });
