import { randomUUID } from 'crypto';
import type { IncomingMessage, ServerResponse } from 'http';
import { failed, LAMBDA_LIMITS, lambdaErrors, parseCall, LambdaCall } from './lambda-call';
import { readBody } from './request-body';
import { serviceEndpoint } from './service-endpoints';
import { tracedInvoker } from './traces';
import type { LambdaFunction } from '../assembly/local-app';
import { AsynchronousInvocation, AsynchronousInvocations, Attempt } from '../functions/asynchronous';
import type { InvocationFailure, InvocationResult, Invoker } from '../functions/invoker';
import type { GatewayObserver, RequestEvent } from '../gateway-event';
import type { Trace } from '../trace';

export interface LambdaApiOptions {
  readonly invoker: Invoker;
  /** The functions of the app that is served now. */
  readonly functions: () => ReadonlyMap<string, LambdaFunction>;
  readonly observe?: GatewayObserver;
  readonly trace: Trace;
  readonly functionPath: (functionId: string) => string;
  /** Whether events and results are reported too. */
  readonly verbose: boolean;
}

/**
 * The variable that leads the SDK clients of a function here, if it invokes functions of the app. The clients of all others call AWS.
 *
 * @param lambda the option of the gateway
 */
export function lambdaEndpoint(fn: LambdaFunction, origin: string, lambda: 'local' | 'aws' = 'local'): Record<string, string> {
  return fn.invokesFunctions && lambda === 'local' ? { AWS_ENDPOINT_URL_LAMBDA: serviceEndpoint(origin, 'lambda') } : {};
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reason?: string;
  readonly result?: InvocationResult;
  /** Whether the function was invoked, or will be; asynchronous invocations report their attempts themselves. */
  readonly isAccepted?: boolean;
}

type InvocationFacts = Pick<RequestEvent, 'invocationId' | 'error' | 'event' | 'result'>;

/** One call while it is answered. */
interface Arrival {
  readonly requestId: string;
  readonly time: number;
  bytesIn: number;
  call?: LambdaCall;
}

