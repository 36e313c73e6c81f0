import { storeSettings } from './configuration';
import type { SendOptions, Target } from './connection';
import { announceLeft, deliver, Delivery } from './delivery';
import { runtimeError } from './error';
import type { Connection } from './events';
import { frameOf } from './posts';
import { connectionItem } from './store/connection-item';
import { catchUp, History, Logged, record, Standing } from './store/history';
import { checkEvent, checkName, roomPartition } from './store/keys';
import { exceptions, isExcepted, Member, memberOf, memberRows, recipientOf } from './store/members';
import { enter, Entrant, exit } from './store/membership';
import { Announcement, joinedAnnouncement, MOST_TO_ANNOUNCE } from './store/presence';
import type { Item } from './store/table';

/** A room: those who have joined it, and nothing else; there is none to create or to delete. */
export interface RoomTarget<Events = Record<string, unknown>> extends Pick<Target, 'send'> {
  /** Sends `{ event, data, room, seq }`: `seq` if the store has a history, which this is then part of. What is `send` never is. */
  emit<Event extends keyof Events & string>(
    event: Event,
    ...data: undefined extends Events[Event] ? [data?: Events[Event], options?: EmitOptions] : [data: Events[Event], options?: EmitOptions]
  ): Promise<Delivery>;
  /** Makes a connection a member, or changes its meta. What it returns is what the client needs: reply it. */
  join(connection: Connection<unknown> | string, options?: JoinOptions): Promise<Joined>;
  /** @returns Whether it was a member. */
  leave(connection: Connection<unknown> | string): Promise<boolean>;
  /** At most 10,000; of more, page by page: `after` is the last `connectionId` of the page before. */
  members(page?: { readonly limit?: number | undefined; readonly after?: string | undefined }): Promise<Member[]>;
}

export interface EmitOptions extends SendOptions {
  /** For what is old at once, such as typing: no number, not in the history. */
  readonly volatile?: boolean | undefined;
}

export interface JoinOptions {
  /** What the others see of this member. */
  readonly meta?: object | undefined;
  /** Up to which number the client has everything: what came later is sent to it again. */
  readonly since?: number | undefined;
  /** Whether the other members are sent `room:joined` and `room:left`. */
  readonly announce?: boolean | undefined;
  /** How many of the members are returned: 0 to 500, by default 100. */
  readonly members?: number | undefined;
}

export interface Joined {
  /** The first of them. */
  readonly members: Member[];
  /** Whether there are others. */
  readonly more: boolean;
  /** All up to it is in the history, was sent, or comes never. Absent if the store has no history. */
  readonly seq?: number;
  /** Whether the history no longer reaches back to `since`: nothing was sent again. */
  readonly missed: boolean;
  /** The numbers above `since` that come never. */
  readonly void: number[];
}

const [MOST_MEMBERS, MOST_RETURNED] = [10_000, 500];

