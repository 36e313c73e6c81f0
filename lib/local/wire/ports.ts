import type { IncomingMessage, ServerResponse } from 'http';
import type { Socket } from 'net';
import { Address, AddressBook, noStageForCall } from './address-book';
import { Certificate } from './certificate';
import { Listener, PortHandlers } from './listener';
import { ManagementApi, ManagementPath, managementPath } from './management-api';
import { refuseRequest } from './refusal';
import { ServedStage } from './served-stage';
import { ServiceEndpoints } from './service-endpoints';
import { Tools } from './tools';
import { Upgrades } from './upgrades';
import { Visitors } from './visitors';
import { GatewayError } from '../gateway-error';
import { Refusal } from '../protocol/connect-answer';
import { parseTarget } from '../protocol/request';
import { UNVERIFIED } from '../protocol/unverified';

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

  public constructor(private readonly makeDoor: (book: AddressBook, listens: () => Pick<Listener, 'host' | 'port'>) => FrontDoor) {}

  /** Gives every stage a port: stages that have one keep it; the ports of other stages are freed. */
  public assign(stages: readonly ServedStage[]): void {
    for (const port of this.ports) port.stages = port.stages.filter((served) => stages.includes(served));
    for (const served of stages) {
      if (this.portOf(served)) continue;
      const port = this.freePortFor(served) ?? this.added();
      port.stages = [...port.stages, served];
    }
  }

  /** Makes the assigned stages reachable. */
  public publish(): void {
    const stages = this.ports.flatMap((port) => port.stages);
    for (const port of this.ports) port.door.book = new AddressBook(port.stages, stages);
  }

  /**
   * Opens the assigned ports that are not open yet.
   *
   * @param first number of the first port; 0 for free ones
   * @throws GatewayError PORT_IN_USE, PORT_REFUSED, HOST_NOT_FOUND
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

  /** The IP addresses on which the open ports listen. */
  public get addresses(): string[] {
    return [...new Set(this.ports.flatMap(({ listener }) => listener?.address ?? []))];
  }

  /** How the gateway itself reaches one of its ports; `undefined` for every other port. */
  public dial(port: number): { readonly host: string; readonly port: number } | undefined {
    const address = this.ports.find(({ listener }) => listener?.port === port)?.listener?.address;
    if (address === undefined) return undefined;
    return { host: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address, port };
  }

  public async close(): Promise<void> {
    await Promise.all(this.ports.map(({ listener }) => listener?.close()));
  }

  private portOf(served: ServedStage): Port | undefined {
    return this.ports.find(({ stages }) => stages.includes(served));
  }

  /** A port where no path would lead to two stages, preferably that of the API's other stages. */
  private freePortFor(served: ServedStage): Port | undefined {
    const free = this.ports.filter(({ stages }) => !stages.some((other) => clash(other, served)));
    return free.find(({ stages }) => stages.some((other) => ofOneApi(other, served))) ?? free[0];
  }

  private added(): Port {
    const door = this.makeDoor(new AddressBook([]), () => port.listener ?? { host: 'localhost', port: 0 });
    const port: Port = { stages: [], door };
    this.ports.push(port);
    return port;
  }
}

/** Whether one path would lead to both stages. */
function clash(left: ServedStage, right: ServedStage): boolean {
  const keys = (served: ServedStage): string[] => [served.stage.name, ...served.stage.mappings.map(({ mappingKey }) => mappingKey)];
  return !ofOneApi(left, right) && keys(left).some((key) => keys(right).includes(key));
}

/** By name, since the stages may be of different syntheses. */
function ofOneApi({ api: left }: ServedStage, { api: right }: ServedStage): boolean {
  return left.stack === right.stack && left.logicalId === right.logicalId;
}

/** Dispatches the requests at one port to the stages that the port serves. */
export class FrontDoor {
  public constructor(
    public book: AddressBook,
    private readonly visitors: Visitors,
    private readonly upgrades: Upgrades,
    private readonly management: ManagementApi,
    private readonly services: ServiceEndpoints,
    private readonly tools: Tools,
    private readonly noRoom?: () => void,
  ) {}

  public get handlers(): PortHandlers {
    return {
      request: (request, response) => this.request(request, response),
      upgrade: (request, socket, head) => this.upgrade(request, socket, head),
      noRoom: this.noRoom,
    };
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const refusal = this.visitors.refusal(request);
    if (refusal) this.upgrades.refuseVisitor(refusal, request, socket);
    else void this.upgrades.serve(this.book, request, socket, head);
  }

  private request(request: IncomingMessage, response: ServerResponse): void {
    const notAllowed = this.visitors.refusal(request);
    if (notAllowed) {
      refuseRequest(request, response, notAllowed);
      return;
    }
    if (this.services.serve(request, response) || this.tools.serve(request, response, this.book)) return;
    this.management.unmark(request);
    const { path } = parseTarget(request.url ?? '/');
    const address = this.book.find(request.headers.host ?? '', path);
    const ofStage = address && managementPath(address.rest);
    if (ofStage?.at === 0 && ofStage.isLowerCase) {
      void this.management.serve(address!.served, ofStage, request, response);
      return;
    }
    const refusal = refusalOf(path, address, ofStage, request);
    const anywhere = managementPath(path);
    // 6.10: a wrong endpoint is reported; 1.1.4: a request that a browser makes on its own is not.
    if (anywhere) this.management.refuse(refusal, noStageForCall(this.book, request, path, anywhere.at), anywhere, request, response);
    else refuseRequest(request, response, refusal);
  }
}

function refusalOf(path: string, address: Address | undefined, ofStage: ManagementPath | undefined, { method }: IncomingMessage): Refusal {
  if (!address) return UNVERIFIED.callbackForbidden;
  if (!ofStage) return UNVERIFIED.plainGet;
  if (!address.byDomain) return UNVERIFIED.callbackForbidden;
  const message = `No method found matching route ${path.slice(1)} for http method ${method}.`;
  return { ...UNVERIFIED.stageOnDomain, body: JSON.stringify({ message }) };
}
