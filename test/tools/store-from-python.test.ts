import { spawn, spawnSync } from 'child_process';
import * as http from 'http';
import { AddressInfo } from 'net';
import * as path from 'path';
import { room } from '../../lib/runtime/room';
import { connectionItem } from '../../lib/runtime/store/connection-item';
import { recordConnection, removeConnection } from '../../lib/runtime/store/connections';
import { Dynoxide, startDynoxide } from '../_helpers/dynoxide';

const FOLDER = path.join(__dirname, '..', '..', 'examples', 'python-backend');

const isThere = spawnSync('python3', ['-c', 'import boto3']).status === 0;
if (!isThere) process.stderr.write('test/tools/store-from-python.test.ts is skipped: there is no python3 with boto3; pip install boto3\n');

/** Clients of API Gateway: what each connection was sent, in its order. */
class Connections {
  public readonly frames: Record<string, unknown[]> = {};
  public readonly gone = new Set<string>();
  private readonly server = http.createServer((request, response) => {
    const id = decodeURIComponent(request.url!.split('/@connections/')[1]);
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => text += chunk).on('end', () => {
      if (!this.gone.has(id)) (this.frames[id] ??= []).push(JSON.parse(text));
      response.writeHead(this.gone.has(id) ? 410 : 200, this.gone.has(id) ? { 'x-amzn-errortype': 'GoneException' } : {}).end();
    });
  });

  public async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/dev`;
  }

  public close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let database: Dynoxide;
let connections: Connections;
const before = { ...process.env };

beforeAll(async () => {
  if (!isThere) return;
  database = await startDynoxide();
  connections = new Connections();
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: await connections.listen() }),
    WEBSOCKET_STORE: JSON.stringify({ table: database.table, region: 'eu-west-1', history: { seconds: 3600, maxMessages: 100 } }),
  });
});

afterAll(async () => {
  if (!isThere) return;
  connections.close();
  await database.stop();
  process.env = before;
});

/** Runs statements with the sample, and returns what they put into `result`. */
async function python(code: string): Promise<unknown> {
  const child = spawn('python3', ['-c', `import json\nfrom rooms import *\nresult = None\n${code}\nprint(json.dumps(result))`], { cwd: FOLDER, env: process.env });
  const [output, errors]: string[][] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(errors.join(''));
  return JSON.parse(output.join('')) as unknown;
}

const EARLIER = Date.now() - 60_000;

(isThere ? describe : describe.skip)('a backend in Python', () => {
  test('shares connections, rooms and their history with handlers in Node.js', async () => {
    // GIVEN a connection that a handler has recorded, in a room that it has joined
    await recordConnection({ id: 'ann', user: 'a', stage: 'dev', at: EARLIER, ip: '192.0.2.1' });
    await room('lobby').join('ann', { meta: { name: 'Ann' }, announce: true });

    // WHEN Python does the same for others, and sends
    const result = await python(`
event = lambda id, user: {"requestContext": {"connectionId": id, "stage": "dev", "connectedAt": ${EARLIER}, "identity": {"sourceIp": "192.0.2.2"},
  "authorizer": {"principalId": user}}}
connect(event("bob", "b"))
connect(event("eve", "e"))
join("lobby", "bob", "dev", ${EARLIER}, user="b", meta={"name": "Bob"}, announced=True)
join("lobby", "eve", "dev", ${EARLIER}, user="e")
result = [emit("lobby", "said", {"text": "hello"}), emit("lobby", "said", {"text": "ütf-8"})]
`);

    // THEN a handler finds them
    const all = { delivered: ['ann', 'bob', 'eve'], gone: [], pending: [], failed: [] };
    expect(result).toEqual([all, all]);
    expect(await room('lobby').members()).toEqual([
      { connectionId: 'ann', user: 'a', meta: { name: 'Ann' }, joinedAt: expect.any(Date) },
      { connectionId: 'bob', user: 'b', meta: { name: 'Bob' }, joinedAt: expect.any(Date) },
      { connectionId: 'eve', user: 'e', joinedAt: expect.any(Date) },
    ]);
    expect(await connectionItem('bob')).toEqual({ id: 'bob', user: 'b', stage: 'dev', at: EARLIER, ip: '192.0.2.2', rooms: ['lobby'] });

    // AND the numbers of both are those of one room
    const [joined, first, second] = connections.frames.ann as Array<{ seq: number }>;
    expect(joined).toEqual({ event: 'room:joined', room: 'lobby', at: expect.any(Number), data: { connectionId: 'bob', user: 'b', meta: { name: 'Bob' } } });
    expect(first).toEqual({ event: 'said', data: { text: 'hello' }, room: 'lobby', seq: expect.any(Number) });
    expect(second).toEqual({ ...first, data: { text: 'ütf-8' }, seq: first.seq + 1 });
    await recordConnection({ id: 'late', stage: 'dev', at: EARLIER });
    expect(await room('lobby').join('late', { since: first.seq })).toMatchObject({ seq: second.seq, missed: false, void: [] });
    expect(connections.frames.late).toEqual([second]);
  });

  test('cleans up what a handler has made, and a handler what it has made', async () => {
    // GIVEN
    await Promise.all(['x', 'y', 'z'].map(async (id) => recordConnection({ id, user: `user-${id}`, stage: 'dev', at: EARLIER })));
    await room('den').join('x', { announce: true });
    await room('den').join('y');
    await python(`join("den", "z", "dev", ${EARLIER}, user="user-z", announced=True)`);

    // WHEN one ends, one is gone, and one is removed by a handler
    await python('disconnect("x")');
    connections.gone.add('y');
    const result = await python('result = emit("den", "said", 1)');
    await removeConnection('z');

    // THEN
    expect(result).toEqual({ delivered: ['z'], gone: ['y'], pending: [], failed: [] });
    expect(connections.frames.z).toEqual([
      { event: 'room:left', room: 'den', at: expect.any(Number), data: { connectionId: 'x', user: 'user-x' } },
      { event: 'said', data: 1, room: 'den', seq: expect.any(Number) },
    ]);
    const { Items } = await database.call('Scan', { TableName: database.table });
    expect((Items as Array<{ pk: { S: string } }>).map(({ pk }) => pk.S).filter((pk) => /^(?:C#[xyz]|U#user-|R#den)/.test(pk))).toEqual([]);
  });

  test('refuses to let a closed connection join', async () => {
    const result = await python(`
try:
  join("lobby", "nobody", "dev", ${EARLIER})
except NotConnected as error:
  result = str(error)
`);

    expect(result).toBe('nobody');
  });

  test('does not take a young connection for gone', async () => {
    // GIVEN
    await recordConnection({ id: 'new', stage: 'dev', at: Date.now() });
    await room('porch').join('new');
    connections.gone.add('new');

    // THEN
    expect(await python('result = emit("porch", "said", 1)')).toEqual({ delivered: [], gone: [], pending: ['new'], failed: [] });
    expect(await room('porch').members()).toHaveLength(1);
  });
});
