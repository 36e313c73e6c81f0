/** A signed call to AWS that a handler made. */
export interface AwsCall {
  /** The service name of the signature: `dynamodb`. */
  readonly service: string;
  /** With the port, unless it is the default. */
  readonly host: string;
  readonly accessKeyId?: string;
  /** The AWS SDK for JavaScript v2 made it, which does not read `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly bySdk2?: boolean;
}

/** A call worth a notice: one to AWS that failed, or one to the gateway without TLS. */
export type AwsCallEvent =
  /** `outcome`: an error code, the name of AWS's error, or `timeout` if the function timed out before the response. */
  | { readonly type: 'failed'; readonly call: AwsCall; readonly outcome: string }
  | { readonly type: 'plain'; readonly host: string; readonly path: string };

/** Limit for pending calls of a process, so that a handler that writes to the channel itself cannot exhaust the memory. */
const MOST_PENDING = 1_000;

/** The calls to AWS of one process, from the `N` lines of process-channel.ts that its bootstrap sends. Malformed ones are ignored. */
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

  /** The function has timed out. */
  public timeOut(): void {
    for (const call of this.pending.keys()) this.end(call, 'timeout');
  }

  private end(id: number, outcome: string | undefined): void {
    const call = this.pending.get(id);
    this.pending.delete(id);
    if (call && outcome !== undefined) this.onEvent({ type: 'failed', call, outcome });
  }
}

/** A short string without control characters. */
function isText(value: unknown): value is string {
  // eslint-disable-next-line no-control-regex
  return typeof value === 'string' && value.length <= 300 && !/[\x00-\x1f\x7f-\x9f]/.test(value);
}
