import { Address, addressOf } from './address';
import { Answer, refusal } from './aws/answer';
import { currentDeadline } from './aws/transport';
import { environmentSetting, hasStore } from './configuration';
import type { Delivery } from './delivery';
import type { Connection } from './events';
import { removeFromStore } from './gone';
import { currentInvocation } from './invocation';
import { callConnection, Frame } from './management-api';
import { isYoung, nameOf, post, prepared } from './posts';
import { connectionItem } from './store/connection-item';
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
  readonly except?: Except | undefined;
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
    send: async (data, options) => send(id, target, prepared(data), options),
    emit: async (event, data, options) => send(id, target, prepared({ event: checkEvent(event), data }), options),
    close: async () => (await ask('DELETE', id, target)) !== undefined,
    async info() {
      const answer = await ask('GET', id, target);
      return answer && infoOf(answer.body);
    },
    rooms: async () => [...(await connectionItem(id))?.rooms ?? []],
  };
}

/** What is known of a connection before it is asked. */
interface Located {
  readonly connectionId: string;
  readonly at?: number;
  readonly address: Address;
}

async function send(id: string, target: Connection<unknown> | string, frame: Frame, { except }: SendOptions = {}): Promise<Delivery> {
  const delivery: Delivery = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };
  if (exceptions(except).has(id)) return delivery;
  const located = await locate(id, target);
  const outcome = await post(located, located.address, currentDeadline(), frame);
  if (outcome === 'delivered') delivery.delivered++;
  else if (typeof outcome === 'object') delivery.failed.push({ connectionId: id, ...outcome });
  else delivery[await isGone(located) ? 'gone' : 'pending'].push(id);
  return delivery;
}

/** `undefined` where the connection is closed, which the store then knows. */
async function ask(method: 'GET' | 'DELETE', id: string, target: Connection<unknown> | string): Promise<Answer | undefined> {
  const located = await locate(id, target);
  const { address } = located;
  const answer = await callConnection(method, id, address, currentDeadline());
  if (answer.status < 300) return answer;
  if (answer.status !== 410) throw refusal(nameOf(address), answer);
  await isGone(located);
  return undefined;
}

/** The stage and the age are those of the argument or of the current event; else, where there are several stages, of the store. */
async function locate(connectionId: string, target: Connection<unknown> | string): Promise<Located> {
  let stage: string | undefined;
  let at: number | undefined;
  if (typeof target !== 'string') {
    ({ stage } = target);
    at = +target.connectedAt;
  } else {
    const current = currentInvocation()?.event?.requestContext;
    const stages = environmentSetting('WEBSOCKET_CALLBACK_URLS') ?? {};
    if (current?.connectionId === target) ({ stage, connectedAt: at } = current);
    else if (hasStore() && Object.keys(stages).length > 1) ({ stage, at = undefined } = await connectionItem(target) ?? {});
  }
  return { connectionId, at, address: addressOf(stage) };
}

/** After a 410: whether it says that the connection has ended, which the store then knows. */
async function isGone({ connectionId, at, address }: Located): Promise<boolean> {
  let age = at;
  let asked: Address | undefined = address;
  try {
    if (hasStore() && age === undefined) {
      const item = await connectionItem(connectionId);
      age = item?.at;
      // Of none, there is nothing to remove.
      asked = item && addressOf(item.stage);
    }
    const isSure = asked?.isSure && asked.endpoint === address.endpoint;
    if (hasStore() && isSure && !isYoung(age)) await removeFromStore(connectionId);
  } catch (error) {
    console.warn('cdk-websocket-service: a connection that is gone stays in the store:', error);
  }
  return !isYoung(age);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
function infoOf(body: string): ConnectionInfo {
  const { connectedAt, lastActiveAt, identity: { sourceIp, userAgent } } = JSON.parse(body) as {
    connectedAt: string; lastActiveAt: string; identity: { sourceIp: string; userAgent?: string };
  };
  return { connectedAt: new Date(connectedAt), lastActiveAt: new Date(lastActiveAt), sourceIp, ...userAgent && { userAgent } };
}
