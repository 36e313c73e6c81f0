import { randomUUID } from 'node:crypto';
import { invokeEvent } from './aws/lambda';
import { isYoung, Recipient } from './posts';

/** What the fan-out function receives: some of the recipients of one frame. */
export interface Part {
  /** Of this part: a second invocation with it sends nothing. */
  readonly part: string;
  readonly frame: string;
  /** Whether the frame is base64. */
  readonly isBase64?: boolean;
  readonly quietFrame?: string;
  readonly rows?: string;
  /** The share of this part. */
  readonly postsPerSecond: number;
  readonly stage?: string;
  /** The id alone for one of this stage that is old enough, else with what is different. */
  readonly recipients: readonly (string | PartRecipient)[];
}

/** JSON makes `null` of what is not given. */
type PartRecipient = [connectionId: string, stage?: string | null, at?: number | null, quiet?: 1 | null];

/** What is the same in all parts. */
export interface Shipment {
  readonly frame: string | Uint8Array;
  readonly quietFrame?: string;
  readonly rows?: string;
}

/** Limits of a part, below those of Lambda's asynchronous invocations. */
export const MOST_IDS = 2_000;
const MOST_BYTES = 200_000;

/** Invocations that are under way at the same time. */
const AT_ONCE = 8;

/** A part, with its recipients as they were before. */
interface Load {
  readonly part: Omit<Part, 'postsPerSecond'>;
  readonly recipients: readonly Recipient[];
}

/**
 * Hands parts over to the fan-out function.
 *
 * @param postsPerSecond - of each part
 * @param failed - is told of each part that Lambda did not accept
 * @returns How many recipients were handed over, without quiet ones
 */
export async function handOver(
  functionName: string, parts: readonly Load[], postsPerSecond: number, failed: (recipients: readonly Recipient[], error: unknown) => void,
): Promise<number> {
  let accepted = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < parts.length) {
      const { part, recipients } = parts[next++];
      try {
        await invokeEvent(functionName, JSON.stringify({ ...part, postsPerSecond }));
        accepted += recipients.filter(({ quiet }) => !quiet).length;
      } catch (error) {
        failed(recipients, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, worker));
  return accepted;
}

/** The recipients of a part, as they were handed over. */
export function recipientsOf({ recipients, stage: common }: Part): Recipient[] {
  return recipients.map((one) => {
    if (typeof one === 'string') return { connectionId: one, stage: common };
    const [connectionId, stage, at, quiet] = one;
    return { connectionId, stage: stage ?? common, at: at ?? undefined, quiet: quiet === 1 };
  });
}

export function partsOf(shipment: Shipment, recipients: readonly Recipient[]): Load[] {
  const common = { ...frameOf(shipment.frame), quietFrame: shipment.quietFrame, rows: shipment.rows, stage: recipients[0]?.stage };
  // With the members that each part adds.
  const room = MOST_BYTES - Buffer.byteLength(JSON.stringify(common)) - 150;
  const parts: Load[] = [];
  let list: Part['recipients'][number][] = [];
  let bytes = 0;
  const close = (end: number): void => {
    if (list.length === 0) return;
    parts.push({ part: { ...common, part: randomUUID(), recipients: list }, recipients: recipients.slice(end - list.length, end) });
    [list, bytes] = [[], 0];
  };
  recipients.forEach((recipient, index) => {
    const entry = entryOf(recipient, common.stage);
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (list.length === MOST_IDS || bytes + size > room) close(index);
    list.push(entry);
    bytes += size;
  });
  close(recipients.length);
  return parts;
}

function entryOf({ connectionId, stage, at, quiet }: Recipient, common: string | undefined): string | PartRecipient {
  const young = isYoung(at) ? at : undefined;
  if (stage === common && young === undefined && !quiet) return connectionId;
  return [connectionId, stage === common ? undefined : stage, young, quiet ? 1 : undefined];
}

/** As text, or as base64 where that is shorter: quotation marks and control characters grow in JSON. */
function frameOf(frame: string | Uint8Array): { frame: string; isBase64?: boolean } {
  const bytes = Buffer.from(frame as string);
  if (typeof frame === 'string' && Buffer.byteLength(JSON.stringify(frame)) <= bytes.length * 4 / 3) return { frame };
  return { frame: bytes.toString('base64'), isBase64: true };
}
