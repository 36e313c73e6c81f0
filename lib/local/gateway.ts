import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { appSource, AppSource } from './app-source';
import { LocalApp } from './assembly/local-app';
import { listed } from './assembly/notices';
import { LocalDynamoDb } from './dynamodb/local-dynamodb';
import { readOverrides, VariableOverrides, variablesOf, watchVariables } from './environment-file';
import { Faults } from './faults/faults';
import { FirstApp, firstApp, readServed } from './first-app';
import { FunctionRunner } from './function-runner';
import { GatewayEvent, GatewayEvents, safeObserver } from './gateway-event';
import { GatewayOptions, Settings, withDefaults } from './gateway-options';
import { HandlerNotices } from './handler-notices';
import { Instruments } from './instruments';
import { TokenRequest } from './issuer/claims';
import { atMost } from './patience';
import { RecordedAdmissions } from './recorded-admission';
import { RecordingFile } from './recording/recording-file';
import { Gateway, OpenConnection } from './running-gateway';
import { ServedAddresses } from './served-addresses';
import { networkNotices, startNotices } from './start-notices';
import { functionLabel, Served, ServedApi } from './terminal/served';
import { Trace } from './trace';
import { trust, Trust } from './trust';
import { Updates } from './updates';
import { lambdaEndpoint } from './wire/lambda-api';
import { Server } from './wire/server';

/** Milliseconds that clients and `$disconnect` functions have when the gateway closes. */
const CLOSING_PATIENCE = 2_000;

/**
 * Serves the WebSocket APIs of a synthesized app on this machine, as API Gateway and Lambda would.
 *
 * @throws GatewayError with a `code`: see docs/local.md
 */
export function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  return start(options, false);
}

/** Starts a gateway for the command line: while it watches, it reports a broken app and tries again after the next save. */
export function startPatiently(options: GatewayOptions): Promise<Gateway> {
  return start(options, options.watch === true);
}

/** Starts a gateway for a replay, in which handshakes are answered as in the recording as far as their credentials decide. */
export function startForReplay(options: GatewayOptions, recorded?: RecordedAdmissions): Promise<Gateway & { readonly trace: Trace }> {
  return start(options, false, recorded);
}

async function start(options: GatewayOptions, patient: boolean, recorded?: RecordedAdmissions): Promise<LocalGateway> {
  const settings = withDefaults(options);
  const overrides = readOverrides(settings);
  const source = appSource(settings);
  const read = (): LocalApp => readServed(source, settings);
  // Before the synthesis, which may take long.
  const file = settings.record === undefined ? undefined : RecordingFile.open(settings.record);
  try {
    const first = await firstApp({ source, settings, read, emit: safeObserver(settings.onEvent), patient });
    const gateway = new LocalGateway(settings, overrides, source, first, recorded);
    try {
      await gateway.open(file);
    } catch (error) {
      await gateway.close();
      throw error;
    }
    return gateway;
  } catch (error) {
    file?.abandon();
    throw error;
  }
}

/** Wires what runs handlers, what serves sockets and what watches sources. */
class LocalGateway implements Gateway {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-websocket-service-'));
  private readonly events: GatewayEvents;
  private readonly instruments: Instruments;
  private readonly handlerNotices: HandlerNotices;
  private readonly dynamoDb: LocalDynamoDb;
  private readonly runner: FunctionRunner;
  private readonly server: Server;
  private readonly updates: Updates;
  private app!: LocalApp;
  private addresses!: ServedAddresses;
  private trust!: Trust;
  private stopWatchingVariables?: () => void;
  private closed?: Promise<void>;

