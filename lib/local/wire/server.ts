import { setTimeout } from 'timers/promises';
import { Admission } from './admission';
import { Certificate } from './certificate';
import { Connections, Lifetimes } from './connections';
import { FrontDoor } from './front-door';
import { Handshakes } from './handshakes';
import { Lifecycle } from './lifecycle';
import { localhostUrls } from './localhost-urls';
import { ManagementApi } from './management-api';
import { Messages } from './messages';
import { Ports } from './ports';
import { slowCallsOf } from './request-report';
import { ServedStage } from './served-stage';
import { Services } from './services';
import { Visitors, VisitorsOptions } from './visitors';
import { Api, LocalApp, Stage } from '../assembly/model';
import { Invoker } from '../functions/invoker';

export interface ServerOptions extends VisitorsOptions {
  readonly invoker: Invoker;
  readonly lifetimes: Lifetimes;
  readonly serial: boolean;
  readonly verbose: boolean;
  readonly functionPath: (functionId: string) => string;
  readonly onMissingEndpoint?: (functionId: string) => void;
}

/** Everything of a gateway that clients and backends talk to. */
export class Server {
  public readonly connections: Connections;
  private readonly lifecycle: Lifecycle;
  private readonly ports: Ports;
  private readonly visitors: Visitors;
  /** By stack, API and stage; those that are gone from the app too, since connections may be open and they may come back. */
  private readonly stages = new Map<string, ServedStage>();
  private served: readonly ServedStage[] = [];
  /** The APIs that have a port: they are served, or will be. */
  private reachable: readonly ServedStage[] = [];

  public constructor(options: ServerOptions) {
    this.connections = new Connections(options.lifetimes);
    const services: Services = {
      ...options,
      connections: this.connections,
      callbackUrl: (served) => `https://${this.addressOf(served.api, served.stage)}`,
      slowCalls: slowCallsOf(options),
    };
    this.lifecycle = new Lifecycle(services);
    this.visitors = new Visitors(options);
    const [messages, management] = [new Messages(services), new ManagementApi(services)];
    this.ports = new Ports((book, endpoint) => new FrontDoor(
      book, this.visitors, new Handshakes(services, new Admission(services, endpoint), messages, this.lifecycle), management,
    ));
  }

  /**
   * Assigns ports to these APIs without serving them yet: `serve` does that.
   *
   * @throws GatewayError PORT_IN_USE, PORT_REFUSED, HOST_NOT_FOUND
   */
  public async prepare({ apis }: LocalApp, port: number, host: string, certificate: Certificate): Promise<void> {
    this.reachable = apis.flatMap((api) => api.stages.map((stage) => this.stageOf(api, stage)));
    this.ports.assign(this.reachable);
    try {
      await this.ports.open(port, host, certificate);
    } catch (error) {
      this.reachable = this.served;
      this.ports.assign(this.served);
      throw error;
    }
  }

  /** Serves these APIs from now on; open connections stay, and their next message meets the new routes. */
  public serve({ apis }: LocalApp): void {
    this.served = apis.flatMap((api) => api.stages.map((stage) => {
      const served = this.stageOf(api, stage);
      served.update(api, stage);
      return served;
    }));
    this.reachable = this.served;
    for (const served of this.stages.values()) if (!this.served.includes(served)) served.retire();
    this.visitors.serve(this.served);
    this.ports.assign(this.served);
    this.ports.publish();
  }

  /** The port of an API; 0 as long as it is not open. */
  public portOf({ stack, logicalId }: Api): number {
    const served = this.reachable.find(({ api }) => api.stack === stack && api.logicalId === logicalId);
    return served ? this.ports.numberOf(served) : 0;
  }

  /** Host, port and path of a stage: `localhost:3001/dev`; the stages of an API may have several ports. */
  public addressOf(api: Api, stage: Stage): string {
    const served = this.stages.get(keyOf(api, stage));
    // 1.1.7: the stage is not reachable by its name then.
    const name = api.disableExecuteApiEndpoint && stage.mappings.length > 0 ? stage.mappings[0].mappingKey : stage.name;
    return `localhost:${served ? this.ports.numberOf(served) : 0}${name && `/${name}`}`;
  }

  /** The IP addresses that are listened on, once it is open. */
  public get addresses(): readonly string[] {
    return this.ports.addresses;
  }

  /** Makes the addresses of what is served here local. */
  public localize(text: string): string {
    return localhostUrls(this.reachable, (served) => this.ports.numberOf(served))(text);
  }

  /**
   * Ends all connections and lets their `$disconnect` run, which may call `@connections`; nobody is let in any more.
   *
   * @param patience milliseconds
   */
  public async closeConnections(patience: number): Promise<void> {
    this.connections.shutDown();
    const deadline = Date.now() + patience;
    while (this.connections.size > 0 && Date.now() < deadline) await setTimeout(5);
    await Promise.race([this.lifecycle.settled(), setTimeout(Math.max(0, deadline - Date.now()), undefined, { ref: false })]);
  }

  public close(): Promise<void> {
    return this.ports.close();
  }

  private stageOf(api: Api, stage: Stage): ServedStage {
    const key = keyOf(api, stage);
    const served = this.stages.get(key) ?? new ServedStage(api, stage);
    this.stages.set(key, served);
    return served;
  }
}

function keyOf({ stack, logicalId }: Api, { name }: Stage): string {
  return `${stack}/${logicalId}/${name}`;
}
