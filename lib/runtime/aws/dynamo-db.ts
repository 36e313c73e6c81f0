import { Answer, described, isPassing, objectIn } from './answer';
import { callService } from './service';
import { storeSettings } from '../configuration';
import { runtimeError } from '../error';

/** One operation of DynamoDB, in the JSON of its wire: attribute values are `{ S: '...' }` and the like. */
export type DynamoDb = (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** A failed operation: STORE_FAILED. Its name is AWS's: `ConditionalCheckFailedException`, `TransactionCanceledException`, ... */
export interface DynamoDbError extends Error {
  /** What a condition met, if `ReturnValuesOnConditionCheckFailure` asked for it. */
  readonly item?: Record<string, unknown>;
  /** One for each action of a transaction; `None` is the code of those that did not fail. */
  readonly reasons?: readonly Reason[];
}

interface Reason {
  readonly Code: string;
  readonly Item?: Record<string, unknown>;
}

/** Errors, and reasons of a cancelled transaction, that pass, besides those of status 5xx. */
const PASSING = /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|InternalServerError|Transaction(InProgress|Conflict))/;

/** The database of the connection store. */
export function dynamoDb(): DynamoDb {
  return operate;
}

async function operate(operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` };
  const answer = await callService('dynamodb', '/', headers, JSON.stringify(input), mayPass);
  const value = objectIn(answer.body) ?? {};
  if (answer.status === 200) return value;
  const details = { name: answer.type || 'UnknownError', item: value.Item, reasons: value.CancellationReasons };
  throw Object.assign(runtimeError('STORE_FAILED', described(`${operation} on the table ${storeSettings().table}`, answer)), details);
}

/** A transaction is worth another attempt if all that stopped it passes: not if a condition failed as well. */
function mayPass(answer: Answer): boolean {
  if (answer.status < 400 || isPassing(answer)) return answer.status >= 400;
  const reasons = objectIn(answer.body)?.CancellationReasons as Reason[] | undefined;
  const codes = reasons?.map(({ Code }) => Code).filter((code) => code && code !== 'None') ?? [answer.type];
  return codes.length > 0 && codes.every((code) => PASSING.test(code));
}
