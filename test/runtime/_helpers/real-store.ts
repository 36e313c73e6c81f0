import { failure, FakeAnswer, FakeAws } from './fake-aws';
import type { Connection } from '../../../lib/runtime/events';
import { recordConnection } from '../../../lib/runtime/store/connections';
import { Dynoxide, startDynoxide } from '../../_helpers/dynoxide';

/** The store of a suite on a real database, a server that takes the posts, and a clock that tests move. */
export class RealStore {
  public static async start(): Promise<RealStore> {
    const store = new RealStore(await startDynoxide(), await FakeAws.start());
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: `${store.api.url}/dev`, prod: `${store.api.url}/prod` }),
    });
    store.restore();
    store.setHistory({ seconds: 3_600, maxMessages: 100 });
    Date.now = () => clock() + store.offset;
    return store;
  }

  /** Connections that API Gateway does not know any more. */
  public readonly gone = new Set<string>();
  private offset = 0;
  private count = 0;

  private constructor(public readonly database: Dynoxide, public readonly api: FakeAws) {}

  /** After a test that has put the API in the place of the database. */
  public restore(): void {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = this.database.endpoint;
    this.api.answer = (request) => this.answer(request.path);
  }

  public async stop(): Promise<void> {
    Date.now = clock;
    await Promise.all([this.database.stop(), this.api.stop()]);
  }

  public advance(seconds: number): void {
    this.offset += seconds * 1_000;
  }

  public setHistory(history: { seconds: number; maxMessages: number } | undefined): void {
    process.env.WEBSOCKET_STORE = JSON.stringify({ table: this.database.table, history });
  }

  /** Of a name that no other test has. */
  public unique(name: string): string {
    return `${name}-${++this.count}`;
  }

  /** A connection that is recorded, half a minute old. */
  public async connect(user?: string, stage = 'dev'): Promise<Connection> {
    const connection = this.connection(user, stage);
    await recordConnection({ id: connection.id, user, stage, at: connection.connectedAt.getTime(), ip: connection.sourceIp });
    return connection;
  }

  public connection(user?: string, stage = 'dev'): Connection {
    const connectedAt = new Date(Date.now() - 31_000);
    return { id: this.unique('id='), ...user !== undefined && { user }, claims: {}, stage, connectedAt, sourceIp: '203.0.113.7' };
  }

  /** What a connection has been posted since the last time. */
  public framesOf({ id }: { readonly id: string }): unknown[] {
    const own = this.api.arrived.filter(({ path }) => idIn(path) === id);
    own.forEach((request) => this.api.arrived.splice(this.api.arrived.indexOf(request), 1));
    return own.map(({ method, body }) => method === 'POST' ? parsed(body.toString()) : method);
  }

  /** The items of a partition, or with this key, as they are in the table. */
  public async items(pk: string): Promise<Record<string, Record<string, unknown>>[]> {
    const { Items } = await this.database.call('Query', {
      TableName: this.database.table, ConsistentRead: true, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } },
    });
    return Items as Record<string, Record<string, unknown>>[];
  }

  private answer(path: string): FakeAnswer {
    return this.gone.has(idIn(path)) ? failure(410, 'GoneException', 'Gone') : {};
  }
}

const clock = Date.now;

function idIn(path: string): string {
  return decodeURIComponent(path.replace(/^.*\/@connections\//, ''));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
