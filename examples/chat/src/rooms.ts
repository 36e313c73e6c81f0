import { onMessage, room } from 'cdk-websocket-service/runtime';
import { z } from 'zod';

/** What the members of a room are sent, by event. */
export interface Events {
  said: { from?: string; text: string };
  typing: { from?: string };
}

const Room = z.object({ room: z.string().max(100) });
const Said = Room.extend({ text: z.string().trim().min(1).max(2000) });

/** Answers with the members of the room, after what the client has missed since `since`. */
export const join = onMessage(Room, ({ body, connection, since }) => (
  room(body.room).join(connection, { meta: { name: connection.claims.name }, since, announce: true })
));

export const leave = onMessage(Room, ({ body, connection }) => room(body.room).leave(connection));

export const say = onMessage(Said, async ({ body, connection }) => {
  const { delivered } = await room<Events>(body.room).emit('said', { from: connection.user, text: body.text });
  return { delivered };
});

/** Of no use a second later, so it has no number and no place in the history. */
export const typing = onMessage(Room, async ({ body, connection }) => {
  await room<Events>(body.room).emit('typing', { from: connection.user }, { volatile: true, except: [connection] });
});