  public constructor(
    private readonly settings: Settings,
    private overrides: VariableOverrides,
    source: AppSource,
    private readonly first: FirstApp,
    private readonly recorded?: RecordedAdmissions,
  ) {
    this.events = this.newEvents();
    this.instruments = this.newInstruments();
    this.handlerNotices = this.newHandlerNotices();
    // Beside the assets, so that packages that bundles leave out are found as from there.
    const outPrefix = path.join(source.assembly, `.${path.basename(this.folder)}`);
    this.dynamoDb = this.newDynamoDb();
    this.runner = this.newRunner(outPrefix);
    this.server = this.newServer();
    this.server.services.register('dynamodb', (request, response) => this.dynamoDb.handle(request, response));
    this.instruments.register(this.server, this.dynamoDb);
    this.updates = new Updates({
      directory: settings.directory,
      source,
      outPrefix,
      read: () => readServed(source, settings),
      serve: (app, prepare) => this.serve(app, prepare),
      pool: this.runner.pool,
      emit: this.events.emit,
    });
  }

  public async open(recording?: RecordingFile): Promise<void> {
    this.app = this.first.app;
    // First, since it starts in a process of its own.
    this.dynamoDb.open();
    this.dynamoDb.serve(this.first.app.tables);
    this.trust = await trust(this.settings.host, this.folder, process.env);
    if (recording) this.instruments.record(recording);
    await this.serve(this.first.app);
    // Clients can connect at once: a message waits for its own function only, and the start of the gateway for none.
    setImmediate(() => void this.startFunctions());
  }

  public get apis(): readonly ServedApi[] {
    return this.addresses.apis;
  }

  public get functions(): LocalApp['functions'] {
    return this.app.functions;
  }

  public get tables(): Served['tables'] {
    return this.dynamoDb.served;
  }

  public get url(): string {
    return this.addresses.url;
  }

  public get callbackUrl(): string {
    return this.addresses.callbackUrl;
  }

  public get urls(): Record<string, string> {
    return this.addresses.urls;
  }

  public get connections(): OpenConnection[] {
    return this.server.connections.all().map(({ context: { connectionId, connectedAt, stage, identity }, served }) => (
      { connectionId, api: served.api.name, stage, connectedAt, sourceIp: identity.sourceIp }
    ));
  }

  public get faults(): Faults {
    return this.server.faults;
  }

  public get trace(): Trace {
    return this.instruments.trace;
  }

  public get certificate(): string {
    return this.trust.certificate.cert;
  }

  public get inspectorUrl(): string | undefined {
    return this.instruments.inspectorUrl;
  }

  public async token(request?: TokenRequest): Promise<string> {
    return (await this.instruments.issuer.token(request)).token;
  }

  public close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  /**
   * Serves an app. If it needs a port that is not free, this fails and the current app stays.
   *
   * @param prepare called when the addresses are known, before anything is served
   */
  private async serve(app: LocalApp, prepare?: () => Promise<void>): Promise<void> {
    const { port, host } = this.settings;
    await this.server.prepare(app, port, host, this.trust.certificate);
    this.app = app;
    this.dynamoDb.serve(app.tables);
    this.addresses = new ServedAddresses(app, this.server);
    this.instruments.prepare(app, this.apis);
    this.runner.serve({ app, addresses: this.addresses, trust: this.trust });
    await prepare?.();
    this.server.serve(app);
    this.instruments.changed();
    this.announce();
  }

  /** Emits the notices and URLs that were not emitted before. */
  private announce(): void {
    networkNotices(this.server.addresses).forEach((notice) => this.events.noticeOnce(notice));
    this.instruments.issuer.notices.forEach((notice) => this.events.noticeOnce(notice));
    startNotices(this.app, this.instruments.issuer.overrides, process.env).forEach((notice) => this.events.noticeOnce(notice));
    for (const { api, stages } of this.apis) {
      for (const { url, callbackUrl } of stages) this.events.listeningOnce({ api: api.name, url, callbackUrl });
    }
  }

  private async startFunctions(): Promise<void> {
    if (this.closed) return;
    await this.runner.start();
    if (!this.settings.watch || this.closed) return;
    this.updates.start(this.first);
    this.stopWatchingVariables = watchVariables(this.settings, {
      onChange: (overrides) => this.changeVariables(overrides),
      onBroken: ({ message }) => this.events.notice({
        code: 'env-file-broken', subject: this.settings.envVars!, text: `${message}; functions keep their current variables`,
      }),
    });
  }

