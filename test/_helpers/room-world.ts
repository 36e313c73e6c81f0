import type { Dynoxide } from './dynoxide';
import { Interleaving, Operation } from './interleaving';
import { Frame, RoomClient } from './room-client';
import type { Delivery } from '../../lib/runtime/delivery';
import type { Connection } from '../../lib/runtime/events';
import { Joined, JoinOptions, room } from '../../lib/runtime/room';
import { connectionItem } from '../../lib/runtime/store/connection-item';
import { recordConnection, removeConnection } from '../../lib/runtime/store/connections';

/** The operations that may be replaced by wrong ones. */
export interface Operations {
  readonly usesHighest?: boolean;
  disconnect(id: string): Promise<void>;
  join(name: string, connection: Connection, options: JoinOptions): Promise<Joined>;
  emit(name: string, text: string, except: string[]): Promise<Delivery>;
}

export const RIGHT: Operations = {
  disconnect: removeConnection,
  join: (name, connection, options) => room(name).join(connection, options),
  emit: (name, text, except) => room(name).emit('said', text, { except }),
};

interface Socket {
  readonly connection: Connection;
  readonly client: Client;
  isOpen: boolean;
  wasOpen: boolean;
  disconnect?: Operation;
}

interface Client {
  readonly user: string;
  socket?: Socket;
  connecting?: Operation;
  readonly rooms: Map<string, RoomClient>;
  /** Of each room, the join or leave whose reply it awaits. */
  readonly asking: Map<string, Operation>;
}

interface Membership {
  readonly kind: 'join' | 'leave';
  readonly room: string;
  readonly id: string;
  readonly operation: Operation;
}

interface Emit {
  readonly room: string;
  readonly text: string;
  readonly operation: Operation;
  readonly except: string[];
  /** Members that it read, and how often it sent the frame to each. */
  read?: string[];
  readonly posts: Map<string, number>;
  seq?: number;
  /** When its row was in the log. */
  logged?: number;
}

/** What clients do, and how often: shares of the actions. What is left is that they join. */
const PROFILES = {
  members: { clients: ['ann', 'ann', 'bob'], rooms: ['one', 'two'], actions: 16, haste: 0.25, close: 0.15, emit: 0.35, leave: 0.1 },
  history: { clients: ['ann', 'bob'], rooms: ['one'], actions: 18, haste: 0.4, close: 0.2, emit: 0.55, leave: 0 },
};

/** The share of the calls in which an operation dies, and of the `$disconnect`s that never come. */
const [DEATHS, LOST] = [0.03, 0.2];

/** Clients of rooms on a real database, whose handlers die between any two calls. */
export class RoomWorld {
  public now: number;
  public calls = 0;
  public readonly faults: string[] = [];
  private interleaving: Interleaving;
  private readonly profile: typeof PROFILES.members;
  private readonly sockets = new Map<string, Socket>();
  private readonly clients: Client[];
  private readonly rooms: string[];
  private readonly memberships: Membership[] = [];
  private readonly emits: Emit[] = [];
  /** Who has told of the end of a membership. */
  private readonly lefts = new Map<string, Set<Operation>>();

  public constructor(
    private readonly database: Dynoxide, private readonly name: string, seed: number, now: number, private readonly operations = RIGHT,
  ) {
    this.now = now;
    this.interleaving = new Interleaving(seed, DEATHS);
    this.profile = this.interleaving.random() < 0.5 ? PROFILES.members : PROFILES.history;
    this.clients = this.profile.clients.map((user) => ({ user: `${user}-${name}`, rooms: new Map(), asking: new Map() }));
    this.rooms = this.profile.rooms.map((one) => `${one}-${name}`);
  }

  /** What the store calls. */
  public readonly call = (operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const owner = this.interleaving.operation!;
    return this.interleaving.call(async () => {
      this.calls++;
      const result = await this.database.call(operation, input);
      this.observe(owner, operation, input, result);
      return result;
    });
  };