export function room<Events = Record<string, unknown>>(name: string): RoomTarget<Events> {
  checkName('room', name);
  const partition = roomPartition(name);

  return {
    async send(data, { except } = {}) {
      const excepted = exceptions(except);
      const rows = (await memberRows(partition)).filter((row) => !isLeftOut(excepted, row));
      return deliver({ recipients: rows.map(recipientOf), frame: frameOf(data), rows: partition });
    },

    async emit(event, ...[data, options = {}]) {
      checkEvent(event);
      const excepted = exceptions(options.except);
      const { history } = storeSettings();
      const json = JSON.stringify(data) as string | undefined;
      // Too long with the longest number is too long before it has one.
      frameOf(envelope(name, Number.MAX_SAFE_INTEGER, event, json));
      const seq = history && !options.volatile ? await record(name, history, { event, data: json, except: excepted }) : undefined;
      const rows = await memberRows(partition);
      const heard = seq === undefined ? rows.filter((row) => !isLeftOut(excepted, row)) : rows;
      return deliver({
        recipients: heard.map((row) => ({ ...recipientOf(row), ...isLeftOut(excepted, row) && { quiet: true } })),
        frame: envelope(name, seq, event, json),
        quietFrame: envelope(name, seq),
        rows: partition,
      });
    },

    async join(connection, { meta, since, announce = false, members: most = 100 } = {}) {
      if (!(most >= 0 && most <= MOST_RETURNED)) {
        throw runtimeError('CONFIGURATION', `\`members\` of a join must be 0 to ${MOST_RETURNED}, not ${most}: members() has them all`);
      }
      const entrant = await entrantOf(connection);
      const row = await enter(name, entrant, { meta, announce });
      const standing = await stand(name, entrant, since);
      const told = announce ? row : undefined;
      const rows = told || most > 0 ? await memberRows(partition, Math.max(most + 1, told ? MOST_TO_ANNOUNCE + 2 : 0)) : [];
      if (told) await announceJoined(joinedAnnouncement(told, rows));
      return { members: rows.slice(0, most).map(memberOf), more: most === 0 || rows.length > most, ...standing };
    },

    async leave(connection) {
      const ended = await exit(name, typeof connection === 'string' ? connection : connection.id);
      if (ended) await announceLeft([ended]);
      return ended !== undefined;
    },

    async members({ limit, after } = {}) {
      if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
        throw runtimeError('CONFIGURATION', `\`limit\` of members must be an integer above 0, not ${limit}`);
      }
      const rows = await memberRows(partition, limit ?? MOST_MEMBERS + 1, after);
      if (limit === undefined && rows.length > MOST_MEMBERS) {
        throw runtimeError('TOO_MANY_MEMBERS', `the room ${name} has more than ${MOST_MEMBERS} members: page with \`limit\` and \`after\``);
      }
      return rows.map(memberOf);
    },
  };
}

function isLeftOut(excepted: ReadonlySet<string>, { sk, user }: Item): boolean {
  return excepted.size > 0 && isExcepted(excepted, sk!.S!, user?.S);
}

/** @param json - the data */
function envelope(name: string, seq: number | undefined, event?: string, json?: string): string {
  const members = { event: event && JSON.stringify(event), data: json, room: JSON.stringify(name), seq };
  return `{${Object.entries(members).filter(([, value]) => value !== undefined).map(([key, value]) => `"${key}":${value}`).join()}}`;
}

async function entrantOf(connection: Connection<unknown> | string): Promise<Entrant> {
  if (typeof connection !== 'string') return { ...connection, at: new Date(connection.connectedAt).getTime() };
  const item = await connectionItem(connection);
  if (item) return item;
  throw runtimeError('NOT_CONNECTED', `the store has no record of the connection ${connection}, or it is closed`);
}

/** Sends what came after `since`, in its order: each is awaited. */
async function stand(name: string, entrant: Entrant, since?: number): Promise<Omit<Standing, 'seq'> & { readonly seq?: number }> {
  const history: History | undefined = storeSettings().history;
  if (!history) return { missed: since !== undefined, void: [] };
  const recipient = { connectionId: entrant.id, stage: entrant.stage, at: entrant.at };
  // What no room has ever given is older than every history.
  const from = since === undefined || (Number.isSafeInteger(since) && since >= 0) ? since : -1;
  return catchUp(name, history, from, async ({ seq, event, data, except }: Logged) => {
    const isQuiet = isExcepted(except, entrant.id, entrant.user);
    const frame = isQuiet ? envelope(name, seq) : envelope(name, seq, event, data);
    const { delivered, gone, failed } = await deliver({ recipients: [recipient], frame, rows: roomPartition(name) });
    if (gone.length > 0) throw runtimeError('NOT_CONNECTED', `${entrant.id} was closed while the history of ${name} was sent to it`);
    if (failed.length > 0) throw runtimeError('TIMEOUT', `the history of ${name} did not reach ${entrant.id}: ${failed[0].message}`);
    // Else it is pending: before `$connect` has returned, nothing can be sent. The client asks again.
    return delivered > 0;
  });
}

async function announceJoined(announcement: Announcement): Promise<void> {
  if (announcement.recipients.length > MOST_TO_ANNOUNCE) {
    throw runtimeError('TOO_MANY_TO_ANNOUNCE', `the join holds, but room:joined is sent to at most ${MOST_TO_ANNOUNCE} `
      + 'members: join without `announce`');
  }
  await deliver(announcement);
}
