import * as fs from 'fs';
import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketService } from '../../lib';
import { Gateway, GatewayEvent, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { TestClient, until } from './_helpers/local-server';

/** The whole of it: handlers that the construct bundles, the gateway, its database, sockets. */
const HANDLERS = `
import { allow, configure, onAuthorize, onConnect, onMessage, reject, room, user } from 'cdk-websocket-service/runtime';
export const authorize = onAuthorize(({ token = '' }) => allow({ user: token }));
export const connect = onConnect(async ({ connection, query }) => {
  if (!query.refuse) return;
  await room(query.refuse).join(connection, { announce: true });
  return reject(403);
});
export const join = onMessage(async ({ body, connection, since }: any) => {
  const joined = await room(body.room).join(connection, { since, announce: body.announce, meta: { name: connection.user } });
  if (body.dies) process.exit(1);
  return joined;
});
export const leave = onMessage(({ body, connection }: any) => room(body.room).leave(connection));
export const say = onMessage(({ body, connection }: any) => (
  room(body.room).emit('said', body.text, { except: body.except, volatile: body.volatile })
));
export const hurry = onMessage(({ body }: any) => {
  // So few that it hands over a part of what it has to send, on every machine.
  configure({ postsPerSecond: 20 });
  return room(body.room).emit('said', body.text);
});
export const close = onMessage(({ body }: any) => user(body.user).close());
export const members = onMessage(async ({ body }: any) => (await room(body.room).members()).map((member) => member.user));
export const connections = onMessage(async ({ body }: any) => (await user(body.user).connections()).length);
`;

interface Frame {
  readonly id?: number;
  readonly event?: string;
  readonly room?: string;
  readonly seq?: number;
  readonly data?: unknown;
  readonly error?: { readonly code: string };
}

/** What `say` returns when nothing was unusual. */
const DELIVERED = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };

let folder: AppFolder;
let gateway: Gateway;
const events: GatewayEvent[] = [];
const people: Person[] = [];

/** Somebody with one connection, who keeps the frames of rooms. */
class Person {
  public static async connect(name: string): Promise<Person> {
    const person = new Person(await TestClient.open(`${gateway.url}?token=${name}`));
    people.push(person);
    return person;
  }

  public readonly frames: Frame[] = [];
  private readonly replies = new Map<number, (frame: Frame) => void>();
  private count = 0;

  private constructor(public readonly client: TestClient) {
    client.socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      const resolve = this.replies.get(frame.id ?? 0);
      if (resolve) resolve(frame);
      else this.frames.push(frame);
    });
  }

  /** The answer of a handler. */
  public async ask<T>(action: string, more: object = {}): Promise<T> {
    const id = ++this.count;
    const reply = new Promise<Frame>((resolve) => this.replies.set(id, resolve));
    this.tell(action, { ...more, id });
    return (await reply).data as T;
  }

  public tell(action: string, more: object = {}): void {
    this.client.send({ action, ...more });
  }

  /** Of an event, as soon as there are so many. */
  public async heard(event: string, count: number): Promise<unknown[]> {
    const found = (): Frame[] => this.frames.filter((frame) => frame.event === event);
    await until(() => found().length >= count);
    return found().map(({ data }) => data);
  }
}

function synthesize(): string {
  const app = new App({ outdir: path.join(folder.path, 'cdk.out'), analyticsReporting: false, treeMetadata: false });
  const route = (handler: string) => ({ handler: `handlers.${handler}`, returnResponse: true });
  new WebsocketService(new Stack(app, 'Test'), 'Chat', {
    routes: {
      $connect: { handler: 'handlers.connect' },
      ...Object.fromEntries(['join', 'leave', 'say', 'hurry', 'close', 'members', 'connections'].map((name) => [name, route(name)])),
    },
    authorizer: ConnectAuthorizer.handler('handlers.authorize', { identitySource: ['route.request.querystring.token'] }),
    connectionStore: WebsocketConnectionStore.dynamoDb({ history: { duration: Duration.hours(1), maxMessages: 100 } }),
  });
  return app.synth().directory;
}

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  const root = path.join(__dirname, '../..');
  fs.mkdirSync('node_modules');
  fs.symlinkSync(root, 'node_modules/cdk-websocket-service');
  fs.symlinkSync(path.join(root, 'node_modules/@dynoxide'), 'node_modules/@dynoxide');
  gateway = await startGateway({ directory: folder.path, app: synthesize(), onEvent: (event) => events.push(event) });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  folder.leave();
});
afterEach(async () => {
  await Promise.all(people.splice(0).map(({ client }) => client.close()));
});

