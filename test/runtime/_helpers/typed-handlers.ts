/*
 * What the types of the runtime say, for every version of TypeScript and every kind of module: test/runtime/types.test.ts compiles it
 * against the declarations. A line below `@ts-expect-error` must not compile.
 */
import {
  accept, allow, deny, onAuthorize, onConnect, onDisconnect, onMessage, reject, routes, WebsocketError,
} from 'cdk-websocket-service/runtime';
import type {
  Connection, InputOfHandler, Json, LambdaContext, Message, ReplyOfHandler, RouteTypes, StandardSchema, WebsocketConnectEvent,
  WebsocketDisconnectEvent, WebsocketMessageEvent,
} from 'cdk-websocket-service/runtime';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function assert<_T extends true>(): void { /* Types only. */ }

interface JoinInput { readonly room: string; readonly at?: string }
interface JoinBody { readonly room: string; readonly at: Date }
declare const Join: StandardSchema<JoinInput, JoinBody>;

/** A schema that is a function, too, as those of arktype are. */
declare const CallableJoin: StandardSchema<JoinInput, JoinBody> & ((value: unknown) => JoinBody);

export const join = onMessage(Join, async ({ body, connection, since, id, event, lambda }) => {
  assert<Equal<typeof body, JoinBody>>();
  assert<Equal<typeof connection, Connection<Record<string, string>>>>();
  assert<Equal<typeof since, number | undefined>>();
  assert<Equal<typeof id, string | number | undefined>>();
  assert<Equal<typeof event, WebsocketMessageEvent>>();
  assert<Equal<typeof lambda, LambdaContext>>();
  // @ts-expect-error the schema has no such member
  void body.rooms;
  // @ts-expect-error messages have no headers
  void event.headers;
  return { members: [{ joined: body.at, user: connection.user }] };
});

export const callable = onMessage(CallableJoin, ({ body }) => body.room);
export const plain = onMessage(({ body }) => {
  assert<Equal<typeof body, unknown>>();
});
export const annotated = onMessage(({ body, connection }: Message<{ text: string }, { admin: boolean }>) => {
  assert<Equal<typeof connection.claims, { admin: boolean }>>();
  return body.text.length;
});
export const claimed = onMessage(Join, ({ body, connection }: Message<JoinBody, { admin: boolean }>) => {
  assert<Equal<typeof connection.claims.admin, boolean>>();
  return body.at;
}, { envelope: false });
// @ts-expect-error a schema gives another body
export const mismatched = onMessage(Join, ({ body }: Message<{ text: string }>) => body.text);
// @ts-expect-error there is no such option
export const misspelt = onMessage(() => undefined, { envelop: false });

export const connect = onConnect(({ query, headers, protocols, connection, event }) => {
  assert<Equal<typeof query, Record<string, string>>>();
  assert<Equal<typeof headers, Record<string, string>>>();
  assert<Equal<typeof protocols, string[]>>();
  assert<Equal<typeof connection.claims, Record<string, string>>>();
  assert<Equal<typeof event, WebsocketConnectEvent>>();
  // @ts-expect-error the event of $connect has no body
  void event.body;
  // @ts-expect-error without a query there are none
  void event.queryStringParameters.room;
  const latency: number | undefined = event.requestContext.authorizer?.integrationLatency;
  return latency === undefined ? reject(403, { why: 'no' }) : accept({ protocol: protocols[0] });
});
export const quiet = onConnect<{ admin: boolean }>(async ({ connection }) => {
  assert<Equal<typeof connection.claims.admin, boolean>>();
});
// @ts-expect-error false might be meant as a refusal
export const wrong = onConnect(() => false);

export const disconnect = onDisconnect(({ code, reason, event }) => {
  assert<Equal<typeof code, number | undefined>>();
  assert<Equal<typeof reason, string | undefined>>();
  assert<Equal<typeof event, WebsocketDisconnectEvent>>();
  // @ts-expect-error the event of $disconnect has no message
  void event.requestContext.messageId;
});

export const authorize = onAuthorize(async ({ token, query, headers, event }) => {
  assert<Equal<typeof token, string | undefined>>();
  if (token === undefined) return 'unauthorized';
  if (query.room === undefined || headers.origin === undefined) return deny();
  // @ts-expect-error an authorizer knows no user yet
  void event.requestContext.authorizer;
  return allow({ user: token, claims: { admin: false, roles: ['a'] }, usageIdentifierKey: event.methodArn });
});
// @ts-expect-error 401 is written 'unauthorized'
export const misspeltVerdict = onAuthorize(() => 'Unauthorized');
// @ts-expect-error allow needs the user
allow({ claims: {} });

const raw = async (event: { requestContext: { connectionId: string } }): Promise<{ statusCode: number }> => (
  { statusCode: event.requestContext.connectionId === '' ? 400 : 200 }
);
const callback = (_event: unknown, _context: object, done: (error: null, result: object) => void): void => done(null, { statusCode: 200 });

export const handler = routes({ $connect: connect, $disconnect: disconnect, $default: raw, join, plain, annotated, callback });
export const result: Promise<{ readonly statusCode: number }> = handler({} as WebsocketMessageEvent, {} as LambdaContext);
// @ts-expect-error a handler is a function
routes({ join: 'join' });

type Server = RouteTypes<typeof handler>;
assert<Equal<keyof Server, '$default' | 'join' | 'plain' | 'annotated' | 'callback'>>();
assert<Equal<Server['join']['input'], JoinInput>>();
assert<Equal<Server['join']['reply'], { members: Array<{ joined: string; user: string | undefined }> }>>();
assert<Equal<Server['plain'], { readonly input: unknown; readonly reply: null }>>();
assert<Equal<Server['annotated'], { readonly input: { text: string }; readonly reply: number }>>();
assert<Equal<Server['$default'], { readonly input: unknown; readonly reply: unknown }>>();
assert<Equal<RouteTypes<{ join: typeof join }>['join'], Server['join']>>();
assert<Equal<InputOfHandler<typeof callable>, JoinInput>>();
assert<Equal<ReplyOfHandler<typeof callable>, string>>();
assert<Equal<ReplyOfHandler<typeof claimed>, string>>();

class Money {
  public constructor(private readonly cents: number) {}
  public toJSON(): { cents: number } { return { cents: this.cents }; }
}
interface Tree { readonly name: string; readonly children: readonly Tree[] }
assert<Equal<Json<{ a: Date; b?: Money; c: undefined; e: [1, undefined]; f: bigint; d(): void }>, {
  a: string; b?: { cents: number }; e: [1, null]; f: never;
}>>();
assert<Equal<Json<Tree>['children'][number]['name'], string>>();
assert<Equal<Json<unknown>, unknown>>();
assert<Equal<Json<'a' | 1 | null | undefined>, 'a' | 1 | null>>();

export const error: string = new WebsocketError('ROOM_CLOSED', 'the room is closed', { cause: 1 }).code;
// @ts-expect-error an error needs a text
export const textless = new WebsocketError('ROOM_CLOSED');
