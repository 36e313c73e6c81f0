import type { Api } from '../../../../lib/local/assembly/local-app';
import { Inspector } from '../../../../lib/local/inspector/inspector';
import type { Read } from '../../../../lib/local/inspector/rooms';
import { Trace } from '../../../../lib/local/trace';
import { app, Handler, TestServer } from '../../_helpers/local-server';

/** A server with an inspector, as `startGateway` makes one. */
export class InspectedServer {
  public static async start(
    api: Api, handlers: Readonly<Record<string, Handler>> | Handler = () => ({ statusCode: 200 }), read: Read = () => Promise.resolve(undefined),
  ): Promise<InspectedServer> {
    const trace = new Trace();
    const server = await TestServer.start(app(api), handlers, { trace });
    const { port } = server;
    const inspector = new Inspector({
      trace,
      tools: server.server.tools,
      served: () => ({ apis: [{ api, port, stages: [{ stage: api.stages[0], url: server.url(), callbackUrl: '' }] }], functions: new Map() }),
      app: () => app(api),
      connections: () => server.server.connections.all(),
      read,
      dial: (number) => server.server.dial(number),
      more: () => ({}),
    });
    return new InspectedServer(server, inspector, trace);
  }

  private constructor(public readonly server: TestServer, public readonly inspector: Inspector, public readonly trace: Trace) {}

  public get port(): number {
    return this.server.port;
  }

  /** Calls a tool; gives the status and the parsed JSON. */
  public async call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.port}/_ws${path}`, {
      method, ...body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) as unknown };
  }

  public async stop(): Promise<void> {
    this.inspector.close();
    await this.server.stop();
  }
}
