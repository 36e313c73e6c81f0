import { randomUUID } from 'node:crypto';
import { dynamoDb, DynamoDbError } from '../aws/dynamo-db';
import { storeSettings } from '../configuration';

/** An attribute as DynamoDB's wire has it. */
export interface Attribute {
  readonly S?: string;
  readonly N?: string;
  readonly SS?: readonly string[];
  readonly BOOL?: boolean;
}

export type Item = Readonly<Record<string, Attribute | undefined>>;

/** What is read of an answer. */
interface Output {
  readonly Item?: Item;
  readonly Items?: Item[];
  readonly Attributes?: Item;
  readonly LastEvaluatedKey?: Item;
}

type Input = Readonly<Record<string, unknown>>;

const CONDITION_FAILED = 'ConditionalCheckFailed';

/** One operation on the table of the store. */
export function operate(operation: string, input: Input): Promise<Output> {
  return dynamoDb()(operation, { TableName: storeSettings().table, ...input });
}

/** @returns `undefined` when the condition does not hold. */
export async function operateIf(operation: string, input: Input): Promise<Output | undefined> {
  try {
    return await operate(operation, input);
  } catch (error) {
    if ((error as Error).name === `${CONDITION_FAILED}Exception`) return undefined;
    throw error;
  }
}

/**
 * All of the actions or none.
 *
 * @returns `undefined` when it went through, else what each action met: whether its condition failed, and the item that it saw
 */
export async function transact(...actions: readonly [verb: string, input: Input][]): Promise<readonly Met[] | undefined> {
  const TableName = storeSettings().table;
  try {
    await dynamoDb()('TransactWriteItems', {
      // Else a repeated attempt of a transaction that went through fails by its own conditions.
      ClientRequestToken: randomUUID(),
      TransactItems: actions.map(([verb, input]) => ({ [verb]: { TableName, ...input } })),
    });
    return undefined;
  } catch (error) {
    const { reasons = [] } = error as DynamoDbError;
    if (!reasons.some(({ Code }) => Code === CONDITION_FAILED)) throw error;
    return reasons.map(({ Code, Item }) => ({ failed: Code === CONDITION_FAILED, item: Item as Item | undefined }));
  }
}

export interface Met {
  readonly failed: boolean;
  readonly item?: Item;
}

/** Of attributes: what is `undefined` is left out. */
export function itemOf(attributes: Item): Item {
  return Object.fromEntries(Object.entries(attributes).filter(([, attribute]) => attribute !== undefined));
}
