import { isForClients, runtimeError, WebsocketError } from './error';
import type { LambdaContext, WebsocketMessageEvent } from './events';
import { connectionFrom, expectEvent, Handled, textOf, WebsocketResult } from './handled';
import { runInvocation } from './invocation';
import { countFailure, log, logFailure } from './log';
import { check, Checked, cut, InputOf, isSchema, OutputOf, StandardSchema } from './schema';

/** What the function of `onMessage` is called with. */
export interface Message<Body = unknown, Claims = Record<string, string>> extends Handled<Claims, WebsocketMessageEvent> {
  /** What the schema made of the message. Without one the JSON, without `id` and `since`; or the text, if it is no JSON. */
  readonly body: Body;
  /** The number up to which the client has all events of a room, for `room(name).join`. */
  readonly since?: number;
  /** With an `id`, the client waits for a reply. */
  readonly id?: string | number;
}

export interface MessageOptions {
  /** `false`: `id` and `since` mean nothing special, and no reply has an envelope. By default `true`. */
  readonly envelope?: boolean | undefined;
}

/** Made by `onMessage`: a Lambda handler of any route but `$connect` and `$disconnect`. */
export interface MessageHandler<Input = unknown, Reply = unknown> {
  (event: WebsocketMessageEvent, lambda?: LambdaContext): Promise<WebsocketResult>;
  /** Types only, for clients: it is never set. */
  readonly '~message'?: { readonly input: Input; readonly reply: Reply };
}

/** Of a message in either direction. */
const LIMIT_BYTES = 128 * 1024;

type Fn<Body, Claims, Reply> = (message: Message<Body, Claims>) => Reply;

/**
 * A handler of messages. A schema of zod, valibot, arktype or another library with Standard Schema checks the body and gives its type.
 *
 * On a two-way route, the result is the reply: `{ id, data }` to a message with an `id`, else the value itself. What the function throws
 * is logged; a message with an `id` is answered `{ id, error: { code, message } }`, without it the error is thrown on.
 *
 * @example export const say = onMessage(z.object({ text: z.string() }), ({ body, connection }) => connection.user + ': ' + body.text);
 */
export function onMessage<Schema extends StandardSchema, Reply, Claims = Record<string, string>>(
  schema: Schema, fn: Fn<OutputOf<Schema>, Claims, Reply>, options?: MessageOptions,
): MessageHandler<InputOf<Schema>, Awaited<Reply>>;
export function onMessage<Reply, Body = unknown, Claims = Record<string, string>>(
  fn: Fn<Body, Claims, Reply>, options?: MessageOptions,
): MessageHandler<Body, Awaited<Reply>>;
export function onMessage(...given: readonly unknown[]): MessageHandler {
  const [schema, fn, options] = (isSchema(given[0]) ? given : [undefined, ...given]) as [
    StandardSchema | undefined, Fn<unknown, Record<string, string>, unknown>, MessageOptions | undefined,
  ];
  if (typeof fn !== 'function') {
    throw runtimeError('CONFIGURATION', 'onMessage(schema?, fn): there is no function, or the schema is no Standard Schema, as those of '
      + 'zod are since 3.24');
  }
  return (event, lambda) => runInvocation(event, lambda, async () => {
    const incoming = parseMessage(event?.body, options?.envelope !== false);
    const { id, since } = incoming;
    try {
      expectEvent('onMessage', event, 'MESSAGE');
      const { issues, value } = await checked(schema, incoming);
      if (issues) {
        // API Gateway tells the client of a failure, also on a one-way route, where no answer of ours reaches it.
        if (id === undefined) throw Object.assign(new WebsocketError('INVALID_BODY', 'the message is invalid'), { issues });
        log('warn', 'the message is invalid', event, { issues });
        return { statusCode: 200, body: errorText(id, 'INVALID_BODY', 'the message is invalid', issues) };
      }
      const data = await fn({ connection: connectionFrom(event), event, lambda: lambda!, body: value, since, id });
      return { statusCode: 200, ...withBody(replyText(id, data)) };
    } catch (error) {
      logFailure('onMessage', event, error);
      if (id === undefined) throw error;
      countFailure();
      const { code, message } = isForClients(error) ? error : { code: 'INTERNAL', message: 'Internal server error' };
      return { statusCode: 200, body: errorText(id, code, message) };
    }
  });
}

/** A message of a client. */
interface Incoming {
  readonly id?: string | number;
  readonly since?: number;
  /** What the client sent: JSON, or the text. */
  readonly whole: unknown;
  /** The same without `id` and `since`. */
  readonly rest: unknown;
}

function parseMessage(text: string | undefined, hasEnvelope: boolean): Incoming {
  const whole = jsonOr(text ?? '');
  if (!hasEnvelope || typeof whole !== 'object' || whole === null || Array.isArray(whole)) return { whole, rest: whole };
  const { id, since } = whole as { id?: unknown; since?: unknown };
  const isId = (typeof id === 'string' && id.length >= 1 && id.length <= 64) || Number.isSafeInteger(id);
  const isMark = Number.isSafeInteger(since) && (since as number) >= 0;
  const own = [...isId ? ['id'] : [], ...isMark ? ['since'] : []];
  return {
    ...isId && { id: id as string | number },
    ...isMark && { since: since as number },
    whole,
    rest: own.length === 0 ? whole : Object.fromEntries(Object.entries(whole).filter(([name]) => !own.includes(name))),
  };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The schema sees the whole message first: it may have an `id` or a `since` of its own, or refuse what it does not know. */
async function checked(schema: StandardSchema | undefined, { whole, rest }: Incoming): Promise<Checked & { value?: unknown }> {
  if (!schema) return { value: rest };
  const first = await check(schema, whole);
  if (!first.issues || rest === whole) return first;
  const second = await check(schema, rest);
  return second.issues && second.issues.length >= first.issues.length ? first : second;
}

function replyText(id: Incoming['id'], data: unknown): string | undefined {
  const text = id === undefined ? textOf(data) : `{"id":${JSON.stringify(id)},"data":${JSON.stringify(data) ?? 'null'}}`;
  const bytes = Buffer.byteLength(text ?? '');
  if (bytes > LIMIT_BYTES) throw new WebsocketError('TOO_LARGE', `the reply has ${bytes} bytes, and a message ${LIMIT_BYTES} at most`);
  return text;
}

/** What does not fit is left out. */
function errorText(id: string | number, code: string, message: string, issues?: Checked['issues']): string {
  const text = JSON.stringify({ id, error: { code, message, issues } });
  return Buffer.byteLength(text) > LIMIT_BYTES ? JSON.stringify({ id, error: { code, message: cut(message) } }) : text;
}

function withBody(body: string | undefined): { body?: string } {
  return body === undefined ? {} : { body };
}
