import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { storeSettings } from '../configuration';
import { Answer, currentDeadline, isPassing, ownRegion, parsed, pauseBefore, send, serviceEndpoint } from './transport';

/** One operation of DynamoDB, in the JSON of its wire: attribute values are `{ S: '...' }` and the like. */
export type DynamoDb = (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** A failed operation. Its name is AWS's: `ConditionalCheckFailedException`, `TransactionCanceledException`, ... */
export interface DynamoDbError extends Error {
  /** What a condition met, if `ReturnValuesOnConditionCheckFailure` asked for it. */
  readonly item?: Record<string, unknown>;
  /** One for each action of a transaction; `None` is the code of those that did not fail. */
  readonly reasons?: readonly { readonly Code: string; readonly Item?: Record<string, unknown> }[];
}

/** Errors that pass, besides those of status 5xx. */
const PASSING = /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|InternalServerError|TransactionInProgress)/;

/** The reasons of a cancelled transaction that pass, unless a condition failed as well. */
const PASSING_REASONS = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** The database of the connection store. */
export function dynamoDb(): DynamoDb {
  return operate;
}

async function operate(operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const end = currentDeadline();
  // Else a repeated attempt of a transaction that went through fails by its own conditions.
  if (operation === 'TransactWriteItems') return request(operation, { ClientRequestToken: randomUUID(), ...input }, end);
  let result = await request(operation, input, end);
  for (let attempt = 1; isUnfinished(result.UnprocessedItems); attempt++) {
    const pause = pauseBefore(attempt);
    if (Date.now() + pause >= end) throw failure('ProvisionedThroughputExceededException', `${operation}: unprocessed at the deadline`);
    await wait(pause);
    result = await request(operation, { ...input, RequestItems: result.UnprocessedItems }, end);
  }
  return result;
}

async function request(operation: string, input: Record<string, unknown>, end: number): Promise<Record<string, unknown>> {
  const region = storeSettings().region ?? ownRegion();
  const answer = await send({
    service: 'dynamodb',
    region,
    endpoint: serviceEndpoint('dynamodb', region),
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
    contentType: 'application/x-amz-json-1.0',
    body: JSON.stringify(input),
  }, end, mayPass);
  const value = parsed(answer.body);
  if (answer.status === 200) return value;
  const message = value.message ?? value.Message ?? `status ${answer.status}`;
  const details = { item: value.Item, reasons: value.CancellationReasons };
  throw failure(answer.type || 'UnknownError', `${operation}: ${String(message)}`, details);
}

function mayPass(answer: Answer): boolean {
  if (answer.status === 200) return false;
  if (isPassing(answer) || PASSING.test(answer.type)) return true;
  const reasons = parsed(answer.body).CancellationReasons;
  if (answer.type !== 'TransactionCanceledException' || !Array.isArray(reasons)) return false;
  const codes = (reasons as { Code?: string }[]).map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => PASSING_REASONS.includes(code));
}

function isUnfinished(unprocessed: unknown): boolean {
  return Object.keys(Object(unprocessed)).length > 0;
}

function failure(name: string, message: string, details: object = {}): Error {
  return Object.assign(new Error(message), { name, ...details });
}