/**
 * Lambda's Invoke for the functions of the app.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export class LambdaApi {
  private readonly asynchronous: AsynchronousInvocations;
  private readonly invoker: Invoker;
  /** Calls that are not answered yet, and the bytes of their payloads. */
  private readonly open = { calls: 0, bytes: 0 };

  public constructor(private readonly options: LambdaApiOptions) {
    this.invoker = tracedInvoker(options, { role: 'invoke' });
    this.asynchronous = new AsynchronousInvocations({
      invoker: this.invoker, onAttempt: (invocation, attempt) => this.reportAttempt(invocation, attempt),
    });
  }

  /** Answers a call; never throws. @param rest the path after the endpoint, with the query string */
  public async serve(request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
    const arrival: Arrival = { requestId: randomUUID(), time: Date.now(), bytesIn: 0 };
    this.open.calls++;
    try {
      const reply = await this.reply(request, response, rest, arrival);
      if (!reply) return;
      send(response, reply, arrival.requestId);
      if (!reply.isAccepted || reply.result) this.report(arrival, reply);
    } catch (error) {
      const { message } = error as Error;
      if (response.headersSent) response.destroy();
      else send(response, failed({ status: 500, errorType: 'ServiceException', message }), arrival.requestId);
    } finally {
      this.open.calls--;
      this.open.bytes -= arrival.bytesIn;
    }
  }

  /** Nothing more is started. */
  public close(): void {
    this.asynchronous.close();
  }

  /** `undefined` if the caller has left. */
  private async reply(request: IncomingMessage, response: ServerResponse, rest: string, arrival: Arrival): Promise<Reply | undefined> {
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
    const isBusy = this.open.calls > LAMBDA_LIMITS.calls;
    const body = await readBody(request, isBusy ? 0 : LAMBDA_LIMITS.synchronousBytes, (bytes) => this.countBytes(arrival, bytes));
    if (!request.complete) {
      response.destroy();
      return undefined;
    }
    if (isBusy || this.open.bytes > LAMBDA_LIMITS.bytes) return failed(lambdaErrors.tooMany('ConcurrentInvocationLimitExceeded'));
    const call = parseCall(request, rest, body, this.options.functions());
    if ('errorType' in call) return failed(call);
    arrival.call = call;
    if (call.type === 'DryRun') return { status: 204, body: '' };
    return call.type === 'Event' ? this.accept(call, arrival) : this.invoke(call, arrival);
  }

  private countBytes(arrival: Arrival, bytes: number): boolean {
    arrival.bytesIn += bytes;
    this.open.bytes += bytes;
    return this.open.bytes <= LAMBDA_LIMITS.bytes;
  }

  private accept(call: LambdaCall, { requestId }: Arrival): Reply {
    const { fn, payload: event, qualifier } = call;
    if (!this.asynchronous.accept({ fn, event, requestId, qualifier })) {
      return failed(lambdaErrors.tooMany('FunctionInvocationRateLimitExceeded'));
    }
    return { status: 202, body: '', isAccepted: true };
  }

  private async invoke({ fn, payload, clientContext, tail }: LambdaCall, { requestId }: Arrival): Promise<Reply> {
    const { invoker } = this;
    const { reservedConcurrency: reserved } = fn;
    if (reserved !== undefined && (reserved === 0 || invoker.load(fn.id) >= reserved)) {
      return failed(lambdaErrors.tooMany('ReservedFunctionConcurrentInvocationLimitExceeded'));
    }
    const log = tail ? new LogTail(requestId) : undefined;
    const onOutput = log && ((text: string) => log.add(text));
    const result = await invoker.invoke(fn.id, payload, undefined, { requestId, clientContext, onOutput });
    if (!result.ok && result.kind === 'none') return { ...failed(lambdaErrors.notServed(result.errorMessage)), result };
    return {
      status: 200,
      body: result.ok ? result.payload : failureText(result, fn.runtime),
      headers: {
        // Whatever alias or version was invoked: here they all run the current code.
        'x-amz-executed-version': '$LATEST',
        ...!result.ok && { 'x-amz-function-error': 'Unhandled' },
        ...log && { 'x-amz-log-result': log.end(result, fn) },
      },
      result,
      isAccepted: true,
    };
  }

  private report({ requestId, time, bytesIn, call }: Arrival, { status, body, reason, result }: Reply): void {
    const [duration, bytesOut] = [Date.now() - time, Buffer.byteLength(body)];
    this.observe(call?.fn, { requestId, status, duration, bytesIn, bytesOut, reason, ...this.facts(call?.payload, result) });
  }

  private reportAttempt({ fn, event, requestId }: AsynchronousInvocation, attempt: Attempt): void {
    const { result } = attempt;
    this.observe(fn, {
      requestId,
      status: 202,
      duration: result?.duration ?? 0,
      bytesIn: Buffer.byteLength(event),
      bytesOut: 0,
      reason: attemptText(attempt),
      ...this.facts(event, result),
    });
  }

  private facts(event: string | undefined, result: InvocationResult | undefined): InvocationFacts {
    const { verbose } = this.options;
    return {
      invocationId: result?.requestId,
      error: result && !result.ok ? { type: result.errorType, message: result.errorMessage, stackTrace: result.stackTrace } : undefined,
      event: verbose ? event : undefined,
      result: verbose && result?.ok ? result.payload : undefined,
    };
  }

  private observe(fn: LambdaFunction | undefined, facts: Omit<RequestEvent, 'type' | 'time' | 'target'>): void {
    this.options.observe?.({ type: 'invoke', time: Date.now(), target: fn?.path, ...facts });
  }
}

function send(response: ServerResponse, { status, body, headers }: Reply, requestId: string): void {
  response.writeHead(status, {
    'x-amzn-RequestId': requestId,
    ...body !== '' && { 'Content-Type': 'application/json' },
    ...status !== 204 && { 'Content-Length': Buffer.byteLength(body) },
    ...headers,
  });
  response.end(body);
}

/** What Lambda answers for a failed invocation, which depends on the runtime. */
function failureText({ kind, errorType, errorMessage, stackTrace, requestId }: InvocationFailure, runtime: string): string {
  if (kind === 'timeout' || kind === 'exit') return JSON.stringify({ errorType, errorMessage });
  return JSON.stringify(runtime.startsWith('python')
    ? { errorMessage, errorType, requestId, stackTrace }
    : { errorType, errorMessage, trace: stackTrace });
}

function attemptText({ number, result, repeatIn }: Attempt): string | undefined {
  if (!result) return 'the event was in the queue for longer than its maximum age: it is dropped';
  if (repeatIn !== undefined) return `attempt ${number} failed, the next one follows in ${repeatIn / 1000} s`;
  if (number === 1) return undefined;
  return result.ok ? `attempt ${number} succeeded` : `attempt ${number} failed, and it was the last one`;
}

/** The end of an invocation's log. */
class LogTail {
  private text: string;

  public constructor(private readonly requestId: string) {
    this.text = `START RequestId: ${requestId} Version: $LATEST\n`;
  }

  public add(line: string): void {
    this.text = `${this.text}${line}\n`.slice(-LAMBDA_LIMITS.logBytes);
  }

  /** In base64. */
  public end({ duration }: InvocationResult, { memorySize }: LambdaFunction): string {
    this.add(`END RequestId: ${this.requestId}`);
    this.add(`REPORT RequestId: ${this.requestId}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\t`
      + `Memory Size: ${memorySize} MB`);
    return Buffer.from(this.text).subarray(-LAMBDA_LIMITS.logBytes).toString('base64');
  }
}
