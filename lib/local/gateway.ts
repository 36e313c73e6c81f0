import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { setTimeout as delay } from 'timers/promises';
import { appSource, AppSource } from './app-source';
import { Api, LambdaFunction, LocalApp, Notice, Stage } from './assembly/model';
import { listed } from './assembly/notices';
import { functionIds } from './assembly/read-app';
import { GivenVariables, givenVariables, variablesOf, watchVariables } from './environment-file';
import { FirstApp, firstApp, readServed } from './first-app';
import { FunctionPool } from './functions/pool';
import { defaultEndpoint, functionEnvironment, writeGatewayAddress } from './functions/process-environment';
import { Watchdog } from './functions/watchdog';
import { GatewayEvent, GatewayObserver } from './gateway-event';
import { GatewayOptions, inspectorPort, Settings, withDefaults } from './gateway-options';
import { HandlerNotices } from './handler-notices';
import { atMost } from './patience';
import { FunctionNotices, inspectorNotice, networkNotices, startNotices } from './start-notices';
import { functionLabel, Served, ServedApi } from './terminal/served';
import { trust, Trust } from './trust';
import { Updates } from './updates';
import { markedEndpoint } from './wire/management-api';
import { Server } from './wire/server';

/** A running gateway. */
export interface Gateway extends Served {
  /** Where clients connect: `ws://localhost:3001/dev`, the first stage of the first API. */
  readonly url: string;
  /** The same of every API by its name; of an API with the name of another by stack and logical id. */
  readonly urls: Readonly<Record<string, string>>;
  /** Where backends find `@connections`: `https://localhost:3001/dev`. */
  readonly callbackUrl: string;
  /** What is open now. */
  readonly connections: readonly OpenConnection[];
  /** The certificate of https and wss as PEM: for clients that shall trust it. */
  readonly certificate: string;
  /** Closes all connections with 1001, lets their `$disconnect` run, ends every process and frees the ports. */
  close(): Promise<void>;
}

export interface OpenConnection {
  readonly connectionId: string;
  readonly api: string;
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly sourceIp: string;
}

/** Milliseconds that functions get to start before watching begins, so that the first message does not wait for it. */
const START_PATIENCE = 5_000;
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

/** The same for the command line: while it watches, a broken app is reported and retried after the next save. */
export function startPatiently(options: GatewayOptions): Promise<Gateway> {
  return start(options, options.watch === true);
}

async function start(options: GatewayOptions, patient: boolean): Promise<Gateway> {
  const settings = withDefaults(options);
  const given = givenVariables(settings);
  const source = appSource(settings);
  const read = (): LocalApp => readServed(source, settings);
  const first = await firstApp({ source, settings, read, tell: teller(settings), patient });
  const gateway = new LocalGateway(settings, given, source, first);
  try {
    await gateway.open();
  } catch (error) {
    await gateway.close();
    throw error;
  }
  return gateway;
}

class LocalGateway implements Gateway {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-websocket-service-'));
  private readonly server: Server;
  private readonly pool: FunctionPool;
  private readonly updates: Updates;
  private readonly watchdog: Watchdog;
  private readonly handlerNotices: HandlerNotices;
  private app!: LocalApp;
  private trust!: Trust;
  private closed?: Promise<void>;
  private endVariables?: () => void;
  private readonly observe: GatewayObserver;
  private readonly functionNotices = new FunctionNotices((notice) => this.note(notice));
  /** URLs and notices. */
  private readonly told = new Set<string>();

