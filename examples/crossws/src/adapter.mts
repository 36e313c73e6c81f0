/*
 * An adapter of crossws for API Gateway: hooks that were written for Nitro, h3 or any other host of crossws run in Lambda.
 *
 *   export const { handler, opened } = apiGateway({ hooks });
 *
 * `handler` is that of `$connect`, `$disconnect` and `$default`. It invokes the function that the variable OPENED names, whose handler is
 * `opened`, since nothing reaches a client before `$connect` has returned: `open` may send. Topics are rooms of the connection store.
 *
 * What differs from a server that lives as long as its connections:
 * - A message may be handled before `open` has ended, and beside another one of the same client.
 * - `peer.context` has the user and the claims of the authorizer. What `upgrade` adds to it, `open` has alone.
 * - `peer.peers` is the peer itself, and `peer.topics` those of this invocation. `request` has its headers and its query in `upgrade` and
 *   `open` alone.
 * - API Gateway chooses the close code: `peer.close(code, reason)` closes without them. It has text frames only.
 * - What fails to be sent is told to the hook `error`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { accept, connection, onConnect, onDisconnect, onMessage, reject, room, routes } from 'cdk-websocket-service/runtime';
import type { Connection, Delivery, WebsocketConnectEvent } from 'cdk-websocket-service/runtime';
import { defineWebSocketAdapter } from 'crossws';
import type { AdapterInstance, AdapterOptions, Hooks, Message, Peer, WSError } from 'crossws';

interface ApiGatewayAdapter extends AdapterInstance {
  readonly handler: ReturnType<typeof routes>;
  readonly opened: (event: WebsocketConnectEvent) => Promise<void>;
  readonly publish: (topic: string, data: unknown) => Promise<void>;
}

const lambda = new LambdaClient({});

export const apiGateway = defineWebSocketAdapter<ApiGatewayAdapter, AdapterOptions>(({ hooks: all, resolve } = {}) => {
  /** Calls a hook, and waits for what it has begun: Lambda stops when the handler returns. */
  const run = async <Name extends keyof Hooks>(name: Name, request: Request, peer: ApiGatewayPeer | undefined, ...given: unknown[]) => {
    let result: unknown;
    try {
      for (const hooks of [all, await resolve?.(request)]) {
        const hook = hooks?.[name] as ((...given: unknown[]) => unknown) | undefined;
        result = await hook?.(...peer ? [peer, ...given] : given) ?? result;
      }
    } finally {
      for (const failure of await peer?.settled() ?? []) {
        if (name !== 'error') await run('error', request, peer, new Error('[crossws] nothing was sent', { cause: failure }) as WSError);
      }
    }
    return result as Awaited<ReturnType<Hooks[Name]>>;
  };

  const connect = onConnect(async ({ event, protocols }) => {
    const request = requestOf(event);
    try {
      const upgraded = await run('upgrade', request, undefined, request);
      if (upgraded instanceof Response) return await refusal(upgraded);
      await lambda.send(new InvokeCommand({
        FunctionName: process.env.OPENED, InvocationType: 'Event', Payload: JSON.stringify({ ...event, context: upgraded?.context }),
      }));
      const protocol = upgraded?.protocol ?? new Headers(upgraded?.headers).get('sec-websocket-protocol') ?? undefined;
      return accept({ protocol: protocol && protocols.includes(protocol) ? protocol : undefined });
    } catch (error) {
      const response = (error as { response?: unknown }).response ?? error;
      if (response instanceof Response) return refusal(response);
      throw error;
    }
  });

  const message = onMessage(async ({ connection: from, event }) => {
    const request = requestOf(event);
    const peer = new ApiGatewayPeer(from.id, request, contextOf(from));
    await run('message', request, peer, messageOf(event.body ?? '', peer));
  }, { envelope: false });

  const disconnect = onDisconnect(async ({ connection: from, event, code, reason }) => {
    const request = requestOf(event);
    await run('close', request, new ApiGatewayPeer(from.id, request, contextOf(from)), { code, reason });
  });

  return {
    peers: new Map(),
    handler: routes({ $connect: connect, $disconnect: disconnect, $default: message }),
    async opened(event) {
      const { connectionId, authorizer = {} } = event.requestContext;
      // Until `$connect` has returned, API Gateway does not know the connection.
      for (let tries = 0; !await connection(connectionId).info(); tries++) {
        if (tries === 100) return;
        await wait(50);
      }
      const request = requestOf(event);
      const context = { ...authorizer, ...(event as { context?: object }).context };
      await run('open', request, new ApiGatewayPeer(connectionId, request, context));
    },
    async publish(topic, data) { await room(topic).send(frameOf(data)); },
    async close() { /* The connections are API Gateway's. */ },
  };
});