  /** What a post calls: the status. */
  public readonly post = (id: string, text: string): Promise<number> => {
    const owner = this.interleaving.operation!;
    return this.interleaving.call(() => {
      const frame = JSON.parse(text) as Frame & { data?: { connectionId: string } };
      const emit = this.emits.find(({ operation }) => operation === owner);
      if (emit && frame.data as unknown === emit.text) emit.posts.set(id, (emit.posts.get(id) ?? 0) + 1);
      if (frame.event === 'room:left') this.tellLeft(`${frame.room} ${frame.data!.connectionId}`, owner);
      const socket = this.sockets.get(id);
      if (!socket?.isOpen) return Promise.resolve(410);
      roomOf(socket.client, frame.room, this.operations.usesHighest).receive(frame);
      return Promise.resolve(200);
    });
  };

  public async run(): Promise<void> {
    for (let left = this.profile.actions; left > 0 || !this.interleaving.isIdle;) {
      this.now += Math.floor(this.interleaving.random() ** 4 * 20_000);
      if (left > 0 && (this.interleaving.isIdle || this.interleaving.random() < this.profile.haste)) {
        left--;
        this.act(this.interleaving.pick(this.clients));
      } else {
        await this.interleaving.step();
      }
    }
    await this.checkRows();
    this.checkEmits();
    await this.checkHistory();
    await this.checkGhosts();
  }

  private act(client: Client): void {
    const { close, emit, leave } = this.profile;
    const name = this.interleaving.pick(this.rooms);
    const chance = this.interleaving.random();
    const { socket, connecting } = client;
    if (chance < emit) this.emit(name, socket && this.interleaving.random() < 0.2 ? [socket.connection.id] : []);
    else if (!socket && connecting?.state !== 'running') this.connect(client);
    else if (!socket) return;
    else if (chance < emit + close) this.close(socket);
    else if (client.asking.get(name)?.state === 'running') return;
    else if (chance < emit + close + leave) this.leave(socket, name);
    else this.join(socket, name);
  }

  private connect(client: Client): void {
    const id = `${this.name}-${this.sockets.size}=`;
    const connection = { id, user: client.user, claims: {}, stage: 'dev', connectedAt: new Date(this.now), sourceIp: '127.0.0.1' };
    const socket: Socket = { connection, client, isOpen: false, wasOpen: false };
    this.sockets.set(id, socket);
    const run = (): Promise<void> => recordConnection({ id, user: client.user, stage: 'dev', at: this.now, ip: '127.0.0.1' });
    client.connecting = this.interleaving.start(`connect ${id}`, run, ({ state }) => {
      if (state === 'returned') Object.assign(client, { socket: Object.assign(socket, { isOpen: true, wasOpen: true }) });
    });
  }

  private close(socket: Socket): void {
    socket.isOpen = false;
    socket.client.socket = undefined;
    socket.client.asking.clear();
    if (this.interleaving.random() < LOST) return;
    const { id } = socket.connection;
    socket.disconnect = this.interleaving.start(`$disconnect ${id}`, () => this.operations.disconnect(id));
  }

  private join(socket: Socket, name: string): void {
    const { client, connection } = socket;
    const known = roomOf(client, name, this.operations.usesHighest);
    const run = (): Promise<Joined> => this.operations.join(name, connection, { since: known.since, announce: true });
    const operation = this.interleaving.start(`join ${connection.id} ${name}`, run, ({ state, result, error }) => {
      if (state === 'threw' && !/NOT_CONNECTED/.test((error as { code: string }).code)) this.faults.push(`join failed: ${String(error)}`);
      if (state === 'threw' && socket.isOpen) this.faults.push(`an open connection was refused: ${String(error)}`);
      // The reply of a handler reaches a client whose socket is open, and that has not forgotten the room.
      if (state === 'returned' && socket.isOpen && client.rooms.get(name) === known) known.reply(result as Joined, operation.began);
    });
    client.asking.set(name, operation);
    this.memberships.push({ kind: 'join', room: name, id: connection.id, operation });
  }

  private leave({ client, connection }: Socket, name: string): void {
    client.rooms.delete(name);
    const operation = this.interleaving.start(`leave ${connection.id} ${name}`, () => room(name).leave(connection));
    client.asking.set(name, operation);
    this.memberships.push({ kind: 'leave', room: name, id: connection.id, operation });
  }

  private emit(name: string, except: string[]): Emit {
    const text = `${this.name} ${this.emits.length}`;
    const operation = this.interleaving.start(`emit ${text}`, () => this.operations.emit(name, text, except));
    const emit: Emit = { room: name, text, operation, except, posts: new Map() };
    this.emits.push(emit);
    return emit;
  }