  public constructor(
    private readonly settings: Settings, private given: GivenVariables, source: AppSource, private readonly first: FirstApp,
  ) {
    this.observe = teller(settings);
    const functionPath = (id: string): string => this.app.functions.get(id)?.path ?? id;
    // Beside the assets: from there, packages that bundles leave out are found as from those.
    const outPrefix = path.join(source.assembly, `.${path.basename(this.folder)}`);
    this.watchdog = new Watchdog([this.folder, outPrefix]);
    this.handlerNotices = new HandlerNotices({
      app: () => this.app,
      ports: () => this.apis.map(({ port }) => port),
      given: () => this.given,
      shell: process.env,
      onNotice: (notice) => this.note(notice),
    });
    // Before any process starts: the gateway may be killed at any time.
    this.watchdog.watch([]);
    this.pool = new FunctionPool({
      concurrency: settings.concurrency,
      directory: settings.directory,
      environment: (fn) => this.environment(fn),
      inspect: inspectorPort(settings),
      mapStack: (functionId, lines) => this.updates.mapStack(functionId, lines),
      onOutput: (line) => this.tell({
        type: 'output', time: Date.now(), target: functionPath(line.functionId), ...line, text: this.updates.mapStack(line.functionId, [line.text])[0],
      }),
      onAwsCall: (fn, event) => this.handlerNotices.onCall(fn, event),
      onInspector: (fn, url) => this.note(inspectorNotice(fn, url)),
      onNotice: (notice) => this.functionNotices.add(notice),
      onProcesses: (pids) => this.watchdog.watch(pids),
      temporaryDirectory: this.folder,
    });
    this.server = new Server({
      invoker: this.pool,
      lifetimes: { idle: settings.idleTimeout, duration: settings.connectionDuration },
      serial: settings.serial ?? false,
      verbose: settings.verbose ?? false,
      observe: settings.onEvent && ((event) => this.tell(event)),
      functionPath,
      allowedHosts: [settings.host, ...settings.allowedHosts ?? []],
      allowedOrigins: settings.allowedOrigins,
      onMissingEndpoint: (functionId) => this.handlerNotices.onMissingEndpoint(functionId),
    });
    this.updates = new Updates({
      directory: settings.directory,
      source,
      outPrefix,
      read: () => readServed(source, settings),
      serve: (app, prepare) => this.serve(app, prepare),
      pool: this.pool,
      tell: (event) => this.tell(event),
    });
  }

  public async open(): Promise<void> {
    this.trust = await trust(this.settings.host, this.folder, process.env);
    await this.serve(this.first.app);
    // Clients come first: a message waits for its own function, the start for none of them.
    setImmediate(() => void this.startFunctions());
  }

  public get apis(): readonly ServedApi[] {
    return this.app.apis.map((api) => {
      const port = this.server.portOf(api);
      return { api, port, stages: api.stages.map((stage) => ({ stage, ...this.addresses(api, stage) })) };
    });
  }

  public get functions(): LocalApp['functions'] {
    return this.app.functions;
  }

  public get url(): string {
    return this.reachable[0].stages[0].url;
  }

  public get callbackUrl(): string {
    return this.reachable[0].stages[0].callbackUrl;
  }

  public get urls(): Record<string, string> {
    const urls: Record<string, string> = {};
    for (const { api, stages: [{ url }] } of this.reachable) urls[Object.hasOwn(urls, api.name) ? `${api.stack}/${api.logicalId}` : api.name] = url;
    return urls;
  }

  public get connections(): OpenConnection[] {
    return this.server.connections.all().map(({ context: { connectionId, connectedAt, stage, identity }, served }) => (
      { connectionId, api: served.api.name, stage, connectedAt, sourceIp: identity.sourceIp }
    ));
  }

  public get certificate(): string {
    return this.trust.certificate.cert;
  }

  public close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  /** An API without a stage can be reached by nobody. */
  private get reachable(): readonly ServedApi[] {
    return this.apis.filter(({ stages }) => stages.length > 0);
  }

  private async startFunctions(): Promise<void> {
    if (this.closed) return;
    // A module that loads slowly, or never, must not delay the watching of saves.
    await Promise.race([this.pool.start(this.app.functions), delay(START_PATIENCE, undefined, { ref: false })]);
    if (!this.settings.watch || this.closed) return;
    this.updates.start(this.first);
    this.endVariables = watchVariables(this.settings, {
      onChange: (given) => this.giveVariables(given),
      onBroken: ({ message }) => this.note({
        code: 'env-file-broken', subject: this.settings.envVars!, text: `${message}; functions keep their current variables`,
      }),
    });
  }

