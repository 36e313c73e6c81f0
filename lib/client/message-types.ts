import type { InputOfHandler, Json, ReplyOfHandler } from '../runtime/route-types';

/**
 * The route keys of a server: of `typeof handler`, which `routes({ ... })` made, or of a map of route key to handler. Exports that are not
 * functions are none. A `$default` that says nothing of its messages is for mistakes, so none can be sent to it. Without a type any text.
 */
export type RouteKey<Server = unknown> = unknown extends Server ? string : KeysOf<HandlersOf<Server>>;

/**
 * What can be sent to a server: its route key in the member that selects the route, with the body as the route's handler takes it. A
 * message for `$default` is without that member, unless its schema has it.
 *
 * @example type Say = Message<typeof handler, 'say'>; // { action: 'say' } & { text: string }
 */
export type Message<Server = unknown, Key extends RouteKey<Server> = RouteKey<Server>, Action extends string = 'action'> =
  unknown extends Server ? unknown : Selected<HandlersOf<Server>, Key, Action, never>;

/** The same for a request, which the client gives its `id`. */
export type RequestMessage<Server = unknown, Key extends RouteKey<Server> = RouteKey<Server>, Action extends string = 'action'> =
  unknown extends Server ? object : Exclude<Selected<HandlersOf<Server>, Key, Action, 'id'>, Primitive>;

/** The same for a join, which has a `room`, and which the client gives its `id` and `since`. */
export type JoinMessage<Server = unknown, Key extends JoinKey<Server> = JoinKey<Server>, Action extends string = 'action'> =
  unknown extends Server ? Open<{ readonly room: string }> : Selected<HandlersOf<Server>, Key, Action, 'id' | 'since', 'room'>;

/** The route keys of a server whose messages have a `room`. */
export type JoinKey<Server = unknown> = unknown extends Server ? string : KeysWith<HandlersOf<Server>, 'room'>;

/** The route key of a message that names none. */
export type Unselected<Server> = RouteKey<Server> & ('$default' extends RouteKey<Server> ? '$default' : string);

/** What a server replies on a two-way route: what JSON makes of the handler's result. */
export type Reply<Server = unknown, Key extends RouteKey<Server> = RouteKey<Server>> =
  unknown extends Server ? unknown : HandlersOf<Server> extends Readonly<Record<Key, infer Handler>> ? ReplyOfHandler<Handler> : unknown;

/** The names of a server's events, without those that are the client's own. */
export type EventName<Events = unknown> = unknown extends Events ? string : Exclude<keyof Events & string, ReservedEvent>;

/** Named by the client itself: an event of the server with such a name arrives as `message`. */
export type ReservedEvent = 'state' | 'message' | 'dropped' | 'error' | 'missed' | 'members';

/** What comes with an event: what JSON makes of that which the server emits. */
export type EventData<Events, Name extends string> = Name extends keyof Events ? Received<Events[Name]> : unknown;

type Received<Data> = Json<Exclude<Data, undefined | void>> | (undefined extends Data ? undefined : never);

type Primitive = string | number | boolean | null | undefined;
type AnyFunction = (...of: never) => unknown;

/** A function that `routes` has not made is no server: it has no routes. */
type HandlersOf<Server> =
  Server extends AnyFunction ? Server extends { readonly '~routes'?: infer Handlers } ? NonNullable<Handlers> : object : Server;

type KeysOf<Handlers> = {
  [Key in Exclude<keyof Handlers & string, '$connect' | '$disconnect'>]:
  Handlers[Key] extends AnyFunction ? unknown extends InputOfHandler<Handlers[Key]> ? Exclude<Key, '$default'> : Key : never;
}[Exclude<keyof Handlers & string, '$connect' | '$disconnect'>];

type KeysWith<Handlers, Name extends string> = {
  [Key in KeysOf<Handlers>]: [Having<InputOf<Handlers, Key>, Name>] extends [never] ? never : Key;
}[KeysOf<Handlers>];

type InputOf<Handlers, Key> = Key extends keyof Handlers ? InputOfHandler<Handlers[Key]> : never;

/** @param Given - what the client adds; @param Needed - a text that must be there */
type Selected<Handlers, Key, Action extends string, Given extends string, Needed extends string = never> =
  Key extends '$default' ? Defaulted<Body<Having<InputOf<Handlers, Key>, Needed>, Given>, Action>
    : { readonly [Name in Action]: Key } & Body<Having<InputOf<Handlers, Key>, Needed>, Given>;

/** Without the member that selects the route, except as the schema has it. */
type Defaulted<Input, Action extends string> =
  Input extends object ? Action extends keyof Input ? Input : Input & { readonly [Name in Action]?: never } : Input;

/** Of an input with alternatives, those that have the member. */
type Having<Input, Needed extends string> =
  [Needed] extends [never] ? Input
    : unknown extends Input ? { readonly [Name in Needed]: string } & Unknown
      : Input extends object ? Needed extends keyof Input ? Input & { readonly [Name in Needed]: string } : never : never;

type Body<Input, Given extends string> =
  unknown extends Input ? Open<object>
    : [Given] extends [never] ? Input
      : Input extends object ? { [Name in keyof Input as Exclude<Name, Given>]: Input[Name] } : Input;

interface Unknown { readonly [name: string]: unknown }

/** Any other members: an interface has no index signature, and an object literal may have no others than those named. */
type Open<Known extends object> = Known | Known & Unknown;
