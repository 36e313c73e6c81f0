import { isUnresolved } from './intrinsics';
import type { Table } from './local-app';
import type { Resource, Resources } from './resource';
import { isRecord, JsonObject, own, textAt } from '../protocol/json';

/** `Table` and `TableV2` of the CDK. */
const TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/** The tables of all stacks. Handlers may use those of any stack, and of two with one name the first counts. */
export function readTables(resources: Resources): readonly Table[] {
  const tables = new Map<string, Table>();
  for (const resource of TYPES.flatMap((type) => resources.ofType(type))) {
    const table = readTable(resource);
    const same = table && tables.get(table.name);
    if (same) {
      resource.note('table-shared', `it has the name of ${same.path}, ${table.name}: here they are one table, made as ${same.path} says`);
    } else if (table) {
      tables.set(table.name, table);
    }
  }
  return [...tables.values()];
}

/** Never throws, since no route depends on a table: one that cannot be made here is noted. */
function readTable(resource: Resource): Table | undefined {
  const parts = ['TableName', ...Object.keys(MEMBERS), 'StreamSpecification', 'TimeToLiveSpecification'].map((name) => (
    [name, resource.resolve(name)] as const
  ));
  const name = resource.knownRef();
  const unknown = parts.find(([, resolution]) => isUnresolved(resolution));
  if (unknown || name === undefined) {
    const why = unknown && isUnresolved(unknown[1]) ? `its property ${unknown[0]} refers to ${unknown[1].refersTo}: ${unknown[1].reason}`
      : 'only a deployment knows whether it exists';
    resource.note('table-not-made', `the table is not made here: ${why}`);
    return undefined;
  }
  const values = Object.fromEntries(parts.map(([part, resolution]) => [part, isUnresolved(resolution) ? undefined : resolution.value]));
  return {
    path: resource.path,
    name,
    region: resource.stack.environment.region,
    definition: definitionOf(name, values),
    timeToLive: timeToLiveOf(values.TimeToLiveSpecification),
  };
}

const KEYS: Shape = { AttributeName: true, KeyType: true };
const PROJECTION: Shape = { ProjectionType: true, NonKeyAttributes: true };

/** What `CreateTable` takes of a property, by name; the rest is capacity and access. */
const MEMBERS: Readonly<Record<string, Shape>> = {
  AttributeDefinitions: { AttributeName: true, AttributeType: true },
  KeySchema: KEYS,
  GlobalSecondaryIndexes: { IndexName: true, KeySchema: KEYS, Projection: PROJECTION },
  LocalSecondaryIndexes: { IndexName: true, KeySchema: KEYS, Projection: PROJECTION },
};

interface Shape { readonly [name: string]: true | Shape }

function definitionOf(TableName: string, values: JsonObject): JsonObject {
  const members = Object.entries(MEMBERS).map(([name, shape]) => [name, pick(own(values, name), shape)]);
  const stream = own(values, 'StreamSpecification');
  return {
    TableName,
    // Capacity is not limited here.
    BillingMode: 'PAY_PER_REQUEST',
    // CreateTable refuses empty lists.
    ...Object.fromEntries(members.filter(([, value]) => Array.isArray(value) && value.length > 0)) as JsonObject,
    ...isRecord(stream) && { StreamSpecification: { StreamEnabled: true, StreamViewType: own(stream, 'StreamViewType') } },
  };
}

/** The members of a shape, in its order, so that two definitions can be compared as texts. */
function pick(value: unknown, shape: true | Shape): unknown {
  if (shape === true) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, shape));
  if (!isRecord(value)) return undefined;
  const members = Object.entries(shape).filter(([name]) => Object.hasOwn(value, name));
  return Object.fromEntries(members.map(([name, inner]) => [name, pick(value[name], inner)]));
}

function timeToLiveOf(specification: unknown): string | undefined {
  if (!isRecord(specification) || String(own(specification, 'Enabled')) !== 'true') return undefined;
  return textAt(specification, 'AttributeName');
}
