import { setTimeout } from 'timers/promises';
import { localhostUrls } from './address-book';
import { Admission } from './admission';
import { Certificate } from './certificate';
import { Connections, Lifetimes } from './connections';
import { Disconnects } from './disconnects';
import { LambdaApi } from './lambda-api';
import { ManagementApi } from './management-api';
import { Messages } from './messages';
import { FrontDoor, Ports } from './ports';
import { Services, SlowCalls } from './requests';
import { ServedStage } from './served-stage';
import { ServiceEndpoints } from './service-endpoints';
import { SharedUsers } from './shared-users';
import { ThisMachine } from './this-machine';
import { Tools } from './tools';
import { Upgrades } from './upgrades';
import { Visitors, VisitorsOptions } from './visitors';
import { Api, LocalApp, Stage } from '../assembly/local-app';
import { Clock } from '../clock';
import { faultsTool, GatewayFaults } from '../faults/faults';
import { Invoker } from '../functions/invoker';
import { GatewayObserver } from '../gateway-event';
import { targetIn } from '../integrations/integration';
import { Trace } from '../trace';

export interface ServerOptions extends VisitorsOptions {
  readonly invoker: Invoker;
  readonly lifetimes: Lifetimes;
  readonly serial: boolean;
  readonly verbose: boolean;
  readonly functionPath: (functionId: string) => string;
  readonly onMissingEndpoint?: Services['onMissingEndpoint'];
  readonly beforeHandshake?: Services['beforeHandshake'];
  readonly recorded?: Services['recorded'];
  /** Absent: nothing is traced. */
  readonly trace?: Trace;
  /**
   * By which connections and throttling are timed.
   * @default one that nobody moves
   */
  readonly clock?: Clock;
}

/** The part of a gateway that clients and backends talk to. */
export class Server {
  public readonly connections: Connections;
  public readonly clock: Clock;
  public readonly faults: GatewayFaults;
  /** The AWS services that the ports stand in for. */
  public readonly services: ServiceEndpoints;
  /** What the ports have below `/_ws`. */
  public readonly tools: Tools;
  public readonly machine = new ThisMachine(() => this.addresses);
  private readonly disconnects: Disconnects;
  private readonly ports: Ports;
  private readonly visitors: Visitors;
  private readonly lambda: LambdaApi;
  private functions: LocalApp['functions'] = new Map();
  private isFull = false;
  /** By stack, API and stage. Stages that are gone from the app stay: they may have open connections, and may come back. */
  private readonly stages = new Map<string, ServedStage>();
  private served: readonly ServedStage[] = [];
  /** The stages that have a port: served now, or soon. */
  private reachable: readonly ServedStage[] = [];

  public constructor(options: ServerOptions) {
    const { observe, functionPath, trace = new Trace(), clock = new Clock() } = options;
    this.clock = clock;
    this.connections = new Connections(options.lifetimes, clock);
    this.services = new ServiceEndpoints(this.machine);
    this.tools = new Tools(this.machine, (notice) => observe?.({ type: 'notice', time: Date.now(), ...notice }));
    this.faults = new GatewayFaults({ clock, connections: this.connections, routes: () => this.functionRoutes(), trace });
    this.tools.register('faults', faultsTool(this.faults));
    const invoker = this.faults.active.environments(options.invoker);
    const services: Services = {
      ...options,
      invoker,
      clock,
      faults: this.faults.active,
      trace,
      connections: this.connections,
      callbackUrl: (served) => `https://${this.addressOf(served.api, served.stage)}`,
      slowCalls: observe && new SlowCalls({ observe, functionPath }),
    };
    this.disconnects = new Disconnects(services);
    this.visitors = new Visitors(options);
    const [messages, management] = [new Messages(services), new ManagementApi(services)];
    const users = new SharedUsers({ observe, functions: () => this.functions });
    this.lambda = new LambdaApi({ ...options, invoker, trace, functions: () => this.functions });
    this.services.register('lambda', (request, response, rest) => void this.lambda.serve(request, response, rest));
    const noRoom = (): void => this.reportNoRoom(observe);
    this.ports = new Ports((book, listens) => {
      const upgrades = new Upgrades(services, new Admission(services, listens), messages, this.disconnects, users);
      return new FrontDoor(book, this.visitors, upgrades, management, this.services, this.tools, noRoom);
    });
  }

  /**
   * Assigns ports to these APIs without serving them yet: `serve` does that.
   *
   * @throws GatewayError PORT_IN_USE, PORT_REFUSED, HOST_NOT_FOUND
   */
  public async prepare({ apis }: LocalApp, port: number, host: string, certificate: Certificate): Promise<void> {
    this.machine.host = host;
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

  /** Serves these APIs from now on. Open connections stay, and their next message meets the new routes. */
  public serve({ apis, functions }: LocalApp): void {
    this.functions = functions;
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
    // 1.1.7: behind a closed default endpoint, the stage is not reachable by its name.
    const name = api.disableExecuteApiEndpoint && stage.mappings.length > 0 ? stage.mappings[0].mappingKey : stage.name;
    return `localhost:${served ? this.ports.numberOf(served) : 0}${name && `/${name}`}`;
  }

  /** The IP addresses on which the gateway listens, once its ports are open. */
  public get addresses(): readonly string[] {
    return this.ports.addresses;
  }

  /** How the gateway itself reaches one of its ports; `undefined` for every other port. */
  public dial(port: number): ReturnType<Ports['dial']> {
    return this.ports.dial(port);
  }

  /** Replaces the addresses of the served stages in a text by local ones. */
  public localize(text: string): string {
    return localhostUrls(this.reachable, (served) => this.ports.numberOf(served))(text);
  }

  /**
   * Ends all connections and lets their `$disconnect` run, which may call `@connections`. New connections are refused.
   *
   * @param patience milliseconds
   */
  public async closeConnections(patience: number): Promise<void> {
    // Nothing may wait for a fault to end.
    this.faults.close();
    this.connections.shutDown();
    const deadline = Date.now() + patience;
    while (this.connections.size > 0 && Date.now() < deadline) await setTimeout(5);
    await Promise.race([this.disconnects.settled(), setTimeout(Math.max(0, deadline - Date.now()), undefined, { ref: false })]);
  }

  public close(): Promise<void> {
    this.lambda.close();
    return this.ports.close();
  }

  /** The keys of the routes whose target is a function. */
  private functionRoutes(): string[] {
    const routes = this.served.flatMap(({ api, stage }) => [...api.routes.values()].filter(({ integration }) => (
      targetIn(stage.name, integration?.target)?.type === 'function')));
    return [...new Set(routes.map(({ routeKey }) => routeKey))];
  }

  /** Once: with one client refused, the next ones are too. */
  private reportNoRoom(observe: GatewayObserver | undefined): void {
    if (this.isFull) return;
    this.isFull = true;
    observe?.({
      type: 'notice',
      time: Date.now(),
      code: 'descriptors-exhausted',
      subject: `${this.connections.size} connections`,
      text: `a client was refused: with ${this.connections.size} open connections, this process has no file descriptors left for more, as `
        + 'further clients will find until others leave; raise the limit (ulimit -n) before the start of the gateway',
    });
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