  /** The env file was saved. */
  private giveVariables(given: GivenVariables): void {
    const before = this.given;
    this.given = given;
    const concerned = this.updates.restart((fn) => JSON.stringify(variablesOf(fn, before)) !== JSON.stringify(variablesOf(fn, given)));
    if (concerned.length === 0) return;
    const paths = concerned.map((fn) => fn.path);
    const text = `the env file changed: ${listed(paths.map(functionLabel), 'functions')} run with the new variables`;
    this.note({ code: 'env-file-changed', subject: paths.join(', '), text });
    this.tellWhatIsServed();
  }

  /**
   * Serves another app, or keeps the current one if the other needs a port that is not free.
   *
   * @param prepare called when the addresses are known, before anything is served
   */
  private async serve(app: LocalApp, prepare?: () => Promise<void>): Promise<void> {
    const { port, host } = this.settings;
    await this.server.prepare(app, port, host, this.trust.certificate);
    this.app = app;
    this.writeAddress();
    await prepare?.();
    this.server.serve(app);
    this.tellWhatIsServed();
  }

  /** What was not told before. */
  private tellWhatIsServed(): void {
    for (const notice of [...networkNotices(this.server.addresses), ...startNotices(this.app, this.given, process.env)]) this.noteOnce(notice);
    for (const { api, stages } of this.apis) {
      for (const { url, callbackUrl } of stages) {
        if (!this.told.has(url)) this.tell({ type: 'listening', time: Date.now(), api: api.name, url, callbackUrl });
        this.told.add(url);
      }
    }
  }

  private noteOnce(notice: Notice): void {
    if (!this.told.has(notice.text)) this.note(notice);
    this.told.add(notice.text);
  }

  private note(notice: Notice): void {
    this.tell({ type: 'notice', time: Date.now(), ...notice });
  }

  private tell(event: GatewayEvent): void {
    this.observe(event);
    if (this.settings.onEvent) this.handlerNotices.onEvent(event);
  }

  private environment(fn: LambdaFunction): Record<string, string> {
    return functionEnvironment(fn, {
      shell: process.env,
      localize: (text) => this.server.localize(text),
      overrides: variablesOf(fn, this.given),
      region: fn.region,
      callbackEndpoint: this.callbackEndpoint(fn),
      certificateFile: this.trust.extraFile,
      bundleFile: this.trust.bundleFile,
      gatewayFile: this.addressFile,
      servedHosts: this.app.apis.map(defaultEndpoint),
    });
  }

  /** Without TLS, which code that passes no endpoint does not ask for. */
  private callbackEndpoint({ id }: LambdaFunction): string {
    const { stages: [{ callbackUrl }] } = this.reachable.find(({ api }) => functionIds(api).has(id)) ?? this.reachable[0];
    return markedEndpoint(callbackUrl.replace('https:', 'http:'), id);
  }

  private addresses(api: Api, stage: Stage): { url: string; callbackUrl: string } {
    const address = this.server.addressOf(api, stage);
    return { url: `ws://${address}`, callbackUrl: `https://${address}` };
  }

  private get addressFile(): string {
    return path.join(this.folder, 'gateway.json');
  }

  /** Every port serves the default endpoint of every API. */
  private writeAddress(): void {
    writeGatewayAddress(this.addressFile, this.settings.host, this.reachable[0].port, this.app.apis);
  }

  private async endUpdates(): Promise<void> {
    await this.first.watcher?.close();
    await this.updates.stop();
  }

  /** Closes everything, even if a step fails or hangs. */
  private async shutDown(): Promise<void> {
    try {
      this.endVariables?.();
      await Promise.all([atMost(CLOSING_PATIENCE, this.endUpdates()), this.server.closeConnections(CLOSING_PATIENCE)]);
    } finally {
      await Promise.all([this.server.close(), this.pool.close()]);
      this.functionNotices.flush();
      fs.rmSync(this.folder, { recursive: true, force: true });
      await this.watchdog.close();
    }
  }
}

/** An observer that throws must not cost a client its answer. */
function teller({ onEvent }: Settings): GatewayObserver {
  return (event) => {
    try {
      onEvent?.(event);
    } catch (error) {
      process.emitWarning(`onEvent failed: ${(error as Error).stack}`, 'GatewayWarning');
    }
  };
}