test('members see each other come and go, and hear what is said while they are there', async () => {
  // GIVEN
  const [ann, bob] = [await Person.connect('ann'), await Person.connect('bob')];
  await ann.ask('join', { room: 'lobby', announce: true });
  const { members } = await bob.ask<{ members: { user: string; meta: object }[] }>('join', { room: 'lobby', announce: true });

  // WHEN
  const toBoth = await ann.ask('say', { room: 'lobby', text: 'to both' });
  const toBob = await ann.ask('say', { room: 'lobby', text: 'to bob', except: ['ann'] });
  const left = await bob.ask('leave', { room: 'lobby' });
  const toAnn = await ann.ask('say', { room: 'lobby', text: 'to ann' });

  // THEN
  expect(members.map(({ user, meta }) => [user, meta]).sort()).toEqual([['ann', { name: 'ann' }], ['bob', { name: 'bob' }]]);
  expect([toBoth, toBob, toAnn]).toEqual([2, 1, 1].map((delivered) => ({ ...DELIVERED, delivered })));
  expect(left).toBe(true);
  expect(await ann.heard('said', 2)).toEqual(['to both', 'to ann']);
  expect(await bob.heard('said', 2)).toEqual(['to both', 'to bob']);
  expect(await ann.heard('room:joined', 1)).toEqual([{ connectionId: expect.any(String), user: 'bob', meta: { name: 'bob' } }]);
  expect(await ann.heard('room:left', 1)).toEqual([{ connectionId: expect.any(String), user: 'bob', meta: { name: 'bob' } }]);
});

test('who is refused, has closed, or was closed is nowhere any more', async () => {
  // GIVEN
  const ann = await Person.connect('ann');
  await ann.ask('join', { room: 'door', announce: true });
  const bobs = await Promise.all(['bob', 'bob', 'bob'].map((name) => Person.connect(name)));
  for (const bob of bobs) await bob.ask('join', { room: 'door', announce: true });

  // WHEN
  const refused = await TestClient.refusal(`${gateway.url}?token=eve&refuse=door`);
  await bobs[0].client.close();
  const closed = await ann.ask('close', { user: 'bob' });

  // THEN
  expect(refused.status).toBe(403);
  // The first one's `$disconnect` may still be on its way.
  expect([2, 3]).toContain(closed);
  expect((await ann.heard('room:left', 4)).map((data) => (data as { user: string }).user).sort()).toEqual(['bob', 'bob', 'bob', 'eve']);
  expect(await ann.ask('members', { room: 'door' })).toEqual(['ann']);
  expect(await ann.ask('connections', { user: 'bob' })).toBe(0);
});

test('who comes back is sent what was said meanwhile, once and in order, also if the handler dies on the way', async () => {
  // GIVEN
  const [ann, before] = [await Person.connect('ann'), await Person.connect('bob')];
  await ann.ask('join', { room: 'history' });
  const { seq: since } = await before.ask<{ seq: number }>('join', { room: 'history' });
  await before.client.close();
  for (const text of ['one', 'two', 'three']) await ann.ask('say', { room: 'history', text });
  await ann.ask('say', { room: 'history', text: 'not kept', volatile: true });

  // WHEN
  const dying = await Person.connect('bob');
  dying.tell('join', { room: 'history', since, dies: true });
  const replayed = await dying.heard('said', 3);
  const after = await Person.connect('bob');
  const joined = await after.ask('join', { room: 'history', since });
  await ann.ask('say', { room: 'history', text: 'four' });

  // THEN
  expect(replayed).toEqual(['one', 'two', 'three']);
  expect(joined).toMatchObject({ seq: since + 3, missed: false, void: [] });
  expect(await after.heard('said', 4)).toEqual(['one', 'two', 'three', 'four']);
  expect(after.frames.map(({ seq }) => seq)).toEqual([1, 2, 3, 4].map((number) => since + number));
});

test('what a handler has no time to send is sent by the fan-out function, to everybody once', async () => {
  // GIVEN
  const members = await Promise.all(Array.from({ length: 30 }, (_, index) => Person.connect(`member ${index}`)));
  await Promise.all(members.map((member) => member.ask('join', { room: 'crowd' })));

  // WHEN
  const delivery = await members[0].ask<typeof DELIVERED>('hurry', { room: 'crowd', text: 'hello' });

  // THEN
  expect(delivery).toEqual({ ...DELIVERED, delivered: expect.any(Number), handedOver: expect.any(Number) });
  expect(delivery.handedOver).toBeGreaterThan(0);
  expect(delivery.delivered + delivery.handedOver).toBe(30);
  const parts = (): { delivered: number; recipients: number }[] => events.flatMap((event) => (
    event.type === 'output' && event.text.includes('"fanOut"') ? [JSON.parse(event.text) as { delivered: number; recipients: number }] : []
  ));
  await until(() => parts().reduce((sum, { delivered }) => sum + delivered, 0) >= delivery.handedOver);
  expect(parts().reduce((sum, { recipients }) => sum + recipients, 0)).toBe(delivery.handedOver);
  for (const member of members) expect(await member.heard('said', 1)).toEqual(['hello']);
});

test.each(['😀'.repeat(128), '__proto__', 'R#lobby/..', '"\\'])('%j is the name of a room as any other', async (name) => {
  const ann = await Person.connect('ann');
  await ann.ask('join', { room: name });
  await ann.ask('say', { room: name, text: 'ü 😀 \u2028' });
  expect(await ann.heard('said', 1)).toEqual(['ü 😀 \u2028']);
  expect(ann.frames).toMatchObject([{ room: name }]);
});
