import { setTimeout as wait } from 'node:timers/promises';
import { Address, addressOf } from './address';
import { currentDeadline } from './aws/transport';
import { configuration, hasStore, storeSettings } from './configuration';
import { handOver, MOST_IDS, partsOf } from './fan-out';
import { provideRemoval } from './gone';
import { currentInvocation } from './invocation';
import type { Frame } from './management-api';
import { Failure, failureIn, Outcome, post, prepared, Recipient } from './posts';
import { processState } from './process-state';
import { text } from './store/keys';
import { leftAnnouncements } from './store/presence';
import { removeGone } from './store/removal';
import type { Item } from './store/table';

/** What became of something that was sent: every recipient is counted once. */
export interface Delivery {
  /** How many API Gateway has taken. */
  delivered: number;
  /** Connections that no longer exist. The store has removed them. */
  gone: string[];
  /** Connections that could not be decided: API Gateway does not know them yet, or the invocation's time was over before their turn. */
  pending: string[];
  /** What failed for another reason, or did not succeed in any attempt up to the deadline. */
  failed: { connectionId: string; code: string; message: string }[];
  /** How many the fan-out function sends, which logs what became of them. */
  handedOver: number;
}

export interface Consignment {
  readonly recipients: readonly Recipient[];
  /** Text and bytes as they are. */
  readonly frame: string | Uint8Array;
  /** For recipients that are quiet. */
  readonly quietFrame?: string;
  /** The partition of the rows that brought the recipients, `R#room` or `U#user`: the row of one who is gone is removed with it. */
  readonly rows?: string;
  /** In milliseconds since 1970; by default that of the current invocation. */
  readonly deadline?: number;
  /** By default as configured. */
  readonly postsPerSecond?: number;
  /** Whether nothing is handed over to the fan-out function. */
  readonly isPart?: boolean;
  /** Whether those who are gone stay in the store. */
  readonly keepsGone?: boolean;
}

const [CONCURRENCY, REMOVALS, POSTS_PER_SECOND] = [40, 10, 5_000];

/** Posts a second of one core, and the memory with which Lambda gives a function one. */
const [CORE_SPEED, CORE_MEMORY] = [2_000, 1_769];

/** Of the time that is left, what is relied on, and milliseconds for handing over. */
const [RELIED_ON, RESERVE] = [0.7, 500];

/** Milliseconds between two looks at the speed, and from which on it is known. */
const [INTERVAL, MEASURED] = [100, 300];

/** For `connection`: what sends to many brings the code of the store. */
const removeAll = /* @__PURE__ */ provideRemoval(remove);

/**
 * Sends a frame to all recipients. Fails only where nobody was sent anything.
 *
 * @param delivery - is filled as it goes, for who may have to tell before the end
 */
export async function deliver(consignment: Consignment, delivery: Delivery = noDelivery()): Promise<Delivery> {
  const dispatch = new Dispatch(consignment, delivery);
  await dispatch.run();
  const { removable, deadline } = dispatch;
  if (removable.length > 0 && !consignment.keepsGone && hasStore()) await removeAll(removable, consignment.rows, deadline);
  return delivery;
}

export function noDelivery(): Delivery {
  return { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };
}

/** A consignment on its way. */
class Dispatch {
  /** Who is gone for sure. */
  public readonly removable: string[] = [];
  public readonly deadline: number;
  private readonly recipients: readonly Recipient[];
  private readonly addresses: ReadonlyMap<string | undefined, Address | Failure>;
  private readonly frame: Frame;
  private readonly quietFrame: Frame;
  private readonly width: number;
  /** Posts a second. What is handed over takes its share with it. */
  private rate: number;
  private readonly began = Date.now();
  private readonly handovers: Promise<void>[] = [];
  /** Recipients from `next` to `end` wait for their turn; the others behind `end` are handed over. */
  private next = 0;
  private end: number;
  private done = 0;

  public constructor(private readonly consignment: Consignment, private readonly delivery: Delivery) {
    const { deadline = currentDeadline(), frame, quietFrame = frame, recipients } = consignment;
    const { maxConcurrency = CONCURRENCY, postsPerSecond = POSTS_PER_SECOND } = { ...configuration(), ...consignment };
    this.deadline = deadline;
    this.frame = prepared(frame);
    this.quietFrame = quietFrame === frame ? this.frame : prepared(quietFrame);
    this.recipients = withStages(recipients);
    this.addresses = addressesOf(this.recipients);
    this.width = maxConcurrency;
    this.rate = postsPerSecond;
    this.end = recipients.length;
  }

  public async run(): Promise<void> {
    const fanOut = !this.consignment.isPart && hasStore() ? storeSettings().fanOut : undefined;
    let timer: NodeJS.Timeout | undefined;
    if (fanOut) {
      this.plan(fanOut);
      timer = setInterval(() => this.plan(fanOut), INTERVAL);
    }
    await Promise.all(Array.from({ length: Math.min(this.width, this.end) }, () => this.work()));
    clearInterval(timer);
    await Promise.all(this.handovers);
  }

