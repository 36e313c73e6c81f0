import type { LocalApp } from '../assembly/local-app';
import { isRecord, JsonObject, objectAt, own, parsedJson, textAt } from '../protocol/json';

/** Calls DynamoDB; `undefined` if nobody answers, or with an error. */
export type Read = (operation: string, region: string, input: JsonObject) => Promise<JsonObject | undefined>;

/** What `BatchGetItem` takes. */
const BATCH = 100;

/** The rooms of connections, as the connection stores of an app have them (docs/store.md). */
export async function roomsOf(ids: readonly string[], app: LocalApp, read: Read): Promise<ReadonlyMap<string, readonly string[]>> {
  const rooms = new Map<string, readonly string[]>();
  for (const { name, region } of storesOf(app)) {
    for (let at = 0; at < ids.length; at += BATCH) {
      const Keys = ids.slice(at, at + BATCH).map((id) => ({ pk: { S: `C#${id}` }, sk: { S: 'C' } }));
      const answer = await read('BatchGetItem', region, {
        RequestItems: { [name]: { Keys, ProjectionExpression: 'pk, rooms', ConsistentRead: true } },
      });
      const items = answer && own(objectAt(answer, 'Responses'), name);
      for (const item of Array.isArray(items) ? items.filter(isRecord) : []) {
        const id = textAt(objectAt(item, 'pk'), 'S')?.slice('C#'.length);
        const names = own(objectAt(item, 'rooms'), 'SS');
        if (id !== undefined && Array.isArray(names)) rooms.set(id, names.filter((each) => typeof each === 'string').sort());
      }
    }
  }
  return rooms;
}

/** The tables that the environment of a function names as its connection store. */
function storesOf({ functions, tables }: LocalApp): LocalApp['tables'] {
  const names = new Set([...functions.values()].map(({ environment }) => {
    const settings = parsedJson(own(environment, 'WEBSOCKET_STORE') as string ?? '');
    return isRecord(settings) ? textAt(settings, 'table') : undefined;
  }));
  return tables.filter(({ name }) => names.has(name));
}
