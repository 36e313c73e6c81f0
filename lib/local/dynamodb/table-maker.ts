import { Answer, call, Caller } from './api-call';
import type { Notice, Table } from '../assembly/local-app';
import { isRecord, JsonObject, objectAt, own, textAt } from '../protocol/json';

/**
 * Makes the tables that are missing. Those that exist keep their data, whatever the app defines by now. Rejects if nobody answers.
 *
 * @param grows whether indexes and TTL that a table lacks are added: not to the developer's own tables
 * @returns what differs from the app
 */
export async function makeTables(tables: readonly Table[], caller: Caller, grows: boolean): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const table of tables) {
    const problem = await new TableMaker(table, caller, grows).make();
    if (problem) notices.push({ ...problem, subject: table.path, text: `${table.path}: ${problem.text}` });
  }
  return notices;
}

type Problem = Pick<Notice, 'code' | 'text'>;

class TableMaker {
  public constructor(private readonly table: Table, private readonly caller: Caller, private readonly grows: boolean) {}

  public async make(): Promise<Problem | undefined> {
    const { definition } = this.table;
    const created = await this.call('CreateTable', definition);
    if (created.error === 'ResourceInUseException') return this.compare();
    if (created.error !== undefined) return this.notMade(created);
    return this.setTimeToLive();
  }

  /** For a table that exists: from the run before, from an app that has changed, or the developer's own. */
  private async compare(): Promise<Problem | undefined> {
    const { name, definition } = this.table;
    const described = await this.call('DescribeTable', { TableName: name });
    if (described.error !== undefined) return this.notMade(described);
    const there = objectAt(described.body, 'Table');
    const changed = [
      ...COMPARED.filter((member) => shapeOf(own(there, member)) !== shapeOf(own(definition, member))), ...otherTypes(there, definition),
    ];
    const added = this.grows ? missingIndexes(there, definition) : [];
    for (const index of added) {
      const updated = await this.call('UpdateTable', {
        TableName: name,
        AttributeDefinitions: own(definition, 'AttributeDefinitions'),
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      });
      if (updated.error !== undefined) return this.notMade(updated);
    }
    const differing = otherIndexes(there, definition, this.grows);
    if (changed.length + differing.length > 0) return this.changed([...changed, ...differing]);
    return this.grows ? this.setTimeToLive() : undefined;
  }

  private async setTimeToLive(): Promise<Problem | undefined> {
    const { name, timeToLive } = this.table;
    if (timeToLive === undefined) return undefined;
    const { body } = await this.call('DescribeTimeToLive', { TableName: name });
    if (textAt(objectAt(body, 'TimeToLiveDescription'), 'AttributeName') === timeToLive) return undefined;
    const updated = await this.call('UpdateTimeToLive', {
      TableName: name, TimeToLiveSpecification: { Enabled: true, AttributeName: timeToLive },
    });
    return updated.error === undefined ? undefined : this.notMade(updated);
  }

  private notMade({ error, message }: Answer): Problem {
    const why = [error, message].filter((part) => part).join(': ');
    return { code: 'table-not-made', text: `the table ${this.table.name} could not be made as the app defines it: ${why}` };
  }

  private changed(members: readonly string[]): Problem {
    const way = this.grows ? 'restart the gateway (with --data, remove its folder)' : 'delete the table';
    return {
      code: 'table-changed',
      text: `the table ${this.table.name} exists with other keys than the app has now (${members.join(', ')}), and nothing is deleted: `
        + `it keeps its keys and its items; ${way}, or give it another name`,
    };
  }

  private call(operation: string, input: JsonObject): Promise<Answer> {
    return call(this.caller, operation, this.table.region, input);
  }
}

/** What no table can change, besides indexes. */
const COMPARED = ['KeySchema', 'LocalSecondaryIndexes'];

/** Attributes that have another type. */
function otherTypes(there: JsonObject, wanted: JsonObject): string[] {
  const types = new Map(recordsAt(there, 'AttributeDefinitions').map((item) => [own(item, 'AttributeName'), own(item, 'AttributeType')]));
  return recordsAt(wanted, 'AttributeDefinitions').map((item) => ({ name: own(item, 'AttributeName'), type: own(item, 'AttributeType') }))
    .filter(({ name, type }) => types.has(name) && types.get(name) !== type).map(({ name }) => `attribute ${String(name)}`);
}

/** Two shapes are equal as texts: lists in one order, and only what a definition has. */
function shapeOf(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? value.map(plain).sort() : []);
}

function plain(item: unknown): string {
  if (!isRecord(item)) return JSON.stringify(item);
  const names = ['AttributeName', 'KeyType', 'IndexName', 'KeySchema', 'Projection'].filter((name) => name in item);
  return JSON.stringify(names.map((name) => [name, name === 'Projection' ? projectionOf(item[name]) : item[name]]));
}

function projectionOf(projection: unknown): unknown {
  if (!isRecord(projection)) return null;
  const attributes = own(projection, 'NonKeyAttributes');
  return [own(projection, 'ProjectionType'), Array.isArray(attributes) ? [...attributes].sort() : []];
}

function recordsAt(table: JsonObject, member: string): JsonObject[] {
  const list = own(table, member);
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function indexesOf(table: JsonObject): JsonObject[] {
  return recordsAt(table, 'GlobalSecondaryIndexes');
}

function missingIndexes(there: JsonObject, wanted: JsonObject): JsonObject[] {
  const names = indexesOf(there).map((index) => own(index, 'IndexName'));
  return indexesOf(wanted).filter((index) => !names.includes(own(index, 'IndexName')));
}

/** The indexes that have another shape or, where none is added, are missing. One too many does no harm. */
function otherIndexes(there: JsonObject, wanted: JsonObject, grows: boolean): string[] {
  const missing = new Set(grows ? missingIndexes(there, wanted) : []);
  const shapes = new Set(indexesOf(there).map(plain));
  const others = indexesOf(wanted).filter((index) => !missing.has(index) && !shapes.has(plain(index)));
  return others.map((index) => `index ${String(own(index, 'IndexName'))}`);
}
