import * as fs from 'fs';
import * as path from 'path';
import { LambdaFunction, LocalApp } from './assembly/local-app';
import { functionIds } from './assembly/read-app';
import { VariableOverrides, variablesOf } from './environment-file';
import { AwsCallEvent } from './functions/aws-calls';
import { FunctionPool } from './functions/pool';
import { defaultEndpoint, functionEnvironment, gatewayOrigin, writeGatewayAddress } from './functions/process-environment';
import { OutputLine } from './functions/process-output';
import { Watchdog } from './functions/watchdog';
import { GatewayEvents } from './gateway-event';
import { inspectorPort, Settings } from './gateway-options';
import { atMost } from './patience';
import { ServedAddresses } from './served-addresses';
import { FunctionNotices, inspectorNotice, unresolvedVariables } from './start-notices';
import { Trace } from './trace';
import { Trust } from './trust';

export interface FunctionRunnerOptions {
  readonly settings: Settings;
  /** The folder for the temporary files of the gateway; `close` removes it. */
  readonly folder: string;
  /** Absolute path that the folders of new versions of handlers begin with. */
  readonly outPrefix: string;
  readonly events: GatewayEvents;
  readonly trace: Trace;
  readonly overrides: () => VariableOverrides;
  /** Rewrites the AWS URLs of the served APIs to those of the gateway. */
  readonly localize: (text: string) => string;
  /**
   * The endpoints of AWS services that a function gets, by variable, unless the developer has set them.
   *
   * @param origin of the gateway: `http://127.0.0.1:3001`
   */
  readonly serviceEndpoints: (fn: LambdaFunction, origin: string) => Readonly<Record<string, string>>;
  readonly mapStack: (functionId: string, lines: readonly string[]) => readonly string[];
  readonly onAwsCall: (fn: LambdaFunction, event: AwsCallEvent) => void;
}

/** The app that is served, where, and by which files its functions trust the gateway. */
interface ServedApp {
  readonly app: LocalApp;
  readonly addresses: ServedAddresses;
  readonly trust: Trust;
}

/** Milliseconds that functions get to start before watching begins: building handlers would delay the first message otherwise. */
const START_PATIENCE = 5_000;

/** Runs the functions of a gateway: their processes, the environment that these get, and a watchdog in case the gateway is killed. */
export class FunctionRunner {
  public readonly pool: FunctionPool;
  private readonly notices: FunctionNotices;
  private readonly watchdog: Watchdog;
  /** The file in which processes read where the gateway listens. */
  private readonly addressFile: string;
  private served!: ServedApp;

  public constructor(private readonly options: FunctionRunnerOptions) {
    const { folder, outPrefix, events } = options;
    this.addressFile = path.join(folder, 'gateway.json');
    this.notices = new FunctionNotices((notice) => events.notice(notice));
    this.watchdog = new Watchdog([folder, outPrefix]);
    // Before any process starts, since the gateway may be killed at any time.
    this.watchdog.watch([]);
    this.pool = this.newPool();
  }

  /** Runs the functions of this app from now on; called before any of them starts. */
  public serve(served: ServedApp): void {
    this.served = served;
    writeGatewayAddress(this.addressFile, this.options.settings.host, served.addresses.port, served.app.apis);
  }

  /** Starts the functions, those of `$connect` first. A module that loads slowly, or never, is not awaited. */
  public async start(): Promise<void> {
    const { apis, functions } = this.served.app;
    // Without them, no client gets in.
    const first = new Set(apis.flatMap((api) => [...functionIds(api, ['$connect'])]));
    await atMost(START_PATIENCE, this.pool.start(functions, first));
  }

  /** The construct path of a function. */
  public pathOf(functionId: string): string {
    return this.served.app.functions.get(functionId)?.path ?? functionId;
  }

  public async close(): Promise<void> {
    await this.pool.close();
    this.notices.flush();
    fs.rmSync(this.options.folder, { recursive: true, force: true });
    await this.watchdog.close();
  }

  private newPool(): FunctionPool {
    const { settings, folder, events, mapStack, onAwsCall } = this.options;
    return new FunctionPool({
      concurrency: settings.concurrency,
      directory: settings.directory,
      environment: (fn) => this.environment(fn),
      inspect: inspectorPort(settings),
      mapStack,
      onOutput: (line) => this.print({ ...line, text: mapStack(line.functionId, [line.text])[0] }),
      onAwsCall,
      onInspector: (fn, url) => events.notice(inspectorNotice(fn, url)),
      onNotice: (notice) => this.notices.add(notice),
      onProcesses: (pids) => this.watchdog.watch(pids),
      temporaryDirectory: folder,
    });
  }

  private print(line: OutputLine): void {
    const { events, trace } = this.options;
    const time = Date.now();
    events.emit({ type: 'output', time, target: this.pathOf(line.functionId), ...line });
    if (!trace.isOn) return;
    const { functionId, requestId: invocationId, stream, text } = line;
    trace.add({ type: 'output', time, functionId, invocationId, stream, text });
  }

  private environment(fn: LambdaFunction): Record<string, string> {
    const { app, addresses, trust } = this.served;
    const { host } = this.options.settings;
    // The other functions have theirs at the start.
    if (fn.onDemand) unresolvedVariables([fn], this.options.overrides()).forEach((notice) => this.options.events.noticeOnce(notice));
    return functionEnvironment(fn, {
      shell: process.env,
      localize: this.options.localize,
      overrides: variablesOf(fn, this.options.overrides()),
      region: fn.region,
      callbackEndpoint: addresses.callbackEndpoint(fn),
      serviceEndpoints: this.options.serviceEndpoints(fn, gatewayOrigin(host, addresses.port)),
      certificateFile: trust.extraFile,
      bundleFile: trust.bundleFile,
      gatewayFile: this.addressFile,
      servedHosts: [...app.apis.map(defaultEndpoint), host],
    });
  }
}
