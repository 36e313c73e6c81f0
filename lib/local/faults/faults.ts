import { ActiveFaults } from './active-faults';
import { Ends, type FaultyConnection, type FaultyConnections } from './ends';
import { checked, faultName, invalid, shown, wayOut } from './fault-arguments';
import type {
  ColdStartFault, DisconnectFault, EndFault, FaultArguments, FaultName, HandlerFault, PostsFault, RandomFault, RefuseFault, ThrottleFault,
} from './fault-arguments';
import { ruleOf, type FaultKind } from './fault-rules';
import { RandomFaults } from './random-faults';
import type { Clock } from '../clock';
import { isRecord } from '../protocol/json';
import type { Trace } from '../trace';

/**
 * What AWS and networks do to connections and functions, on demand (docs/faults.md). A fault lasts until `clear`, or as often as `times`
 * says; one of the same kind for the same connection or route takes its place.
 */
export interface Faults {
  /** Ends one connection, or all that are open. */
  end(fault: EndFault): Promise<void>;
  /** Refuses the next handshakes. */
  refuse(fault: RefuseFault): Promise<void>;
  /** Answers posts to `@connections` with an error. */
  posts(fault: PostsFault): Promise<void>;
  /** Slows the function of a route down, or kills its process. */
  handler(fault: HandlerFault): Promise<void>;
  /** Delays or loses `$disconnect`. */
  disconnect(fault: DisconnectFault): Promise<void>;
  /** The next invocation of each function waits for a new environment. */
  coldStart(fault: ColdStartFault): Promise<void>;
  /** Throttles every stage. */
  throttle(fault: ThrottleFault): Promise<void>;
  /** A repeatable mixture. */
  random(fault: RandomFault): Promise<void>;
  /** Ends all faults: stalled connections and delayed functions go on, half-open connections are cut. */
  clear(): Promise<void>;
  /** Moves the time of idle connections, durations, throttling and delays of faults. */
  advance(milliseconds: number): Promise<void>;
}

/** A fault as `GET /_ws/faults` lists it, with its arguments. */
export interface ListedFault {
  readonly fault: FaultName;
  readonly text: string;
  /** A number of docs/fidelity.md. */
  readonly rule: string;
  readonly [argument: string]: unknown;
}

export interface FaultsOptions {
  readonly clock: Clock;
  readonly connections: FaultyConnections;
  /** The keys of the routes that are served now. */
  readonly routes: () => readonly string[];
  readonly trace?: Trace;
}

type Calls = { readonly [Name in FaultName]: (fault: FaultArguments[Name]) => void | Promise<void> };

/** The faults of one gateway. */
export class GatewayFaults implements Faults {
  /** What sockets and functions ask. */
  public readonly active: ActiveFaults;
  /** Called when faults were set or cleared. */
  public onChange?: () => void;
  private readonly ends: Ends;
  private isClosed = false;
  private readonly calls: Calls = {
    end: ({ how, connection, seconds }) => {
      if (seconds !== undefined && how !== 'stall') throw invalid(`end: \`seconds\` belongs to a stall, but \`how\` is ${shown(how)}`);
      const ended = connection === undefined ? this.options.connections.all() : [this.openConnection('end', connection)];
      for (const each of ended) this.ends.end(each, how, seconds && seconds * 1000);
    },
    refuse: (fault) => { this.active.refusal = { ...fault, left: fault.times ?? Infinity }; },
    posts: (fault) => {
      if (fault.connection !== undefined) this.openConnection('posts', fault.connection);
      this.active.setPosts(fault);
    },
    handler: (fault) => {
      const routes = this.options.routes();
      if (!routes.includes(fault.route)) {
        throw invalid(`handler: no function is the target of a route ${shown(fault.route)}; ${wayOut(fault.route, routes)}`);
      }
      this.active.handlers.set(fault.route, fault);
    },
    disconnect: (fault) => { this.active.disconnect = fault; },
    coldStart: ({ milliseconds }) => { this.active.coldStart = { milliseconds, until: new Map() }; },
    throttle: (fault) => { this.active.throttle = fault; },
    random: ({ seed }) => { this.active.random = new RandomFaults(seed); },
    clear: () => this.active.clear(),
    advance: ({ milliseconds }) => this.options.clock.advance(milliseconds),
  };

  public constructor(private readonly options: FaultsOptions) {
    const { clock, connections, trace } = options;
    this.ends = new Ends(connections, clock);
    this.active = new ActiveFaults(clock, this.ends, trace && ((text) => { if (trace.isOn) this.note(text()); }));
  }

  public end(fault: EndFault): Promise<void> {
    return this.call('end', fault);
  }

  public refuse(fault: RefuseFault): Promise<void> {
    return this.call('refuse', fault);
  }

  public posts(fault: PostsFault): Promise<void> {
    return this.call('posts', fault);
  }

  public handler(fault: HandlerFault): Promise<void> {
    return this.call('handler', fault);
  }

