/** A signed call of AWS that a handler made. */
export interface AwsCall {
  /** By which it was signed: `dynamodb`. */
  readonly service: string;
  /** With its port, unless that is the usual one. */
  readonly host: string;
  readonly accessKeyId?: string;
  /** By the AWS SDK for JavaScript v2, which reads no `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly bySdk2?: boolean;
}

/** What is worth a notice: a call that failed, or one of the gateway without TLS. */
export type AwsCallEvent =
  /** An error code, AWS's name of its refusal, or `timeout`: the function's time was over before an answer came. */
  | { readonly type: 'failed'; readonly call: AwsCall; readonly outcome: string }
  | { readonly type: 'plain'; readonly host: string; readonly path: string };

/** Calls whose end a process still owes; a handler that writes to the channel itself shall not fill the memory. */
const MOST_PENDING = 1_000;

/** The calls of AWS of one process, as its bootstrap tells them: `N` lines of process-channel.ts. What is none of those is ignored. */
export class AwsCalls {
  private readonly pending = new Map<number, AwsCall>();

  public constructor(private readonly onEvent: (event: AwsCallEvent) => void) {}

  public read(facts: unknown): void {
    const [kind, first, second, third, fourth, fifth] = Array.isArray(facts) ? facts as readonly unknown[] : [];
    if (kind === 'plain' && isText(first) && isText(second)) this.onEvent({ type: 'plain', host: first, path: second });
    if (typeof first !== 'number') return;
    if (kind === 'begin' && isText(second) && isText(third) && this.pending.size < MOST_PENDING) {
      this.pending.set(first, { service: second, host: third, ...isText(fourth) && { accessKeyId: fourth }, ...fifth === true && { bySdk2: true } });
    }
    if (kind === 'end') this.end(first, isText(second) ? second : undefined);
  }

  /** The function's time is over. */
  public timeOut(): void {
    for (const call of this.pending.keys()) this.end(call, 'timeout');
  }

  private end(id: number, outcome: string | undefined): void {
    const call = this.pending.get(id);
    this.pending.delete(id);
    if (call && outcome !== undefined) this.onEvent({ type: 'failed', call, outcome });
  }
}

/** Short, and without characters that a terminal would obey. */
function isText(value: unknown): value is string {
  // eslint-disable-next-line no-control-regex
  return typeof value === 'string' && value.length <= 300 && !/[\x00-\x1f\x7f-\x9f]/.test(value);
}