  /** Members that an emit has read, and its number. */
  private observe(owner: Operation, operation: string, input: Record<string, unknown>, result: Record<string, unknown>): void {
    const emit = this.emits.find((one) => one.operation === owner);
    if (!emit) return;
    if (operation === 'Query') emit.read ??= (result.Items as { sk: { S: string } }[]).map(({ sk }) => sk.S);
    if (operation === 'UpdateItem' && (input.Key as { sk: { S: string } }).sk.S === 'seq') {
      emit.seq ??= Number((result.Attributes as { seq: { N: string } }).seq.N);
    }
    if (operation === 'PutItem') emit.logged ??= this.interleaving.tick();
  }

  private tellLeft(what: string, owner: Operation): void {
    if (!this.lefts.has(what)) this.lefts.set(what, new Set());
    this.lefts.get(what)!.add(owner);
  }

  /** Rows and records agree; nobody who joined is lost; who was removed has nothing. */
  private async checkRows(): Promise<void> {
    const rows = new Map<string, string[]>();
    for (const name of this.rooms) rows.set(name, await this.sortKeys(`R#${name}`));
    const users = new Set<string>();
    for (const user of new Set(this.clients.map((client) => client.user))) (await this.sortKeys(`U#${user}`)).forEach((id) => users.add(id));
    for (const [id, { isOpen, disconnect }] of this.sockets) {
      const item = (await this.database.call('GetItem', { TableName: this.database.table, Key: { pk: { S: `C#${id}` }, sk: { S: 'C' } }, ConsistentRead: true }))
        .Item as { rooms?: { SS: string[] }; closed?: unknown } | undefined;
      const of = this.rooms.filter((name) => rows.get(name)!.includes(id));
      if (disconnect?.state === 'returned' && (item || of.length > 0 || users.has(id))) this.faults.push(`${id} is there after its $disconnect: ${of.join()}`);
      if (item ? !item.closed && String((item.rooms?.SS ?? []).sort()) !== String(of.sort()) : of.length > 0 || users.has(id)) {
        this.faults.push(`the record of ${id} has other rooms than its rows: ${String(item?.rooms?.SS)}, ${of.join()}`);
      }
      if (isOpen) this.rooms.filter((name) => this.mustBeIn(name, id) && !of.includes(name)).forEach((name) => this.faults.push(`${id} is lost in ${name}`));
      if (isOpen && !users.has(id)) this.faults.push(`${id} is lost for its user`);
    }
    for (const [what, owners] of this.lefts) {
      const joins = this.memberships.filter((one) => one.kind === 'join' && `${one.room} ${one.id}` === what);
      if (owners.size > joins.length) this.faults.push(`room:left of ${what} was told ${owners.size} times`);
    }
  }

  /** Whether its last operation is a join that returned. */
  private mustBeIn(name: string, id: string): boolean {
    const own = this.memberships.filter((one) => one.room === name && one.id === id);
    const join = own.filter(({ kind, operation }) => kind === 'join' && operation.state === 'returned').pop();
    return join !== undefined && !own.some(({ kind, operation }) => kind === 'leave' && operation.ended > join.operation.began);
  }

  private checkEmits(): void {
    for (const emit of this.emits.filter(({ operation }) => operation.state === 'returned')) this.checkEmit(emit);
    const failed = this.emits.filter(({ operation: { state, error } }) => state === 'threw' && (error as { code?: string }).code !== 'TIMEOUT');
    failed.forEach(({ text, operation }) => this.faults.push(`the emit ${text} failed: ${String(operation.error)}`));
    const numbers = this.emits.filter(({ seq }) => seq !== undefined).map(({ room: name, seq }) => `${name} ${seq}`);
    if (new Set(numbers).size < numbers.length) this.faults.push('a number was given twice');
  }

