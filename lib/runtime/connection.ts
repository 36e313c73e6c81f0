import { Answer, currentDeadline } from './aws/transport';
import { hasStore } from './configuration';
import { deliver, Delivery, forget, frameOf } from './delivery';
import { runtimeError } from './error';
import type { Connection } from './events';
import { currentInvocation } from './invocation';
import { addressOf, callConnection, codeOf, failureOf, Recipient } from './posts';
import { connectionItem } from './store/connections';
import { checkEvent } from './store/keys';
import { Except, exceptions } from './store/members';

/** What a message can be sent to: a connection, a user, a room. */
export interface Target<Events = Record<string, unknown>> {
  /** Sends text and bytes as they are, the rest as JSON. */
  send(data: unknown, options?: SendOptions): Promise<Delivery>;
  /** Sends `{ event, data }`. */
  emit<Event extends keyof Events & string>(event: Event, data?: Events[Event], options?: SendOptions): Promise<Delivery>;
}

export interface SendOptions {
  /** Connections, their ids, or users, who are left out. */
  readonly except?: Except;
}

export interface ConnectionTarget extends Target {
  /** @returns Whether this call has closed it: false if it was closed before. */
  close(): Promise<boolean>;
  /** `undefined` for one that is closed. */
  info(): Promise<ConnectionInfo | undefined>;
  /** The rooms that it is in. */
  rooms(): Promise<string[]>;
}

export interface ConnectionInfo {
  readonly connectedAt: Date;
  readonly lastActiveAt: Date;
  readonly sourceIp: string;
  readonly userAgent?: string;
}

/** One connection: of the handler's argument, or by its id. */
export function connection(target: Connection<unknown> | string): ConnectionTarget {
  const id = typeof target === 'string' ? target : target.id;
  const send = async (frame: string | Uint8Array, { except }: SendOptions = {}): Promise<Delivery> => (
    deliver({ recipients: exceptions(except).has(id) ? [] : [await recipientOf(target)], frame })
  );

  return {
    send: async (data, options) => send(frameOf(data), options),
    emit: async (event, data, options) => send(frameOf({ event: checkEvent(event), data }), options),
    close: async () => (await ask('DELETE', target)) !== undefined,
    async info() {
      const answer = await ask('GET', target);
      return answer && infoOf(answer.body);
    },
    async rooms() {
      return [...(await connectionItem(id))?.rooms ?? []];
    },
  };
}

/** The stage and the age are those of the argument, of the current event, or of the store. */
async function recipientOf(target: Connection<unknown> | string): Promise<Recipient> {
  if (typeof target !== 'string') return { connectionId: target.id, stage: target.stage, at: new Date(target.connectedAt).getTime() };
  const current = currentInvocation()?.event.requestContext;
  if (current?.connectionId === target) return { connectionId: target, stage: current.stage, at: current.connectedAt };
  const item = hasStore() ? await connectionItem(target) : undefined;
  return { connectionId: target, stage: item?.stage, at: item?.at };
}

/** `undefined` where the connection is closed, which the store then knows. */
async function ask(method: 'GET' | 'DELETE', target: Connection<unknown> | string): Promise<Answer | undefined> {
  const recipient = await recipientOf(target);
  const address = addressOf(recipient.stage);
  const deadline = currentDeadline();
  const answer = await callConnection(method, recipient.connectionId, address, deadline);
  if (answer.status < 300) return answer;
  if (answer.status === 410) {
    await forget(recipient, address, deadline);
    return undefined;
  }
  throw runtimeError(codeOf(answer.status) ?? 'CONFIGURATION', failureOf(answer, address).message);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
function infoOf(body: string): ConnectionInfo {
  const { connectedAt, lastActiveAt, identity: { sourceIp, userAgent } } = JSON.parse(body) as {
    connectedAt: string; lastActiveAt: string; identity: { sourceIp: string; userAgent?: string };
  };
  return { connectedAt: new Date(connectedAt), lastActiveAt: new Date(lastActiveAt), sourceIp, ...userAgent && { userAgent } };
}
