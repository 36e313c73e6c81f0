import { Address, addressOf } from './address';
import { Answer, currentDeadline } from './aws/transport';
import type { Delivery } from './delivery';
import { runtimeError } from './error';
import type { Connection } from './events';
import { currentInvocation } from './invocation';
import { callConnection, codeOf, failureOf } from './management-api';
import { frameOf, isYoung, post, prepared, Recipient } from './posts';
import { checkEvent } from './store/keys';
import { Except, exceptions } from './store/members';
import { storeLink } from './store-link';

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
  return {
    send: async (data, options) => send(id, target, frameOf(data), options),
    emit: async (event, data, options) => send(id, target, frameOf({ event: checkEvent(event), data }), options),
    close: async () => (await ask('DELETE', target)) !== undefined,
    async info() {
      const answer = await ask('GET', target);
      return answer && infoOf(answer.body);
    },
    async rooms() {
      const store = storeLink();
      if (!store) throw runtimeError('NO_STORE', 'rooms() needs the connection store, and the code of room() in the bundle');
      return [...(await store.find(id))?.rooms ?? []];
    },
  };
}

async function send(
  id: string, target: Connection<unknown> | string, data: string | Uint8Array, { except }: SendOptions = {},
): Promise<Delivery> {
  const delivery: Delivery = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };
  if (exceptions(except).has(id)) return delivery;
  const { recipient, address, deadline } = await locate(target);
  const outcome = await post(recipient, address, deadline, prepared(data));
  if (outcome === 'delivered') delivery.delivered++;
  else if (typeof outcome === 'object') delivery.failed.push({ connectionId: id, ...outcome });
  else delivery[outcome].push(id);
  if (outcome === 'gone' && address.isSure) await storeLink()?.remove([id], undefined, deadline);
  return delivery;
}

/** `undefined` where the connection is closed, which the store then knows. */
async function ask(method: 'GET' | 'DELETE', target: Connection<unknown> | string): Promise<Answer | undefined> {
  const { recipient: { connectionId, at }, address, deadline } = await locate(target);
  const answer = await callConnection(method, connectionId, address, deadline);
  if (answer.status < 300) return answer;
  if (answer.status !== 410) throw runtimeError(codeOf(answer.status) ?? 'CONFIGURATION', failureOf(answer, address).message);
  if (address.isSure && !isYoung(at)) await storeLink()?.remove([connectionId], undefined, deadline);
  return undefined;
}

/** The stage and the age are those of the argument, of the current event, or of the store. */
async function locate(target: Connection<unknown> | string): Promise<{ recipient: Recipient; address: Address; deadline: number }> {
  let recipient: Recipient;
  if (typeof target !== 'string') {
    recipient = { connectionId: target.id, stage: target.stage, at: +target.connectedAt };
  } else {
    const current = currentInvocation()?.event?.requestContext;
    const { stage, at = undefined } = current?.connectionId === target
      ? { stage: current.stage, at: current.connectedAt } : await storeLink()?.find(target) ?? {};
    recipient = { connectionId: target, stage, at };
  }
  return { recipient, address: addressOf(recipient.stage), deadline: currentDeadline() };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
function infoOf(body: string): ConnectionInfo {
  const { connectedAt, lastActiveAt, identity: { sourceIp, userAgent } } = JSON.parse(body) as {
    connectedAt: string; lastActiveAt: string; identity: { sourceIp: string; userAgent?: string };
  };
  return { connectedAt: new Date(connectedAt), lastActiveAt: new Date(lastActiveAt), sourceIp, ...userAgent && { userAgent } };
}
