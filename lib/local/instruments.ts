import type { LocalApp, Notice } from './assembly/local-app';
import type { LocalDynamoDb } from './dynamodb/local-dynamodb';
import type { VariableOverrides } from './environment-file';
import { gatewayOrigin } from './functions/process-environment';
import { GatewayEvent } from './gateway-event';
import type { Settings } from './gateway-options';
import { Inspector, inspectorUrl } from './inspector/inspector';
import { LocalIssuer } from './issuer/issuer';
import { Recorder } from './recording/recorder';
import { RecordingFile } from './recording/recording-file';
import { Served, ServedApi } from './terminal/served';
import { noteOf, Trace } from './trace';
import { Server } from './wire/server';

export interface InstrumentsOptions {
  readonly settings: Settings;
  readonly served: () => Served;
  readonly app: () => LocalApp;
  /** The variables that the developer sets for functions. */
  readonly overrides: () => VariableOverrides;
  readonly onNotice: (notice: Notice) => void;
}

/** What stands beside the app: the trace of everything that passes, the page and the recording, which listen to it, and the issuer. */
export class Instruments {
  public readonly trace = new Trace();
  public readonly issuer: LocalIssuer;
  private inspector?: Inspector;
  private recorder?: Recorder;

  public constructor(private readonly options: InstrumentsOptions) {
    this.issuer = new LocalIssuer(options.settings.localIssuer === true, options.overrides);
  }

  /** Opens the paths below `/_ws`; those of the faults belong to the server. */
  public register(server: Server, dynamoDb: LocalDynamoDb): void {
    this.issuer.register(server.tools);
    if (!this.options.settings.inspector) return;
    this.inspector = this.newInspector(server, dynamoDb);
    server.faults.onChange = () => this.inspector?.changed();
  }

  /** Records from now on. */
  public record(file: RecordingFile): void {
    const { app, settings: { mask = false }, onNotice } = this.options;
    this.recorder = new Recorder(file, { app: app(), trace: this.trace, maskBodies: mask, onNotice });
  }

  /** Called before a handshake is answered. */
  public learn(handshake: Parameters<Recorder['learn']>[0]): void {
    this.recorder?.learn(handshake);
  }

  public note(event: GatewayEvent): void {
    const note = this.trace.isOn ? noteOf(event) : undefined;
    if (note) this.trace.add(note);
  }

  /** Called when the addresses of an app are known, before it is served. */
  public prepare(app: LocalApp, apis: readonly ServedApi[]): void {
    this.issuer.serve(app, apis, (port) => gatewayOrigin(this.options.settings.host, port).replace('http:', 'https:'));
  }

  /** The app is served. */
  public changed(): void {
    this.inspector?.changed();
  }

  public get inspectorUrl(): string | undefined {
    return this.inspector && inspectorUrl(this.options.served().apis, this.options.settings.host);
  }

  /** Lets the browsers and the clients of the page go. */
  public closeInspector(): void {
    this.inspector?.close();
  }

  /** Completes the recording; nothing passes the gateway any more. */
  public async closeRecorder(): Promise<void> {
    await this.recorder?.close();
  }

  private newInspector(server: Server, dynamoDb: LocalDynamoDb): Inspector {
    const { settings: { localIssuer, record }, served, app } = this.options;
    return new Inspector({
      trace: this.trace,
      tools: server.tools,
      served,
      app,
      connections: () => server.connections.all(),
      read: (operation, region, input) => dynamoDb.read(operation, region, input),
      dial: (port) => server.dial(port),
      more: () => ({ faults: server.faults.list(), issuer: localIssuer === true, recording: record }),
    });
  }
}
