/*
 * As typed-handlers.ts: what the types say to those who join, send and answer with what the runtime returns, in the strictest project.
 */
import { accept, allow, connection, onAuthorize, onConnect, onMessage, room, routes, user } from 'cdk-websocket-service/runtime';
import type { Message, ReplyOfHandler, RouteTypes, WebsocketResult } from 'cdk-websocket-service/runtime';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function assert<_T extends true>(): void { /* Types only. */ }

// Types and interfaces, which have no index signature.
type Events = { said: { text: string; by: string | undefined }; cleared: undefined };
interface Claims { readonly admin: boolean; readonly teams: readonly string[] }
interface Page { readonly after?: string }

// What is absent in a message, a query or a list may be given on.
export const join = onMessage(({ connection: me, since, body }: Message<{ meta?: object }>) => (
  room('a').join(me, { since, meta: body.meta, announce: undefined, members: undefined })
));
export const members = onMessage(({ body }: Message<Page>) => room('a').members({ limit: undefined, after: body.after }));
export const connect = onConnect(({ protocols }) => accept({ protocol: protocols[0] }));
export const authorize = onAuthorize(({ token, query }) => {
  const claims: Claims = { admin: false, teams: [] };
  return token === undefined ? 'unauthorized' : allow({ user: token, claims, usageIdentifierKey: query.key });
});
export const mirror = async ({ body }: { body?: string }): Promise<WebsocketResult> => ({ statusCode: 200, body });

export const say = onMessage(async ({ connection: me }: Message<unknown, Claims>) => {
  const lobby = room<Events>('lobby');
  await lobby.emit('cleared');
  await connection(me).send(me.claims.teams, { except: undefined });
  // @ts-expect-error there is no such event
  await lobby.emit('sayd', { text: 'hi', by: undefined });
  // @ts-expect-error the event has data
  await lobby.emit('said');
  // @ts-expect-error the event has other data
  await lobby.emit('said', { txt: 'hi' });
  return lobby.emit('said', { text: 'hi', by: me.user }, { volatile: undefined, except: [me, 'ada'] });
});
export const dates = onMessage(() => ({ at: new Date(), maybe: undefined as Date | undefined, never: undefined, list: [new Date(), undefined] }));
export const silent = onMessage(async () => { await user('ada').close(); });

export const handler = routes({
  $connect: connect,
  join,
  members,
  say,
  dates,
  silent,
  mirror,
  inline: async (event) => {
    // @ts-expect-error the event needs a type
    void event.body;
  },
});

type Server = RouteTypes<typeof handler>;
declare const joined: Server['join']['reply'];
export const at: string | undefined = joined.members[0]?.joinedAt;
export const seq: number | undefined = joined.seq;
export const missing: number[] = joined.void;
declare const delivery: ReplyOfHandler<typeof say>;
export const failed: string | undefined = delivery.failed[0]?.code;
assert<Equal<Server['members']['reply'][number]['joinedAt'], string>>();
assert<Equal<Server['dates']['reply'], { at: string; maybe: string | undefined; list: Array<string | null> }>>();
assert<Equal<Server['silent']['reply'], null>>();
assert<Equal<Server['inline'], { readonly input: unknown; readonly reply: unknown }>>();
