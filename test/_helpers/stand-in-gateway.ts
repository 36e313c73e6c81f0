import * as fs from 'fs';
import * as http from 'http';
import type { AddressInfo } from 'net';
import * as path from 'path';

const FILES = path.join(__dirname, '..', '..', 'lib', 'local', 'page');
const TYPES: Readonly<Record<string, string>> = { '/page.js': 'text/javascript; charset=utf-8', '/page.css': 'text/css; charset=utf-8' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const CHAT = {
  name: 'Chat',
  stage: 'dev',
  url: 'ws://localhost:3001/dev',
  path: '/dev',
  routes: [
    { routeKey: '$default', twoWay: false },
    {
      routeKey: 'say',
      twoWay: true,
      target: 'Chat/Chat/Handler-rooms.say',
      example: '{"action":"say","room":"lobby","text":"Hello"}',
      model: {
        type: 'object',
        required: ['action', 'room', 'text'],
        properties: {
          action: { const: 'say' },
          room: { type: 'string', minLength: 1 },
          text: { type: 'string' },
          mood: { enum: ['calm', 'cross'] },
          loud: { type: 'boolean' },
          size: { type: 'integer' },
          from: { type: 'object', properties: { name: { type: 'string' } } },
          tags: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  ],
  authorizer: { identitySources: ['route.request.querystring.token'], isJwt: true },
};

export const HELLO = { version: '0.0.0', apis: [CHAT], issuer: true, faults: [] as unknown[] };

export interface Called { readonly method: string; readonly path: string; readonly body: unknown }

/** The gateway as the page sees it: the three files, the stream of events, and calls that are written down. */
export class StandInGateway {
  public readonly calls: Called[] = [];
  /** What a call is answered, by method and path; else 204. */
  public answers: Readonly<Record<string, { readonly status: number; readonly json?: unknown }>> = {};
  public hello: object = HELLO;
  public backlog: ReadonlyArray<{ readonly n: number }> = [];
  public connections: readonly object[] = [];
  public clients: readonly object[] = [];
  /** Another one stands for a gateway that was started again. */
  public run = 'a1';
  private readonly streams = new Set<http.ServerResponse>();
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  public async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://localhost:${this.port}/_ws`;
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public send(event: 'hello' | 'entries' | 'connections' | 'clients', data: unknown): void {
    this.streams.forEach((stream) => stream.write(this.framed(event, data)));
  }

  public close(): Promise<void> {
    this.streams.forEach((stream) => stream.destroy());
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const file = pathname.slice('/_ws'.length);
    response.setHeader('Content-Security-Policy', POLICY);
    if (request.method !== 'GET') {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      this.calls.push({ method: request.method!, path: file, body: text === '' ? undefined : JSON.parse(text) as unknown });
      const { status, json } = this.answers[`${request.method} ${file}`] ?? { status: 204 };
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(json === undefined ? '' : JSON.stringify(json));
    } else if (file === '/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(`retry: 200\n\n${this.framed('hello', this.hello)}`);
      for (let at = 0; at < this.backlog.length; at += 500) response.write(this.framed('entries', this.backlog.slice(at, at + 500)));
      response.write(this.framed('connections', this.connections) + this.framed('clients', this.clients));
      this.streams.add(response);
      response.on('close', () => this.streams.delete(response));
    } else if (file === '' || file in TYPES) {
      response.writeHead(200, { 'Content-Type': TYPES[file] ?? 'text/html; charset=utf-8' }).end(fs.readFileSync(path.join(FILES, file || 'index.html')));
    } else {
      response.writeHead(404).end();
    }
  }

  private framed(event: string, data: unknown): string {
    const id = event === 'entries' ? `id: ${(data as Array<{ readonly n: number }>).at(-1)?.n ?? 0}-${this.run}\n` : '';
    return `event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`;
  }
}
