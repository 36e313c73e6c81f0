import { dynamoDb, DynamoDbError } from '../aws/dynamo-db';
import { storeSettings } from '../configuration';
import { isRuntimeError, runtimeError } from '../error';

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

/** One operation on the table of the store. A failed condition is thrown as DynamoDB has it, the rest as STORE_FAILED. */
export async function operate(operation: string, input: Input): Promise<Output> {
  return call(operation, { TableName: storeSettings().table, ...input });
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
    await call('TransactWriteItems', { TransactItems: actions.map(([verb, input]) => ({ [verb]: { TableName, ...input } })) });
    return undefined;
  } catch (error) {
    const { reasons = [] } = error as DynamoDbError;
    if (!reasons.some(({ Code }) => Code === CONDITION_FAILED)) throw storeFailure('TransactWriteItems', error);
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

async function call(operation: string, input: Input): Promise<Output> {
  try {
    return await dynamoDb()(operation, input);
  } catch (error) {
    throw storeFailure(operation, error);
  }
}

function storeFailure(operation: string, error: unknown): unknown {
  const { name, message, reasons } = error as DynamoDbError;
  if (isRuntimeError(error) || name === `${CONDITION_FAILED}Exception` || reasons) return error;
  return runtimeError('STORE_FAILED', `${operation} on the table ${storeSettings().table} failed: ${name}: ${message}`, error);
}
