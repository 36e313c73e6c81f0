import { AddressBook } from './address-book';
import { Certificate } from './certificate';
import { Endpoint } from './domain-name';
import { FrontDoor } from './front-door';
import { Listener } from './listener';
import { ServedStage } from './served-stage';
import { GatewayError } from '../gateway-error';

const HIGHEST_PORT = 65_535;

/** APIs that one port can tell apart by stage name and mapping key. */
interface Port {
  stages: readonly ServedStage[];
  readonly door: FrontDoor;
  listener?: Listener;
}

/** The ports of a gateway: one, unless two APIs have a stage of the same name. */
export class Ports {
  private readonly ports: Port[] = [];

  public constructor(private readonly makeDoor: (book: AddressBook, endpoint: () => Endpoint) => FrontDoor) {}

  /** Gives every stage a port: stages that have one keep it; the ports of other stages are freed. */
  public assign(stages: readonly ServedStage[]): void {
    for (const port of this.ports) port.stages = port.stages.filter((served) => stages.includes(served));
    for (const served of stages) {
      if (this.portOf(served)) continue;
      const home = this.homeOf(served);
      home.stages = [...home.stages, served];
    }
  }

  /** Opens the assigned ports to clients. */
  public publish(): void {
    const stages = this.ports.flatMap((port) => port.stages);
    for (const port of this.ports) port.door.book = new AddressBook(port.stages, stages);
  }

  /**
   * Opens those that are not open yet.
   *
   * @param first the port of the first; 0 for free ones
   * @throws GatewayError
   */
  public async open(first: number, host: string, certificate: Certificate): Promise<void> {
    const numberFor = (port: Port): number => (first === 0 ? 0 : first + this.ports.indexOf(port));
    const closed = this.ports.filter(({ stages, listener }) => stages.length > 0 && !listener);
    const last = Math.max(...closed.map(numberFor));
    if (last > HIGHEST_PORT) {
      throw new GatewayError('PORT_REFUSED', `port ${last} does not exist, and APIs with stages of the same name need the ports `
        + `${first} to ${last}; begin lower, for example --port 3001`);
    }
    for (const port of closed) port.listener = await Listener.open(numberFor(port), host, port.door.handlers, certificate);
  }

  public numberOf(served: ServedStage): number {
    return this.portOf(served)?.listener?.port ?? 0;
  }

  /** The IP addresses that are listened on. */
  public get addresses(): string[] {
    return [...new Set(this.ports.flatMap(({ listener }) => listener?.address ?? []))];
  }

  public async close(): Promise<void> {
    await Promise.all(this.ports.map(({ listener }) => listener?.close()));
  }

  private portOf(served: ServedStage): Port | undefined {
    return this.ports.find(({ stages }) => stages.includes(served));
  }

  /** A port where no path leads to two; if there is a choice, that of the API's other stages. */
  private homeOf(served: ServedStage): Port {
    const free = this.ports.filter(({ stages }) => !stages.some((other) => clash(other, served)));
    return free.find(({ stages }) => stages.some((other) => ofOneApi(other, served))) ?? free[0] ?? this.added();
  }

  private added(): Port {
    const endpoint = (): Endpoint => port.listener ?? { host: 'localhost', port: 0 };
    const port: Port = { stages: [], door: this.makeDoor(new AddressBook([]), endpoint) };
    this.ports.push(port);
    return port;
  }
}

/** Whether one path would lead to both. */
function clash(left: ServedStage, right: ServedStage): boolean {
  const keys = (served: ServedStage): string[] => [served.stage.name, ...served.stage.mappings.map(({ mappingKey }) => mappingKey)];
  return !ofOneApi(left, right) && keys(left).some((key) => keys(right).includes(key));
}

/** One that is served already has its API as the last synthesis had it. */
function ofOneApi({ api: left }: ServedStage, { api: right }: ServedStage): boolean {
  return left.stack === right.stack && left.logicalId === right.logicalId;
}
