import { Ends, type FaultyConnection } from './ends';
import type { DisconnectFault, HandlerFault, PostsFault, RefuseFault } from './fault-arguments';
import { generator, RandomFaults } from './random-faults';
import type { Clock } from '../clock';
import type { InvocationFault } from '../functions/invocation-fault';
import type { Invoker } from '../functions/invoker';
import type { Refusal } from '../protocol/connect-answer';
import { UNVERIFIED } from '../protocol/unverified';

const REFUSED = {
  403: UNVERIFIED.implicitDeny, 429: UNVERIFIED.throttledConnect, 500: UNVERIFIED.connectNotInvocable, 503: UNVERIFIED.serviceUnavailable,
} as const satisfies Record<RefuseFault['status'], Refusal>;

const POST_ANSWERS = {
  410: { status: 410, body: '', errorType: 'GoneException' },
  429: UNVERIFIED.throttledPost,
  500: UNVERIFIED.failedPost,
  504: UNVERIFIED.lostPost,
} as const satisfies Record<PostsFault['status'], Refusal>;

/** The first one is always used, so that the same program meets the same faults. */
const SHARE_SEED = 'share';

interface Counted {
  /** How often it still acts. */
  left: number;
}

/** The faults that are set, as sockets and functions meet them. While none is, each question is one look at a field. */
export class ActiveFaults {
  public refusal?: RefuseFault & Counted;
  /** By connection id; `undefined` is for all. */
  public readonly posts = new Map<string | undefined, PostsFault & Counted & { readonly random: () => number }>();
  /** By route key. */
  public readonly handlers = new Map<string, HandlerFault>();
  public disconnect?: DisconnectFault;
  public coldStart?: { readonly milliseconds: number; readonly until: Map<string, number> };
  public throttle?: { readonly perSecond: number };
  public random?: RandomFaults;
  /** What waits for a fault to be over. */
  private readonly waiting = new Set<() => void>();

  public constructor(
    private readonly clock: Clock, private readonly ends: Ends, private readonly onActed: (text: () => string) => void = () => undefined,
  ) {}

  /** One for the same connection takes the place of the one before. */
  public setPosts(fault: PostsFault): void {
    this.posts.set(fault.connection, { ...fault, left: fault.times ?? Infinity, random: generator(SHARE_SEED) });
  }

  /** Ends all, and lets what waits go on. */
  public clear(): void {
    this.refusal = this.disconnect = this.coldStart = this.throttle = this.random = undefined;
    this.posts.clear();
    this.handlers.clear();
    this.waiting.forEach((end) => end());
    this.waiting.clear();
    this.ends.clear();
  }

  /** How the next handshake is refused. */
  public refuse(): Refusal | undefined {
    let status: RefuseFault['status'] | undefined = this.refusal?.status;
    if (this.refusal && --this.refusal.left === 0) this.refusal = undefined;
    status ??= this.random?.next('handshakes');
    if (status === undefined) return undefined;
    this.acted(() => `a handshake was refused with ${status}`);
    return REFUSED[status];
  }

  /** How the next post is answered instead of being sent. */
  public answerPost(connection: FaultyConnection | undefined, id: string): Refusal | undefined {
    if (this.posts.size === 0 && !this.random) return undefined;
    const status = this.takePost(id) ?? this.takePost(undefined);
    const random = status === undefined && connection?.isOpen ? this.random?.next('posts') : undefined;
    // A connection that is gone is one: who posts forgets it, and the client must notice.
    if (random === 410) this.ends.end(connection!, 'cut');
    const answer = status ?? random;
    if (answer === undefined) return undefined;
    this.acted(() => `a post to ${id} was answered with ${answer}`);
    return POST_ANSWERS[answer];
  }

  /** A client has sent a message, after which its connection may end. */
  public received(connection: FaultyConnection): void {
    const how = this.random?.next('messages');
    if (how === undefined) return;
    this.acted(() => `the connection ${connection.id} meets: ${how}`);
    this.ends.end(connection, how, how === 'stall' ? this.random!.stall() : undefined);
  }

  /** What happens to the next invocation of a route's function. */
  public invocation(routeKey: string): InvocationFault | undefined {
    const own = this.handlers.get(routeKey);
    const delay = own ? own.delay : this.random?.next('invocations') && this.random.delay();
    if (!own && delay === undefined) return undefined;
    const { kill } = own ?? {};
    this.acted(() => `the function of ${routeKey} ${kill ? 'is killed' : `takes ${delay} ms longer`}`);
    return { delay, kill, after: (milliseconds, run) => void this.wait(milliseconds).then(run) };
  }

  /** Whether `within` is needed. */
  public get slowsFunctions(): boolean {
    return this.handlers.size > 0 || this.coldStart !== undefined || this.random !== undefined;
  }

  /** The answer, or `late` when it has not come in time by the clock, which other timers do not follow. */
  public within<Answer>(milliseconds: number, answer: Promise<Answer>, late: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(milliseconds, () => resolve(late()));
      answer.finally(cancel).then(resolve, reject);
    });
  }

  /** Runs functions after the cold start that a fault demands. */
  public environments(invoker: Invoker): Invoker {
    return {
      load: (functionId) => invoker.load(functionId),
      invoke: (functionId, event, onStart, options) => {
        const environment = this.environment(functionId);
        if (!environment) return invoker.invoke(functionId, event, onStart, options);
        // The time of the integration begins with the wait.
        onStart?.(true);
        return environment.then(() => invoker.invoke(functionId, event, undefined, options));
      },
    };
  }

  /** What the next invocation of a function waits for; each function waits once, and with it what comes meanwhile. */
  private environment(functionId: string): Promise<unknown> | undefined {
    if (!this.coldStart) return undefined;
    const { milliseconds, until } = this.coldStart;
    const now = this.clock.now();
    if (!until.has(functionId)) until.set(functionId, now + milliseconds);
    if (now >= until.get(functionId)!) return undefined;
    this.acted(() => `an invocation of ${functionId} waits ${milliseconds} ms for a new environment`);
    return this.wait(milliseconds);
  }

  /** What `$disconnect` waits for, or that it never runs. */
  public ending(connectionId: string): Promise<unknown> | 'lost' | undefined {
    const random = this.disconnect ? undefined : this.random?.next('disconnects');
    if (this.disconnect?.lose || random === 'lose') {
      this.acted(() => `the $disconnect of ${connectionId} is lost`);
      return 'lost';
    }
    const delay = this.disconnect?.delay ?? (random && this.random!.disconnectDelay());
    if (delay === undefined) return undefined;
    this.acted(() => `the $disconnect of ${connectionId} waits ${delay} ms`);
    return this.wait(delay);
  }

  /** Resolves when the clock has gone on, or all faults have ended, with whether they have. */
  private wait(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        resolve(true);
      };
      const cancel = this.clock.after(milliseconds, () => {
        this.waiting.delete(end);
        resolve(false);
      });
      this.waiting.add(end);
    });
  }

  private takePost(id: string | undefined): PostsFault['status'] | undefined {
    const fault = this.posts.get(id);
    if (!fault || (fault.share !== undefined && fault.random() >= fault.share)) return undefined;
    if (--fault.left === 0) this.posts.delete(id);
    return fault.status;
  }

  private acted(text: () => string): void {
    this.onActed(() => `fault: ${text()}`);
  }
}
