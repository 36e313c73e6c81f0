import { Dynoxide, startDynoxide } from './dynoxide';
import { calls } from './replaced-calls';
import type { Connection } from '../../lib/runtime/events';
import { room } from '../../lib/runtime/room';
import { recordConnection, removeConnection } from '../../lib/runtime/store/connections';

/** A store on a real database whose users die after a number of calls. */
export class MortalStore {
  public static async start(): Promise<MortalStore> {
    const database = await startDynoxide();
    process.env.WEBSOCKET_STORE = JSON.stringify({ table: database.table, history: { seconds: 3_600, maxMessages: 100 } });
    process.env.WEBSOCKET_CALLBACK_URLS = JSON.stringify({ dev: 'http://localhost/dev' });
    const store = new MortalStore(database);
    calls.database = async (...args) => {
      await store.live();
      return store.count(...args);
    };
    calls.post = async (id, text) => {
      await store.live();
      store.posts.push([id, JSON.parse(text)]);
      return store.gone.has(id) ? 410 : 200;
    };
    return store;
  }

  public readonly posts: [id: string, frame: unknown][] = [];
  public readonly gone = new Set<string>();
  public readonly room = room;
  public readonly removeConnection = removeConnection;
  public readonly recordConnection = recordConnection;
  /** What was consumed since it was set to zero. */
  public readonly consumed = { calls: 0, writeUnits: 0, readUnits: 0 };
  private left = Infinity;
  private names = 0;
  private die?: () => void;

  private constructor(public readonly database: Dynoxide) {}

  public async stop(): Promise<void> {
    await this.database.stop();
  }

  /** @returns Whether it died: whether it would have made more than so many calls */
  public async diesAfter(count: number, run: () => Promise<unknown>): Promise<boolean> {
    this.left = count;
    const dead = new Promise<true>((resolve) => { this.die = () => resolve(true); });
    const died = await Promise.race([dead, run().then(() => false)]);
    this.left = Infinity;
    return died;
  }

  public unique(name: string): string {
    return `${name}-${++this.names}`;
  }

  public async connect(user: string): Promise<Connection> {
    const connectedAt = new Date(Date.now() - 31_000);
    const connection = { id: this.unique('id='), user, claims: {}, stage: 'dev', connectedAt, sourceIp: '203.0.113.7' };
    await recordConnection({ id: connection.id, user, stage: 'dev', at: connectedAt.getTime(), ip: connection.sourceIp });
    return connection;
  }

  /** The keys of the items of these partitions. */
  public async keys(...partitions: string[]): Promise<string[]> {
    const found = await Promise.all(partitions.map(async (pk) => {
      const { Items } = await this.database.call('Query', {
        TableName: this.database.table, ConsistentRead: true, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } },
      });
      return (Items as { sk: { S: string } }[]).map(({ sk }) => `${pk} ${sk.S}`);
    }));
    return found.flat();
  }

  private async count(operation: string, input: object): Promise<Record<string, unknown>> {
    this.consumed.calls++;
    const result = await this.database.call(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
    const capacities = [result.ConsumedCapacity].flat() as { CapacityUnits: number }[];
    this.consumed[/^(Get|Query)/.test(operation) ? 'readUnits' : 'writeUnits'] += capacities.reduce((sum, one) => sum + one.CapacityUnits, 0);
    return result;
  }

  private async live(): Promise<void> {
    if (this.left-- > 0) return;
    this.die?.();
    await new Promise(() => undefined);
  }
}
