import { Handshake, OwnAddress, PlaygroundClient, RefusedHandshake } from './client';
import type { HelloApi } from './hello';
import { isRecord, shortened } from '../protocol/json';
import type { ToolAnswer, ToolCall } from '../wire/tools';

export interface ClientsOptions {
  /** The stages that clients can connect to. */
  readonly apis: () => readonly HelloApi[];
  /** How a port of the gateway is reached; `undefined` for every other port. */
  readonly dial: (port: number) => OwnAddress | undefined;
  /** The id of the open connection that came from this port. */
  readonly connectionFrom: (localPort: number) => string | undefined;
  readonly onChange: () => void;
}

/** A client as the page sees it. */
interface ClientView {
  readonly client: string;
  readonly url: string;
  readonly state: PlaygroundClient['state'];
  readonly connectionId?: string;
  readonly name?: string;
  readonly refused?: Pick<RefusedHandshake, 'status' | 'body'>;
  readonly code?: number;
  readonly reason?: string;
}

interface Kept {
  readonly of: PlaygroundClient;
  readonly url: string;
  readonly name?: string;
  connectionId?: string;
}

const MOST_CLIENTS = 50;
const MOST_HEADERS = 100;

/** Headers of the connection and of the handshake itself, which `ws` sets. */
const OWN_HEADERS = /^(?:connection|upgrade|content-length|transfer-encoding|expect|trailer|te|sec-websocket-.*)$/i;

/** The clients of the playground: they run in the gateway, since browsers cannot set headers, and connect to the gateway only. */
export class Clients {
  private readonly clients = new Map<string, Kept>();
  private count = 0;

  public constructor(private readonly options: ClientsOptions) {}

  public get views(): readonly ClientView[] {
    return [...this.clients].map(([client, { of, url, name, connectionId }]) => {
      const { state, refused, code, reason } = of;
      const shown = refused && { status: refused.status, body: refused.body };
      return { client, url, state, connectionId, name, refused: shown, ...!refused && { code, reason } };
    });
  }

  /** `POST /`, `POST /<client>/send`, `POST /<client>/close`, `DELETE /<client>`. */
  public serve({ method, rest, body }: ToolCall): ToolAnswer | Promise<ToolAnswer> {
    const [, id = '', verb = ''] = rest.split('/');
    if (id === '' && method === 'GET') return { status: 200, json: this.views };
    if (id === '' && method === 'POST') return this.connect(recordOf(body));
    const client = this.clients.get(id);
    if (!client) return problem(404, `there is no client ${JSON.stringify(shortened(id))}`);
    if (method === 'DELETE' && verb === '') return this.forget(id, client);
    if (method === 'POST' && verb === 'send') return send(client, recordOf(body));
    if (method === 'POST' && verb === 'close') return close(client, recordOf(body));
    return problem(404, 'a client has send and close');
  }

  public close(): void {
    for (const { of } of this.clients.values()) of.close();
  }

  private async connect(input: Input): Promise<ToolAnswer> {
    this.makeRoom();
    const { port, ...handshake } = this.handshakeOf(input);
    const address = this.options.dial(port);
    if (!address) throw wrong(`the playground connects to the gateway only, and port ${port} is not one of its own`);
    const id = String(++this.count);
    const of = newClient(address, handshake, () => this.options.onChange());
    const kept: Kept = { of, url: `ws://localhost:${port}${handshake.target}`, name: optionalText(input, 'name') };
    this.clients.set(id, kept);
    this.options.onChange();
    await of.settled;
    const { refused, localPort } = of;
    if (refused) return { status: 200, json: { client: id, refused } };
    kept.connectionId = localPort === undefined ? undefined : this.options.connectionFrom(localPort);
    this.options.onChange();
    return { status: 200, json: { client: id, connectionId: kept.connectionId } };
  }

