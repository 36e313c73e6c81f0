import { WebSocket } from 'ws';
import { until } from './scripted-server';
import { tokenFor } from '../../../examples/chat/login';
import { connect, Room, Socket } from '../../../lib/client';

const USERS = ['ann', 'bob', 'cy'];

/** Awaited requests of each client. */
const REQUESTS = 4;

/** Milliseconds: a hole is asked for after five seconds, and a busy machine is slow. */
const PATIENCE = Number(process.env.RECOVERY_PATIENCE ?? 120_000);

interface Heard {
  readonly seq: number;
  readonly text: string;
}

interface Client {
  readonly name: string;
  readonly socket: Socket;
  readonly rooms: ReadonlyMap<string, Room>;
  /** By room, as they came. */
  readonly heard: ReadonlyMap<string, Heard[]>;
  /** Texts that the server has confirmed, by room, in the order of their requests. */
  readonly confirmed: ReadonlyMap<string, string[]>;
}

/** What went wrong in a run; nothing in a good one. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly lostRequests: number;
}

/** Three clients in two rooms of examples/chat, who talk while the gateway meets faults. */
export class RecoveryRun {
  private clients: readonly Client[] = [];
  /** By room: the number up to which nothing had been said. */
  private readonly begins = new Map<string, number>();
  private lostRequests = 0;

  /** @param url of the stage; asked at each attempt */
  public constructor(private readonly name: string, private readonly url: () => string) {}

  private get roomNames(): string[] {
    return [1, 2].map((number) => `${this.name} room ${number}`);
  }

  /** Lets all clients join, while nothing goes wrong. */
  public async open(): Promise<void> {
    this.clients = USERS.map((name) => this.client(name));
    for (const { rooms } of this.clients) {
      for (const [name, { ready }] of rooms) {
        const { seq } = await ready as { seq: number };
        this.begins.set(name, Math.max(seq, this.begins.get(name) ?? 0));
      }
    }
  }

  /** All clients talk at the same time, each one message after the other. */
  public async talk(topic: string): Promise<void> {
    await Promise.all(this.clients.map(async (client) => {
      for (let n = 0; n < REQUESTS; n++) await this.say(client, this.roomNames[n % 2], `${client.name} ${topic} ${n}`);
    }));
  }

  /** Waits until everybody has everything, and says what is missing, was heard twice or in the wrong order. */
  public async verdict(): Promise<Verdict> {
    for (const room of this.roomNames) {
      for (let n = 0, isSaid = false; !isSaid; n++) isSaid = await this.say(this.clients[0], room, `the end ${n}`);
    }
    const logs = new Map<string, Heard[]>();
    for (const room of this.roomNames) logs.set(room, await this.log(room));
    const isComplete = (): boolean => this.clients.every(({ heard }) => [...heard].every(([room, all]) => all.length >= logs.get(room)!.length));
    // What is missing then is named below.
    await until(isComplete, PATIENCE).catch(() => undefined);
    const faults = this.clients.flatMap((client) => this.roomNames.flatMap((room) => faultsOf(client, room, logs.get(room)!)));
    return { faults, lostRequests: this.lostRequests };
  }

  public async close(): Promise<void> {
    await Promise.all(this.clients.map(({ socket }) => socket.close()));
  }

  private client(name: string): Client {
    const socket = connect({
      url: () => `${this.url()}?token=${tokenFor(name)}`, WebSocket, backoff: { base: 0.02, cap: 0.3 }, giveUp: () => false,
    });
    const rooms = new Map(this.roomNames.map((room) => [room, socket.join({ action: 'join', room })]));
    const heard = new Map(this.roomNames.map((room) => [room, [] as Heard[]]));
    for (const [room, joined] of rooms) {
      joined.on('said', (data, { seq }) => heard.get(room)!.push({ seq: seq!, text: (data as { text: string }).text }));
    }
    return { name, socket, rooms, heard, confirmed: new Map(this.roomNames.map((room) => [room, [] as string[]])) };
  }

  private async say(client: Client, room: string, text: string): Promise<boolean> {
    try {
      await client.socket.request({ action: 'say', room, text });
      client.confirmed.get(room)!.push(text);
      return true;
    } catch {
      this.lostRequests++;
      return false;
    }
  }

  /** What the server has kept of a room: what it sends to a client that has missed everything. */
  private async log(room: string): Promise<Heard[]> {
    const said: Heard[] = [];
    const socket = new WebSocket(`${this.url()}?token=${tokenFor('dee')}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(JSON.stringify({ action: 'join', room, since: this.begins.get(room), id: 1 }));
    await new Promise<void>((resolve) => socket.on('message', (bytes: Buffer) => {
      const { id, event, seq, data } = JSON.parse(bytes.toString()) as { id?: number; event?: string; seq: number; data: { text: string } };
      if (id === 1) resolve();
      if (event === 'said') said.push({ seq, text: data.text });
    }));
    socket.close();
    return said;
  }
}

function faultsOf({ name, heard, confirmed }: Client, room: string, log: readonly Heard[]): string[] {
  const all = heard.get(room)!;
  const seqs = all.map(({ seq }) => seq);
  const twice = seqs.filter((seq, index) => seqs.indexOf(seq) !== index);
  const missing = log.filter(({ seq }) => !seqs.includes(seq));
  const order = confirmed.get(room)!.map((text) => log.find((each) => each.text === text)?.seq ?? NaN);
  const disordered = order.filter((seq, index) => !(seq > (order[index - 1] ?? 0)));
  return [
    ...twice.map((seq) => `${name} heard ${seq} of ${room} twice`),
    ...missing.map(({ seq, text }) => `${name} missed ${seq} of ${room}: ${text}`),
    ...disordered.map((seq) => `${name}: ${seq} of ${room} is not after the message before it, or was confirmed and is not kept`),
  ];
}
