import { randomUUID } from 'node:crypto';
import type { DynamoDbError } from '../runtime/aws/dynamo-db';
import { deliver, Delivery, noDelivery } from '../runtime/delivery';
import { Part, recipientsOf } from '../runtime/fan-out';
import type { Gone } from '../runtime/gone';
import { RESERVE_MS } from '../runtime/invocation';
import { removeConnection } from '../runtime/store/connections';
import { endOf, text } from '../runtime/store/keys';
import { operate } from '../runtime/store/table';

/** From the deadline on, which is half a second before the end. An attempt takes at least a quarter of a second. */
const LAST_WORD_MS = 300;

/** Longer than Lambda keeps an asynchronous invocation. */
const REMEMBERED_SECONDS = 86_400;

/**
 * Sends a part of what an invocation could not send in its time, and logs what became of it in one line; or removes a connection that
 * is gone, for those who have not the code for it.
 */
export async function handler(event: Part | Gone, context: { getRemainingTimeInMillis(): number }): Promise<void> {
  return 'gone' in event ? removeConnection(event.gone) : send(event, context);
}

async function send(part: Part, context: { getRemainingTimeInMillis(): number }): Promise<void> {
  const began = Date.now();
  const deadline = began + context.getRemainingTimeInMillis() - RESERVE_MS;
  const { frame, isBase64, quietFrame, rows, postsPerSecond } = part;
  const recipients = recipientsOf(part);
  const delivery = noDelivery();
  let isSending = false;
  const tell = (outcome: object): void => log({ fanOut: part.part, rows, recipients: recipients.length }, outcome);
  const tellResult = (): void => {
    const left = isSending ? delivery.pending : recipients.map(({ connectionId }) => connectionId);
    tell({ ...summary(delivery), ...left.length > 0 && { left }, milliseconds: Date.now() - began });
  };
  // All posts have ended then. What still waits for the store is ended by Lambda, which repeats nothing.
  const lastWord = setTimeout(tellResult, deadline + LAST_WORD_MS - began);
  try {
    if (!await isFirst(part.part)) return tell({ repeated: true });
    isSending = true;
    const data = isBase64 ? Buffer.from(frame, 'base64') : frame;
    await deliver({ recipients, frame: data, quietFrame, rows, deadline, postsPerSecond, isPart: true }, delivery);
    if (Date.now() < deadline + LAST_WORD_MS) tellResult();
  } catch (error) {
    tell({ error: String(error) });
    throw error;
  } finally {
    clearTimeout(lastWord);
  }
}

/**
 * Lambda may run an asynchronous invocation more than once, and the sender repeats a call that had no answer. The first invocation leaves a
 * mark with an id of its own, by which it knows its write when that is repeated.
 */
async function isFirst(part: string): Promise<boolean> {
  const by = randomUUID();
  try {
    await operate('PutItem', {
      Item: { pk: text(`F#${part}`), sk: text('part'), by: text(by), ttl: endOf(Date.now(), REMEMBERED_SECONDS) },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return true;
  } catch (error) {
    const { name, item } = error as DynamoDbError;
    if (name === 'ConditionalCheckFailedException') return (item?.by as { S?: string } | undefined)?.S === by;
    // Sending twice is better than not at all.
    console.warn(`cdk-websocket-service: a repetition of the part ${part} would not be noticed:`, error);
    return true;
  }
}

/** Ten thousand ids are too many for a line of a log: of each failure, the count and one example. */
function summary({ delivered, gone, pending, failed }: Delivery): object {
  const failures: Record<string, { count: number; example: object }> = {};
  for (const { code, connectionId, message } of failed) {
    (failures[code] ??= { count: 0, example: { connectionId, message } }).count++;
  }
  return { delivered, gone: gone.length, pending: pending.length, failed: failed.length, ...failed.length > 0 && { failures } };
}

function log(about: object, outcome: object): void {
  console.log(JSON.stringify({ ...about, ...outcome }));
}
