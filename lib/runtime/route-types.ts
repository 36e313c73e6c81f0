/**
 * What clients send to the routes of a server, and what they get back: `RouteTypes<typeof handler>` of what `routes({ ... })` made, or of
 * a type that names handlers by route key, `{ join: typeof rooms.join }`.
 */
export type RouteTypes<Server> = Server extends { readonly '~routes'?: infer Handlers } ? OfEach<NonNullable<Handlers>> : OfEach<Server>;

type OfEach<Handlers> = {
  [Key in Exclude<keyof Handlers & string, '$connect' | '$disconnect'>]: {
    readonly input: InputOfHandler<Handlers[Key]>;
    readonly reply: ReplyOfHandler<Handlers[Key]>;
  };
};

/** Of a handler that `onMessage` made: the message, as its schema takes it. Of any other handler `unknown`. */
export type InputOfHandler<Handler> = Handler extends { readonly '~message'?: infer Types } ? Member<NonNullable<Types>, 'input'> : unknown;

/** Of a handler that `onMessage` made: what JSON makes of its result. Of any other handler `unknown`. */
export type ReplyOfHandler<Handler> =
  Handler extends { readonly '~message'?: infer Types } ? Json<Member<NonNullable<Types>, 'reply'>> : unknown;

type Member<Types, Name extends string> = Types extends Readonly<Record<Name, infer Type>> ? Type : unknown;

/** What is left of a value that goes through JSON. */
export type Json<Value> =
  unknown extends Value ? Value
    : Value extends { toJSON(...of: never): infer Made } ? Json<Made>
      : Value extends string | number | boolean | null ? Value
        : Value extends bigint ? never
          : Value extends Omitted ? null
            : Value extends readonly unknown[] ? { [Index in keyof Value]: Json<Value[Index]> }
              : { [Key in keyof Value as Value[Key] extends Omitted ? never : Exclude<Key, symbol>]: JsonMember<Value[Key]> };

/** What JSON has no text for: a member is left out, an item of a list is `null`. */
type Omitted = undefined | void | symbol | ((...of: never) => unknown);

type JsonMember<Value> = Json<Exclude<Value, Omitted>> | Extract<Value, undefined>;
