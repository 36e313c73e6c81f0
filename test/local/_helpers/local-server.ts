import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ClientOptions } from 'ws';
import { TestClient } from './test-client';
import { Api, Integration, LocalApp, Route, Stage } from '../../../lib/local/assembly/local-app';
import { InvocationResult, Invoker } from '../../../lib/local/functions/invoker';
import { GatewayEvent, RequestEvent } from '../../../lib/local/gateway-event';
import { Certificate, certificateIn } from '../../../lib/local/wire/certificate';
import { Server, ServerOptions } from '../../../lib/local/wire/server';

export { TestClient } from './test-client';

/** What a function does with an event; what it throws is the function's error. */
export type Handler = (event: GatewayProxyEvent) => unknown;

/** As much of the events as tests look at. */
export interface GatewayProxyEvent {
  readonly requestContext: { readonly routeKey: string; readonly connectionId: string; readonly requestId: string } & Record<string, unknown>;
  readonly body?: string;
  readonly [name: string]: unknown;
}

/** An AWS_PROXY integration of a function. */
export function proxy(functionId: string, more: Partial<Integration> = {}): Integration {
  return {
    logicalId: `${functionId}Integration`,
    type: 'AWS_PROXY',
    target: { type: 'function', functionId },
    timeout: 29_000,
    requestTemplates: {},
    requestParameters: {},
    passthroughBehavior: 'WHEN_NO_MATCH',
    responses: [],
    ...more,
  };
}

/** A route to the function `handler`, or as given. */
export function route(routeKey: string, more: Partial<Route> = {}): Route {
  return {
    routeKey, authorization: { type: 'NONE' }, apiKeyRequired: false, integration: proxy('handler'), twoWay: false, requestModels: {}, requiredParameters: [], ...more,
  };
}

export function stage(more: Partial<Stage> = {}): Stage {
  return { name: 'dev', variables: {}, defaultRouteSettings: {}, routeSettings: {}, mappings: [], ...more };
}

/** An API with one stage `dev`, and these routes. */
export function api(routes: readonly Route[], more: Partial<Api> = {}): Api {
  return {
    stack: 'Test',
    logicalId: 'Api',
    name: 'Api',
    apiId: 'aabbccddee',
    region: 'eu-west-1',
    account: '111111111111',
    partition: 'aws',
    routeSelectionExpression: '$request.body.action',
    apiKeySelectionExpression: '$request.header.x-api-key',
    disableExecuteApiEndpoint: false,
    stages: [stage()],
    routes: new Map(routes.map((one) => [one.routeKey, one])),
    models: new Map(),
    apiKeys: [],
    ...more,
  };
}

export function app(...apis: Api[]): LocalApp {
  return { apis, functions: new Map(), tables: [], notices: [] };
}

/** Runs functions in this process: what is tested is the wire. */
export class HandlerInvoker implements Invoker {
  /** The events, parsed, in the order in which they came. */
  public readonly events: GatewayProxyEvent[] = [];

  public constructor(private readonly handlers: Readonly<Record<string, Handler>>) {}

  public load(): number {
    return 0;
  }

  public async invoke(functionId: string, event: string, onStart?: () => void): Promise<InvocationResult> {
    onStart?.();
    const facts = { requestId: `invocation-${this.events.length + 1}`, duration: 1 };
    this.events.push(JSON.parse(event) as GatewayProxyEvent);
    try {
      const result = await this.handlers[functionId](JSON.parse(event) as GatewayProxyEvent);
      return { ok: true, payload: JSON.stringify(result) ?? 'null', ...facts };
    } catch (error) {
      const { name, message } = error as Error;
      return { ok: false, kind: 'error', errorType: name, errorMessage: message, stackTrace: [], ...facts };
    }
  }
}

let certificate: Promise<Certificate> | undefined;

/** One certificate for all tests; runs to come find it too, since its keys take a second. */
export function testCertificate(): Promise<Certificate> {
  certificate ??= certificateIn(path.join(__dirname, '../../../node_modules/.cache/cdk-websocket-service-test'), '127.0.0.1');
  return certificate;
}

/** A server for one app, with the events of its functions and of the gateway. */
export class TestServer {
  public static async start(
    served: LocalApp, handlers: Readonly<Record<string, Handler>> | Handler, options: Partial<ServerOptions> = {},
  ): Promise<TestServer> {
    const invoker = new HandlerInvoker(typeof handlers === 'function' ? { handler: handlers } : handlers);
    const observed: GatewayEvent[] = [];
    const server = new Server({
      invoker,
      lifetimes: { idle: 600_000, duration: 7_200_000 },
      serial: false,
      verbose: false,
      observe: (event) => observed.push(event),
      functionPath: (id) => `Test/${id}`,
      ...options,
    });
    await server.prepare(served, 0, '127.0.0.1', await testCertificate());
    server.serve(served);
    return new TestServer(server, invoker, observed, served);
  }

  private constructor(
    public readonly server: Server,
    public readonly invoker: HandlerInvoker,
    /** All events that were observed. */
    public readonly observed: GatewayEvent[],
    private served: LocalApp,
  ) {}

  /** The port of the first API. */
  public get port(): number {
    return this.server.portOf(this.served.apis[0]);
  }

  public url(pathAndQuery = '/dev', scheme = 'ws'): string {
    return `${scheme}://localhost:${this.port}${pathAndQuery}`;
  }

  /** Serves another app from now on. */
  public async update(served: LocalApp): Promise<void> {
    await this.server.prepare(served, 0, '127.0.0.1', await testCertificate());
    this.server.serve(served);
    this.served = served;
  }

  /** The events of one route, in the order in which they came. */
  public eventsOf(routeKey: string): GatewayProxyEvent[] {
    return this.invoker.events.filter(({ requestContext }) => requestContext.routeKey === routeKey);
  }

  /** The requests that are over, of one kind. */
  public requests(type: RequestEvent['type']): RequestEvent[] {
    return this.observed.filter((event): event is RequestEvent => event.type === type);
  }

  /** Connects; fails with the status if the handshake is refused. */
  public connect(pathAndQuery?: string, options?: ClientOptions, protocols: string[] = []): Promise<TestClient> {
    return TestClient.open(this.url(pathAndQuery), options, protocols);
  }

  public async stop(): Promise<void> {
    await this.server.closeConnections(500);
    await this.server.close();
  }
}

/** A folder of a test that is gone with it. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'websocket-wire-'));
}

/** Waits for something that happens soon. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'it to happen', milliseconds = 40_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