  private async work(): Promise<void> {
    while (this.next < this.end) {
      await this.sendTo(this.recipients[this.next++]);
      this.done++;
    }
  }

  private async sendTo(recipient: Recipient): Promise<void> {
    const { connectionId, stage, quiet } = recipient;
    const address = this.addresses.get(stage)!;
    let outcome: Outcome = 'pending';
    if (!('endpoint' in address)) {
      outcome = address;
    } else if (await turn(this.rate, this.deadline)) {
      outcome = await post(recipient, address, this.deadline, quiet ? this.quietFrame : this.frame);
      if (outcome === 'gone' && address.isSure) this.removable.push(connectionId);
    }
    this.count(recipient, outcome);
  }

  private count({ connectionId, quiet }: Recipient, outcome: Outcome): void {
    if (quiet) return;
    if (outcome === 'delivered') this.delivery.delivered++;
    else if (typeof outcome === 'object') this.delivery.failed.push({ connectionId, code: outcome.code, message: outcome.message });
    else this.delivery[outcome].push(connectionId);
  }

  /** Hands over what will not be sent in time, going by the speed so far. */
  private plan(fanOut: string): void {
    const passed = Date.now() - this.began;
    // What is under way counts as done: else nothing would seem to be, until the first answer.
    const measured = passed < MEASURED ? assumedSpeed() : (this.done + this.width) * 1_000 / passed;
    const time = RELIED_ON * (this.deadline - Date.now()) - RESERVE;
    const fitting = (rate: number): number => Math.max(0, Math.floor(Math.min(measured, rate) * time / 1_000));
    const waiting = this.end - this.next;
    if (waiting <= fitting(this.rate)) return;
    // Some more than needed, since this happens seldom then; and the rate is shared with the parts from now on.
    const from = this.next + Math.floor(fitting(this.rate / (1 + waiting / MOST_IDS)) * RELIED_ON);
    const parts = partsOf(this.consignment, this.recipients.slice(from, this.end));
    this.end = from;
    this.rate /= parts.length + 1;
    this.handovers.push(handOver(fanOut, parts, this.rate, (recipients, error) => {
      for (const recipient of recipients) this.count(recipient, failureIn(error));
    }).then((count) => { this.delivery.handedOver += count; }));
  }
}

/** Tells the rooms of memberships that have ended, as `removeGone` and `exit` return them. */
export async function announceLeft(ended: readonly Item[], deadline?: number): Promise<void> {
  // Who is found gone on the way is left to the next one who sends: else a room that went away would announce itself to itself.
  for (const announcement of await leftAnnouncements(ended)) await deliver({ ...announcement, deadline, keepsGone: true });
}

/** Removes those who are gone. What is not done by the deadline, or fails, is done by whoever meets them next. */
async function remove(gone: readonly string[], rows: string | undefined, deadline: number): Promise<void> {
  const ended: Item[] = [];
  const failures: unknown[] = [];
  await inParallel(REMOVALS, gone.length, async (index) => {
    if (Date.now() >= deadline) return;
    const sk = gone[index];
    try {
      ended.push(...await removeGone(sk, rows === undefined ? undefined : { pk: text(rows), sk: text(sk) }));
    } catch (error) {
      failures.push(error);
    }
  });
  await announceLeft(ended, deadline).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) {
    console.warn(`cdk-websocket-service: ${failures.length} of ${gone.length} connections that are gone stay in the store:`, failures[0]);
  }
}

/** Runs `task` for the numbers below `count`, so many at the same time. */
async function inParallel(width: number, count: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}

function withStages(recipients: readonly Recipient[]): readonly Recipient[] {
  const stage = currentInvocation()?.stage;
  return stage === undefined ? recipients : recipients.map((one) => one.stage === undefined ? { ...one, stage } : one);
}

/** The address of each stage that there is, or why it has none. Fails where none has one. */
function addressesOf(recipients: readonly Recipient[]): ReadonlyMap<string | undefined, Address | Failure> {
  const addresses = new Map<string | undefined, Address | Failure>();
  let known = 0;
  let failure: unknown;
  for (const { stage } of recipients) {
    if (addresses.has(stage)) continue;
    try {
      addresses.set(stage, addressOf(stage));
      known++;
    } catch (error) {
      addresses.set(stage, failureIn(failure = error));
    }
  }
  if (failure && known === 0) throw failure;
  return addresses;
}

/** Waits for a turn under the rate, which all invocations of this process share. False where that is after the deadline. */
async function turn(postsPerSecond: number, deadline: number): Promise<boolean> {
  const state = processState<{ nextPost: number }>();
  const now = Date.now();
  const slot = Math.max(now, state.nextPost ?? 0);
  if (slot >= deadline) return false;
  state.nextPost = slot + 1_000 / postsPerSecond;
  if (slot - now >= 1) await wait(slot - now);
  return true;
}

/** Before anything was measured. */
function assumedSpeed(): number {
  return CORE_SPEED * Math.min(1, Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? CORE_MEMORY) / CORE_MEMORY);
}