  private checkEmit({ room: name, text, operation, except, read = [], posts }: Emit): void {
    const { delivered, gone, pending, failed, handedOver } = operation.result as Delivery;
    const counted = read.filter((id) => !except.includes(id)).length;
    const sum = delivered + gone.length + pending.length + failed.length + handedOver;
    if (sum !== counted) this.faults.push(`the emit ${text} read ${counted} members and accounts for ${sum}`);
    for (const [id, times] of posts) if (times > 1) this.faults.push(`${id} was sent ${text} ${times} times`);
    for (const [id, { isOpen, disconnect }] of this.sockets) {
      const own = this.memberships.filter((one) => one.room === name && one.id === id);
      const joins = own.filter(({ kind }) => kind === 'join').map((one) => one.operation);
      const leaves = own.filter(({ kind }) => kind === 'leave').map((one) => one.operation);
      if (disconnect) leaves.push(disconnect);
      const before = joins.filter(({ state, ended }) => state === 'returned' && ended < operation.began).pop();
      const undone = leaves.some(({ began, ended }) => began < operation.ended && ended > (before?.began ?? 0));
      if (isOpen && before && !undone && !read.includes(id)) this.faults.push(`${id} had joined ${name} and is not among those of ${text}`);
      const left = leaves.some((one) => one.state === 'returned' && one.ended < operation.began && !joins.some(({ ended }) => ended > one.began));
      if (left && read.includes(id)) this.faults.push(`${id} had left ${name} and is among those of ${text}`);
    }
  }

  /** A minute later, those who see that they lack something ask again, and nobody dies: all have what was sent since they came. */
  private async checkHistory(): Promise<void> {
    this.now += 61_000;
    for (const client of this.clients) {
      for (const [name, known] of client.rooms) {
        if (known.mark === undefined) continue;
        if (!client.socket) await this.reliably(() => Promise.resolve(this.connect(client)));
        const { connection } = client.socket!;
        const isIn = this.memberships.some(({ id, operation, room: of }) => id === connection.id && of === name && operation.state === 'returned');
        if (!isIn || known.hasHole) known.reply(await this.reliably(() => room(name).join(connection, { since: known.since })), 0);
        this.checkHeard(connection.id, name, known);
      }
    }
  }

  private checkHeard(id: string, name: string, known: RoomClient): void {
    const { seq: first, began } = known.start!;
    for (const { room: of, seq, logged, text, except, operation } of this.emits) {
      // Of the history before the first join, nothing is sent.
      if (of !== name || operation.state !== 'returned' || logged! < began || seq! <= first) continue;
      const { pending, failed } = operation.result as Delivery;
      const isKnown = pending.includes(id) || failed.some(({ connectionId }) => connectionId === id) || except.length > 0;
      if (!isKnown && seq! > known.missedTo && !known.heard.has(text)) this.faults.push(`${id} lost ${text}, number ${seq}, in ${name}`);
      if (known.dropped.includes(seq!)) this.faults.push(`${id} was told that ${text}, number ${seq} in ${name}, comes never, and it came`);
    }
  }

  /** What died leaves rows. The next emit removes those whose 410 counts, the end of their time the others. */
  private async checkGhosts(): Promise<void> {
    for (const name of this.rooms) {
      await this.reliably(() => room(name).emit('said', 'last', { volatile: true }));
      const left = (await this.sortKeys(`R#${name}`)).filter((id) => !this.sockets.get(id)?.isOpen);
      if (left.length > 0) this.faults.push(`ghosts in ${name} that a 410 did not remove: ${left.join()}`);
    }
    const { now } = this;
    this.now += 7_801_000;
    for (const name of this.rooms) {
      const members = await this.reliably(() => room(name).members());
      if (members.length > 0) this.faults.push(`members of ${name} outlive their time`);
    }
    for (const id of this.sockets.keys()) {
      if (await this.reliably(() => connectionItem(id))) this.faults.push(`${id} outlives its time`);
    }
    this.now = now;
  }

  /** Alone, and nobody dies. */
  private async reliably<T>(run: () => Promise<T>): Promise<T> {
    const { interleaving } = this;
    this.interleaving = new Interleaving(1, 0);
    const operation = this.interleaving.start('check', run);
    await new Promise(setImmediate);
    await this.interleaving.finish();
    this.interleaving = interleaving;
    if (operation.state === 'threw') throw operation.error;
    return operation.result as T;
  }

  private async sortKeys(pk: string): Promise<string[]> {
    const { Items } = await this.database.call('Query', {
      TableName: this.database.table, ConsistentRead: true, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } },
    });
    return (Items as { sk: { S: string } }[]).map(({ sk }) => sk.S);
  }
}

function roomOf(client: Client, name: string, usesHighest?: boolean): RoomClient {
  let known = client.rooms.get(name);
  if (!known) client.rooms.set(name, known = new RoomClient(usesHighest));
  return known;
}
