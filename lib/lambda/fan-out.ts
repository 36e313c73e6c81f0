import { randomUUID } from 'node:crypto';
import type { DynamoDbError } from '../runtime/aws/dynamo-db';
import { deliver, Delivery } from '../runtime/delivery';
import { Part, recipientsOf } from '../runtime/fan-out';
import type { Gone } from '../runtime/gone';
import { RESERVE_MS } from '../runtime/invocation';
import { removeConnection } from '../runtime/store/connections';
import { endOf, text } from '../runtime/store/keys';
import { operate } from '../runtime/store/table';

/** For longer than Lambda keeps an asynchronous invocation. */
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
  const { frame, isBase64, quietFrame, rows, postsPerSecond, recipients } = part;
  const about = { fanOut: part.part, rows, recipients: recipients.length };
  try {
    if (!await isFirst(part.part)) return log(about, { repeated: true });
    const data = isBase64 ? Buffer.from(frame, 'base64') : frame;
    const to = recipientsOf(part);
    const delivery = await deliver({ recipients: to, frame: data, quietFrame, rows, deadline, postsPerSecond, isPart: true });
    log(about, { ...summary(delivery), milliseconds: Date.now() - began });
  } catch (error) {
    log(about, { error: String(error) });
    throw error;
  }
}

/**
 * Lambda may deliver an asynchronous invocation more than once, and who hands over repeats what had no answer. The first one leaves a
 * mark, by which it knows itself when its own write is repeated.
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
    // To send twice is better than not at all.
    console.warn(`cdk-websocket-service: a repetition of the part ${part} would not be noticed:`, error);
    return true;
  }
}

/** Ten thousand ids are no line for a log: of what failed, the count for each code with one example. */
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