/** As much of a `Peer` as API Gateway has. What it sends is sent in the order of the calls. */
class ApiGatewayPeer implements Pick<Peer, 'id' | 'send' | 'publish' | 'subscribe' | 'unsubscribe' | 'close' | 'terminate'> {
  public readonly topics = new Set<string>();
  public readonly peers = new Set([this]);
  public readonly namespace = '';
  public readonly bufferedAmount = 0;
  public readonly websocket = { readyState: 1 };
  public readonly remoteAddress: string | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private failures: unknown[] = [];

  public constructor(public readonly id: string, public readonly request: Request, public readonly context: object) {
    this.remoteAddress = request.headers.get('x-forwarded-for')?.split(',')[0];
  }

  public send(data: unknown): void { this.then(() => connection(this.id).send(frameOf(data))); }
  public publish(topic: string, data: unknown): void { this.then(() => room(topic).send(frameOf(data), { except: [this.id] })); }
  public close(): void { this.then(() => connection(this.id).close()); }
  public terminate(): void { this.close(); }
  public ping(): void { /* API Gateway sends none. */ }
  public async waitForDrain(): Promise<void> { await this.last; }

  public subscribe(topic: string): void {
    this.topics.add(topic);
    this.then(() => room(topic).join(this.id, { members: 0 }));
  }

  public unsubscribe(topic: string): void {
    this.topics.delete(topic);
    this.then(() => room(topic).leave(this.id));
  }

  /** Waits for all that was begun. @returns what failed */
  public async settled(): Promise<unknown[]> {
    for (let last; last !== this.last;) await (last = this.last);
    return this.failures.splice(0);
  }

  public toString(): string { return this.id; }

  private then(step: () => Promise<unknown>): void {
    this.last = this.last.then(step).then(
      (result) => this.failures.push(...(result as Partial<Delivery> | undefined)?.failed ?? []),
      (error: unknown) => this.failures.push(error),
    );
  }
}

function contextOf({ user, claims }: Connection): object {
  return { ...claims, user };
}

/** Strings as they are, anything else as crossws has it. */
function frameOf(data: unknown): string | Uint8Array {
  if (data instanceof Uint8Array || typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data === undefined || data === null ? '' : typeof data === 'object' ? JSON.stringify(data) : String(data);
}

function messageOf(text: string, peer: ApiGatewayPeer): Message {
  const bytes = (): Uint8Array => new TextEncoder().encode(text);
  return {
    id: crypto.randomUUID(),
    peer,
    rawData: text,
    data: text,
    text: () => text,
    json: () => JSON.parse(text),
    uint8Array: bytes,
    arrayBuffer: () => bytes().buffer,
    blob: () => new Blob([text]),
    toString: () => text,
    [Symbol.toPrimitive]: () => text,
  } as unknown as Message;
}

interface AnyEvent {
  readonly requestContext: { readonly domainName: string; readonly stage: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

function requestOf({ requestContext: { domainName, stage }, headers, queryStringParameters: query = {} }: AnyEvent): Request {
  const url = new URL(`https://${domainName}/${stage}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return new Request(url, { headers });
}

/** API Gateway takes 2xx as consent. */
async function refusal(response: Response): Promise<ReturnType<typeof reject>> {
  return reject(response.status >= 400 ? response.status : 403, await response.text());
}