  public disconnect(fault: DisconnectFault): Promise<void> {
    return this.call('disconnect', fault);
  }

  public coldStart(fault: ColdStartFault): Promise<void> {
    return this.call('coldStart', fault);
  }

  public throttle(fault: ThrottleFault): Promise<void> {
    return this.call('throttle', fault);
  }

  public random(fault: RandomFault): Promise<void> {
    return this.call('random', fault);
  }

  public clear(): Promise<void> {
    return this.call('clear');
  }

  public advance(milliseconds: number): Promise<void> {
    return this.call('advance', { milliseconds });
  }

  /**
   * Sets a fault by its name.
   *
   * @throws GatewayError INVALID_FAULT
   */
  public async call(name: unknown, given?: unknown): Promise<void> {
    const fault = faultName(name);
    const faultArguments = checked(fault, given);
    if (this.isClosed) throw invalid(`${fault}: the gateway is closed, or is closing`);
    await (this.calls[fault] as (given: unknown) => void | Promise<void>)(faultArguments);
    const text = Object.keys(faultArguments).length > 0 ? JSON.stringify(faultArguments) : '';
    if (this.options.trace?.isOn) this.note(`fault: ${fault}(${text})`);
    this.onChange?.();
  }

  /** The faults that are set, and connections that nothing passes. */
  public list(): ListedFault[] {
    const { refusal, posts, handlers, disconnect, coldStart, throttle, random } = this.active;
    return [
      ...this.options.connections.all().flatMap(({ id, isOpen, silence }) => {
        const how = silence === 'stalled' ? 'stall' : silence;
        return isOpen && how ? listed('end', `end ${how}`, { how, connection: id }) : [];
      }),
      ...refusal ? [listed('refuse', `refuse ${refusal.status}`, { status: refusal.status, ...remaining(refusal) })] : [],
      ...[...posts.values()].map(({ status, connection, share, ...more }) => (
        listed('posts', `posts ${status}`, { status, connection, share, ...remaining(more) }))),
      ...[...handlers.values()].map((fault) => listed('handler', fault.kill ? 'handler kill' : 'handler delay', fault)),
      ...disconnect ? [listed('disconnect', disconnect.lose ? 'disconnect lose' : 'disconnect delay', disconnect)] : [],
      ...coldStart ? [listed('coldStart', 'coldStart', { milliseconds: coldStart.milliseconds })] : [],
      ...throttle ? [listed('throttle', 'throttle', { perSecond: throttle.perSecond })] : [],
      ...random ? [listed('random', 'random', { seed: random.seed })] : [],
    ];
  }

  /** Ends all faults for good, since the gateway ends: nothing may wait for them. */
  public close(): void {
    this.isClosed = true;
    this.active.clear();
  }

  private openConnection(name: FaultName, id: string): FaultyConnection {
    const { connections } = this.options;
    const connection = connections.get(id);
    if (connection?.isOpen) return connection;
    const open = connections.all().filter(({ isOpen }) => isOpen).map((each) => each.id);
    const some = [...open.slice(0, MOST_NAMED), ...open.length > MOST_NAMED ? ['...'] : []].join(', ');
    const known = open.length === 0 ? 'none is open' : `open ones: ${some}`;
    throw invalid(`${name}: the connection ${shown(id)} is not open (any more); ${known}`);
  }

  private note(text: string): void {
    this.options.trace?.add({ type: 'note', time: Date.now(), kind: 'fault', text });
  }
}

/** Connections that an error names. */
const MOST_NAMED = 3;

/** As much of `ToolCall` as this tool looks at. */
interface FaultsCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly rest: string;
  readonly body: unknown;
}

interface FaultsAnswer {
  readonly status: number;
  readonly json?: unknown;
}

/** `/_ws/faults`: POST sets one (`{ "fault": "end", "how": "cut" }`), GET lists them, DELETE ends all. */
export function faultsTool(faults: GatewayFaults): (call: FaultsCall) => Promise<FaultsAnswer> {
  return async ({ method, rest, body }) => {
    if (rest !== '' && rest !== '/') return { status: 404, json: { message: `there is nothing at /_ws/faults${rest}` } };
    if (method === 'GET') return { status: 200, json: faults.list() };
    try {
      if (method === 'DELETE') {
        await faults.clear();
      } else {
        if (!isRecord(body)) throw invalid('a POST has an object such as {"fault":"end","how":"cut"}');
        const { fault, ...given } = body;
        await faults.call(fault, given);
      }
      return { status: 204 };
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'INVALID_FAULT') throw error;
      return { status: 400, json: { message: (error as Error).message } };
    }
  };
}

function listed(fault: FaultName, kind: FaultKind, given: object): ListedFault {
  const { text, rule, unverified } = ruleOf(kind);
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { fault, ...own, text: unverified ? `${text} (not verified against AWS)` : text, rule };
}

function remaining({ left }: { readonly left: number }): { readonly times?: number } {
  return left === Infinity ? {} : { times: left };
}
