import { Resource, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { regionOf } from './store-access';
import { Fault, problem } from '../problem';

/** What both kinds of table have in the template. */
type Described = Pick<dynamodb.CfnTable, 'keySchema' | 'attributeDefinitions' | 'timeToLiveSpecification'>;

const REMEDY = "make it with `partitionKey: { name: 'pk', type: AttributeType.STRING }`, "
  + "`sortKey: { name: 'sk', type: AttributeType.STRING }` and `timeToLiveAttribute: 'ttl'`";

/** What is wrong with a table that is made in this app. An imported one is trusted, since nothing is known of it. */
export function existingTableFault(table: dynamodb.ITable): Fault | undefined {
  const resource = table.node.defaultChild;
  if (!Resource.isOwnedResource(table) || !isDescribed(resource)) return undefined;
  const stack = Stack.of(table);
  const { keySchema, attributeDefinitions, timeToLiveSpecification: expiry } = stack.resolve({
    keySchema: resource.keySchema,
    attributeDefinitions: resource.attributeDefinitions,
    timeToLiveSpecification: resource.timeToLiveSpecification,
  }) as { [K in keyof Described]: unknown };
  const keys = listed(keySchema).map(({ attributeName, keyType }) => {
    const type = listed(attributeDefinitions).find((one) => one.attributeName === attributeName)?.attributeType;
    return `${attributeName} (${keyType}, ${type})`;
  }).join(', ');
  if (Array.isArray(keySchema) && keys !== 'pk (HASH, S), sk (RANGE, S)') {
    return { reason: `has the keys ${keys}, and the store needs pk (HASH, S), sk (RANGE, S)`, remedy: REMEDY };
  }
  const attribute = (expiry as { attributeName?: unknown } | undefined)?.attributeName;
  if (attribute === 'ttl' || (attribute !== undefined && typeof attribute !== 'string')) return undefined;
  const found = attribute === undefined ? 'has no attribute for expiry' : `lets items expire by ${JSON.stringify(attribute)}`;
  return { reason: `${found}, and connections that end unnoticed would stay for ever`, remedy: REMEDY };
}

/** The runtime looks for the fan-out function in the Region of the table. */
export function regionFault(table: dynamodb.ITable, region: string): Fault | undefined {
  const there = regionOf(table);
  if (there === region || Token.isUnresolved(there) || Token.isUnresolved(region)) return undefined;
  return { reason: `is in the Region ${there}, and the service is in ${region}`, remedy: 'use a table of that Region' };
}

/** The services of tables. */
const owners = new WeakMap<dynamodb.ITable, Construct>();

/** Rejects a table of another service: a connection of one API would be looked for at the other, and rooms of both would be one. */
export function claimTable(scope: Construct, table: dynamodb.ITable): void {
  const owner = owners.get(table);
  if (owner) {
    throw problem(scope, 'connectionStore', table, {
      reason: `is the connection table of ${owner.node.path} already, and rows do not say which API a connection belongs to`,
      remedy: 'give each service a table of its own',
    });
  }
  owners.set(table, scope);
}

function isDescribed(resource: unknown): resource is Described {
  return resource instanceof dynamodb.CfnTable || resource instanceof dynamodb.CfnGlobalTable;
}

function listed(value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value) ? value as Array<Record<string, unknown>> : [];
}