  /** @throws Error with status 400 */
  private handshakeOf(input: Input): Handshake & { readonly port: number } {
    const apis = this.options.apis();
    const given = optionalText(input, 'url') ?? optionalText(input, 'path') ?? apis[0]?.url ?? '/';
    const base = apis[0]?.url ?? 'ws://localhost';
    if (!URL.canParse(given, base)) throw wrong(`${JSON.stringify(shortened(given))} is neither a URL nor a path`);
    const url = new URL(given, base);
    if (!/^wss?:$/.test(url.protocol)) throw wrong(`a client connects to ws://, not to ${shortened(url.protocol)}`);
    for (const [name, value] of pairsOf(input, 'query')) url.searchParams.append(name, value);
    const headers = headersOf(input);
    const subprotocols = textsOf(input, 'subprotocols');
    const token = optionalText(input, 'token');
    const api = apis.find((each) => each.path === url.pathname && new URL(each.url).port === url.port) ?? apis[0];
    if (token !== undefined) applyToken(token, api?.authorizer?.identitySources ?? [], { url, headers, subprotocols });
    return { port: Number(url.port) || 80, target: `${url.pathname}${url.search}`, headers, subprotocols };
  }

  /** Closed clients make room for new ones, the oldest first. */
  private makeRoom(): void {
    if (this.clients.size < MOST_CLIENTS) return;
    const [closed] = [...this.clients].find(([, { of }]) => of.state === 'closed') ?? [];
    if (closed === undefined) throw wrong(`at most ${MOST_CLIENTS} clients are open at a time: close one`);
    this.clients.delete(closed);
  }

  private forget(id: string, { of }: Kept): ToolAnswer {
    of.close();
    this.clients.delete(id);
    this.options.onChange();
    return { status: 204 };
  }
}

type Input = Readonly<Record<string, unknown>>;

function newClient(address: OwnAddress, handshake: Handshake, onChange: () => void): PlaygroundClient {
  try {
    return new PlaygroundClient(address, handshake, onChange);
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function send({ of }: Kept, input: Input): ToolAnswer {
  const { text } = input;
  if (typeof text !== 'string') throw wrong('`text` must be a string');
  return attempt(() => of.send(text));
}

function close({ of }: Kept, input: Input): ToolAnswer {
  const { code } = input;
  if (code !== undefined && !Number.isInteger(code)) throw wrong('`code` must be an integer');
  return attempt(() => of.close(code as number | undefined, optionalText(input, 'reason')));
}

function attempt(action: () => void): ToolAnswer {
  try {
    action();
  } catch (error) {
    throw wrong((error as Error).message);
  }
  return { status: 204 };
}

/** Puts a token where the authorizer of the route looks for it first, unless something is there. */
function applyToken(
  token: string, sources: readonly string[],
  { url, headers, subprotocols }: { readonly url: URL; readonly headers: Record<string, string>; readonly subprotocols: string[] },
): void {
  const found = sources.map((source) => /^route\.request\.(header|querystring)\.(.+)$/.exec(source)).find((match) => match !== null);
  const [, kind, name] = found ?? ['', 'header', 'Authorization'];
  if (kind === 'querystring') url.searchParams.set(name, token);
  else if (name.toLowerCase() === 'sec-websocket-protocol') subprotocols.push(token);
  else headers[name] = name.toLowerCase() === 'authorization' && !token.includes(' ') ? `Bearer ${token}` : token;
}

function headersOf(input: Input): Record<string, string> {
  const headers = Object.fromEntries(pairsOf(input, 'headers'));
  const own = Object.keys(headers).find((name) => OWN_HEADERS.test(name));
  if (own !== undefined) throw wrong(`the header ${own} is the client's own; \`subprotocols\` sets those`);
  return headers;
}

/** A map of names to texts, or a list of pairs. */
function pairsOf(input: Input, name: string): Array<[string, string]> {
  const value = input[name] ?? {};
  const pairs: unknown[] = Array.isArray(value) ? value : isRecord(value) ? Object.entries(value) : [undefined];
  if (!pairs.every(isPair)) throw wrong(`\`${name}\` must be an object of strings`);
  if (pairs.length > MOST_HEADERS) throw wrong(`\`${name}\` has at most ${MOST_HEADERS} members`);
  return pairs;
}

function isPair(pair: unknown): pair is [string, string] {
  return Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === 'string');
}

function textsOf(input: Input, name: string): string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw wrong(`\`${name}\` must be a list of strings`);
  return [...value];
}

function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value !== undefined && value !== null && typeof value !== 'string') throw wrong(`\`${name}\` must be a string`);
  return value ?? undefined;
}

function recordOf(body: unknown): Input {
  if (!isRecord(body)) throw wrong('the body must be a JSON object');
  return body;
}

function wrong(message: string): Error {
  return Object.assign(new Error(message), { status: 400 });
}

function problem(status: number, message: string): ToolAnswer {
  return { status, json: { message } };
}
