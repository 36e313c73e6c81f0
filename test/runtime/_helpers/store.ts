import { connectEvent } from './events';
import type { WebsocketConnectEvent } from '../../../lib/runtime/events';
import { Dynoxide, startDynoxide } from '../../_helpers/dynoxide';

export type Handler = (event: unknown, lambda?: unknown, callback?: unknown) => unknown;

export const NOW = Date.now();
export const ID = 'PJqB0fHsqRcCHlw=';

/** The keys of what is recorded of `connecting()`. */
export const ROWS = [`C#${ID}/C`, `U#ada/${ID}`];

type Row = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/** What a test sees of the table. */
export interface StoreTable {
  items(): Promise<Row[]>;
  /** `pk/sk`, sorted. */
  keys(): Promise<string[]>;
}

/** A connection store for the tests of a suite, on Lambda with Node.js 22; empty before each of them. */
export function useStore(): StoreTable {
  const before = { ...process.env };
  let database: Dynoxide;
  beforeAll(async () => { database = await startDynoxide(); });
  afterAll(() => database.stop());
  beforeEach(() => Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    WEBSOCKET_STORE: JSON.stringify({ table: database.table }),
  }));
  const items = async (): Promise<Row[]> => (await database.call('Scan', { TableName: database.table })).Items as Row[];
  afterEach(async () => {
    for (const { pk, sk } of await items()) await database.call('DeleteItem', { TableName: database.table, Key: { pk, sk } });
    process.env = { ...before };
  });
  return { items, keys: async () => (await items()).map(({ pk, sk }) => `${pk.S}/${sk.S}`).sort() };
}

/** The event of a connection that has just begun, so that its rows are not over. */
export function connecting(options: Parameters<typeof connectEvent>[0] = { authorizer: {} }): WebsocketConnectEvent {
  const event = connectEvent(options);
  return { ...event, requestContext: { ...event.requestContext, connectedAt: NOW } };
}
