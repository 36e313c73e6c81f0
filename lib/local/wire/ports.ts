import { AddressBook } from './address-book';
import { Certificate } from './certificate';
import { Endpoint } from './domain-name';
import { FrontDoor } from './front-door';
import { Listener } from './listener';
import { ServedStage } from './served-stage';

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

  /** Gives every stage a port: those that have one keep it, and what is served no more makes room. */
  public assign(stages: readonly ServedStage[]): void {
    for (const port of this.ports) port.stages = port.stages.filter((served) => stages.includes(served));
    for (const served of stages) {
      if (this.portOf(served)) continue;
      const home = this.homeOf(served);
      home.stages = [...home.stages, served];
    }
    for (const port of this.ports) port.door.book = new AddressBook(port.stages);
  }

  /**
   * Opens those that are not open yet.
   *
   * @param first the port of the first; 0 for free ones
   * @throws GatewayError
   */
  public async open(first: number, host: string, certificate: Certificate): Promise<void> {
    for (const [index, port] of this.ports.entries()) {
      port.listener ??= await Listener.open(first === 0 ? 0 : first + index, host, port.door.handlers, certificate);
    }
  }

  public numberOf(served: ServedStage): number {
    return this.portOf(served)?.listener?.port ?? 0;
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
    return free.find(({ stages }) => stages.some(({ api }) => api === served.api)) ?? free[0] ?? this.added();
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
  return left.api !== right.api && keys(left).some((key) => keys(right).includes(key));
}