  /** The env file was saved. */
  private changeVariables(overrides: VariableOverrides): void {
    const before = this.overrides;
    this.overrides = overrides;
    const restarted = this.updates.restart((fn) => JSON.stringify(variablesOf(fn, before)) !== JSON.stringify(variablesOf(fn, overrides)));
    if (restarted.length === 0) return;
    const paths = restarted.map((fn) => fn.path);
    const text = `the env file changed: ${listed(paths.map(functionLabel), 'functions')} run with the new variables`;
    this.events.notice({ code: 'env-file-changed', subject: paths.join(', '), text });
    this.announce();
  }

  /** Closes everything, even if a step fails or hangs. */
  private async shutDown(): Promise<void> {
    try {
      this.instruments.closeInspector();
      this.stopWatchingVariables?.();
      await Promise.all([atMost(CLOSING_PATIENCE, this.stopUpdates()), this.server.closeConnections(CLOSING_PATIENCE)]);
    } finally {
      // Handlers may call it to the last.
      await Promise.all([this.server.close(), this.runner.close()]).finally(() => this.dynamoDb.close());
      await this.instruments.closeRecorder();
    }
  }

  private async stopUpdates(): Promise<void> {
    await this.first.watcher?.close();
    await this.updates.stop();
  }

  /** Without an observer, no event is emitted, and nothing is searched for failed calls of handlers. */
  private newEvents(): GatewayEvents {
    const { onEvent } = this.settings;
    const observe = safeObserver(onEvent);
    return new GatewayEvents((event: GatewayEvent) => {
      observe(event);
      if (onEvent) this.handlerNotices.onEvent(event);
      this.instruments.note(event);
    });
  }

  private newInstruments(): Instruments {
    return new Instruments({
      settings: this.settings,
      served: () => this,
      app: () => this.app,
      overrides: () => this.overrides,
      onNotice: (notice) => this.events.notice(notice),
    });
  }

  private newHandlerNotices(): HandlerNotices {
    return new HandlerNotices({
      app: () => this.app,
      ports: () => this.apis.map(({ port }) => port),
      overrides: () => this.instruments.issuer.overrides,
      shell: process.env,
      onNotice: (notice) => this.events.notice(notice),
    });
  }

  private newDynamoDb(): LocalDynamoDb {
    return new LocalDynamoDb({
      ...this.settings,
      trace: this.instruments.trace,
      variables: () => ({ ...process.env, ...this.overrides.all }),
      onNotice: (notice) => this.events.notice(notice),
    });
  }

  private newRunner(outPrefix: string): FunctionRunner {
    return new FunctionRunner({
      settings: this.settings,
      folder: this.folder,
      outPrefix,
      events: this.events,
      trace: this.instruments.trace,
      overrides: () => this.instruments.issuer.overrides,
      localize: (text) => this.server.localize(text),
      serviceEndpoints: (fn, origin) => ({ ...this.dynamoDb.endpoints(origin), ...lambdaEndpoint(fn, origin, this.settings.lambda) }),
      mapStack: (functionId, lines) => this.updates.mapStack(functionId, lines),
      onAwsCall: (fn, event) => this.handlerNotices.onCall(fn, event),
    });
  }

  private newServer(): Server {
    const { settings } = this;
    return new Server({
      invoker: this.runner.pool,
      trace: this.instruments.trace,
      lifetimes: { idle: settings.idleTimeout, duration: settings.connectionDuration },
      serial: settings.serial ?? false,
      verbose: settings.verbose ?? false,
      observe: settings.onEvent && this.events.emit,
      functionPath: (id) => this.runner.pathOf(id),
      allowedHosts: [settings.host, ...settings.allowedHosts ?? []],
      allowedOrigins: settings.allowedOrigins,
      onMissingEndpoint: (functionId) => this.handlerNotices.onMissingEndpoint(functionId),
      beforeHandshake: ({ url = '/', rawHeaders }) => this.instruments.learn({ url, rawHeaders }),
      recorded: this.recorded,
    });
  }
}
