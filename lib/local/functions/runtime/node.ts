import * as inspector from 'inspector';
import * as net from 'net';
import {
  CHANNEL, decodeInvocation, decodeSetup, encodeError, encodeLoaded, encodeNote, encodeNotLoaded, encodeOutput, encodeResult,
  encodeReturned, RESPONSE_LIMIT, type OutputStream, type ProcessSetup,
} from './lines';
import { namedError, reported, runtimeError, textOf } from './node-errors';
import { loadHandler, type Callback, type LambdaHandler } from './node-handler';
import { watchAwsCalls } from './node-network';
import {
  bytesOf, byteLength, decode, elapsed, exit, floor, indexOf, inHexadecimal, later, nextTick, NativePromise, now, parseJson, round, slice,
  sleep, systemTime, toJson, writeSync,
} from './primordials';

/*
 * Runs a Node.js handler in a process of its own, as Lambda's runtime client does (github.com/aws/
 * aws-lambda-nodejs-runtime-interface-client: version 3 up to nodejs22.x, version 4 from nodejs24.x). The files of this folder import
 * Node.js only: everything else in the process belongs to the handler, and may replace any global (primordials.ts).
 */

/** The invocation that runs; `emptyLoop` is called when nothing is left that could wake the handler. */
interface Running {
  readonly id: string; readonly clientContext?: string; readonly since: number; settled: boolean; emptyLoop: () => void;
}

/** A line with an invocation that has not started. The queue is a linked list: a handler may replace the methods of arrays. */
interface Queued { readonly line: string; next?: Queued }

/** The most characters of output in one line to the gateway. */
const OUTPUT_PIECE = 16_384;
const CALLBACK_REMOVED = 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. '
  + 'You need to modify this function to use a supported handler signature to use Node.js 24 or later. '
  + 'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';
const NEVER_SETTLED = 'The Lambda runtime client detected an unexpected Node.js exit code. '
  + 'This is most commonly caused by a Promise that was never settled. '
  + 'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';
/** Read before a handler can change or replace its environment. */
const {
  AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_VERSION, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_LAMBDA_LOG_GROUP_NAME,
  AWS_LAMBDA_LOG_STREAM_NAME,
} = process.env;

const channel = new net.Socket({ fd: CHANNEL, readable: true, writable: false });
const pause = new Int32Array(new SharedArrayBuffer(4));
let first: Queued | undefined;
let last: Queued | undefined;
/** The number of invocations received so far. */
let received = 0;
let setup: ProcessSetup;
let handler: LambdaHandler | undefined;
let running: Running | undefined;
/** Whether invocations were returned and none has run since: those that the gateway sent before it knew are returned too, in order. */
let isReturning = false;
let tracedSecond: number | undefined;

/** Writes synchronously, so that nothing is lost if an exit, a crash or an endless loop follows. */
function send(line: string): void {
  const bytes = bytesOf(`${line}\n`);
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += writeSync(CHANNEL, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') exit(0);
      sleep(pause, 0, 0, 1);
    }
  }
}

function receive(line: string): void {
  if (!setup) {
    setup = decodeSetup(line);
    void start();
  } else {
    received++;
    const entry: Queued = { line, next: undefined };
    if (last) last.next = entry;
    else first = entry;
    last = entry;
    if (!running) runNext();
  }
}

async function start(): Promise<void> {
  // If the module waits for something that never comes, the process ends instead of hanging.
  channel.unref();
  if (setup.inspectorPort !== undefined) inspector.open(setup.inspectorPort, '127.0.0.1');
  try {
    const loaded = await loadHandler(setup);
    if (setup.runtimeMajor >= 24 && loaded.length >= 3) throw runtimeError('CallbackHandlerDeprecated', CALLBACK_REMOVED);
    // An unhandled rejection of the module still fails the start.
    await new NativePromise((resolve) => later(resolve));
    handler = loaded;
  } catch (error) {
    return failToLoad(error);
  }
  channel.ref();
  send(encodeLoaded());
}

function failToLoad(error: unknown): void {
  send(encodeNotLoaded(reported(error)));
  exit(1);
}

function runNext(): void {
  if (!first) return;
  const { requestId, event, clientContext, lease } = decodeInvocation(first.line);
  first = first.next;
  if (!first) last = undefined;
  isReturning = lease !== undefined && (isReturning || systemTime() >= lease);
  if (isReturning) returnAll();
  else run(requestId, event, clientContext);
}

/** Returns all that has not started, except for what the gateway has revoked by then. */
function returnAll(): void {
  first = last = undefined;
  send(encodeReturned(received));
}

function run(id: string, event: string, clientContext?: string): void {
  const invocation: Running = { id, clientContext, since: elapsed(), settled: false, emptyLoop: () => undefined };
  running = invocation;
  // From here on, only what the handler waits for keeps the event loop alive.
  channel.unref();
  const succeed = (result?: unknown) => settle(invocation, () => resultLine(invocation, result));
  const fail = (error?: unknown) => settle(invocation, () => errorLine(invocation, error));
  setTraceHeader(id);
  try {
    if (setup.runtimeMajor >= 24) runPromised(invocation, event, succeed, fail);
    else runWithCallback(invocation, event, succeed, fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * Sets a new header at most once a second: the C library keeps every value that a variable ever had.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function setTraceHeader(id: string): void {
  const second = floor(now() / 1000);
  if (second === tracedSecond) return;
  tracedSecond = second;
  // A UUID without its hyphens.
  const parent = slice(id, 0, 8) + slice(id, 9, 13) + slice(id, 14, 18);
  const root = slice(id, 9, 13) + slice(id, 14, 18) + slice(id, 19, 23) + slice(id, 24);
  try {
    process.env._X_AMZN_TRACE_ID = `Root=1-${inHexadecimal(second, 16)}-${root};Parent=${parent};Sampled=0`;
  } catch {
    // The handler has deleted its environment.
  }
}

function runPromised(invocation: Running, event: string, succeed: (result: unknown) => void, fail: (error: unknown) => void): void {
  invocation.emptyLoop = () => fail(runtimeError('NodeJsExit', NEVER_SETTLED));
  const result = handler!(parseJson(event), contextOf(invocation));
  if (isThenable(result)) void settleWith(result, succeed, fail);
  else succeed(result);
}

function runWithCallback(invocation: Running, event: string, succeed: (result?: unknown) => void, fail: (error: unknown) => void): void {
  const isAsync = handler!.constructor.name === 'AsyncFunction';
  invocation.emptyLoop = () => isAsync ? fail(runtimeError('NodeJsExit', NEVER_SETTLED)) : succeed(null);
  const failed = (error: unknown) => fail(error ?? 'handled');
  const done = (error?: unknown, result?: unknown) => error === undefined || error === null ? succeed(result) : fail(error);
  const context = { ...contextOf(invocation), callbackWaitsForEmptyEventLoop: true, done, succeed, fail: failed };
  let called = false;
  const callback: Callback = (error, result) => {
    if (called) return;
    called = true;
    if ((error === undefined || error === null) && context.callbackWaitsForEmptyEventLoop) invocation.emptyLoop = () => succeed(result);
    else done(error, result);
  };
  const result = handler!(parseJson(event), context, callback);
  if (isThenable(result)) void settleWith(result, succeed, failed);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

/** Uses `await`, which does not call `Promise.prototype.then` for native promises. */
async function settleWith(result: PromiseLike<unknown>, succeed: (result: unknown) => void, fail: (error: unknown) => void): Promise<void> {
  let value: unknown;
  try {
    value = await result;
  } catch (error) {
    return fail(error);
  }
  succeed(value);
}

/** Sends the line one turn of the event loop later, as Lambda's client does: an unhandled rejection fails the invocation that caused it. */
function settle(invocation: Running, line: () => string): void {
  if (invocation.settled) return;
  invocation.settled = true;
  later(() => {
    send(line());
    running = undefined;
    runNext();
    if (!running) channel.ref();
  });
}

function contextOf({ id, clientContext }: Running): object {
  const deadline = now() + setup.timeout;
  return {
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: setup.arn,
    memoryLimitInMB: AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: id,
    logGroupName: AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: clientContext === undefined ? undefined : parseJson(clientContext),
    identity: undefined,
    getRemainingTimeInMillis: () => deadline - now(),
  };
}

function resultLine(invocation: Running, result: unknown): string {
  let text: string;
  try {
    text = toJson(result) ?? 'null';
  } catch {
    const message = 'Unable to stringify response body';
    const error = runtimeError('JSONStringifyError', message);
    return errorLine(invocation, setup.runtimeMajor < 24 ? namedError('Error', message, error.stack!) : error);
  }
  if (text.length > RESPONSE_LIMIT / 3 && byteLength(text) > RESPONSE_LIMIT) {
    const message = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`;
    return errorLine(invocation, namedError('Function.ResponseSizeTooLarge', message, ''));
  }
  return encodeResult(invocation.id, durationOf(invocation), text);
}

function errorLine(invocation: Running, error: unknown, isLast = false): string {
  return encodeError(invocation.id, durationOf(invocation), reported(error), isLast);
}

function durationOf(invocation: Running): number {
  return round((elapsed() - invocation.since) * 1000) / 1000;
}

/** Ends the process, as on Lambda. If an invocation runs, it fails with the error. */
function endBy(error: unknown, code: number): void {
  if (running) send(errorLine(running, error, true));
  else if (handler) printTrace(reported(error).trace);
  else failToLoad(error);
  exit(code);
}

function printTrace(trace: readonly string[]): void {
  for (let index = 0; index < trace.length; index++) print('stderr', `${trace[index]}\n`);
}

function print(stream: OutputStream, text: string): void {
  for (let sent = 0; sent < text.length; sent += OUTPUT_PIECE) {
    send(encodeOutput(stream, running?.id, text.length > OUTPUT_PIECE ? slice(text, sent, sent + OUTPUT_PIECE) : text));
  }
}

function replaceWrite(stream: OutputStream): void {
  process[stream].write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
    print(stream, typeof chunk === 'string' ? chunk : decode(bytesOf(chunk), 'utf8'));
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') nextTick(done as () => void);
    return true;
  };
}

replaceWrite('stdout');
replaceWrite('stderr');
watchAwsCalls((note) => send(encodeNote(note)));
process.on('uncaughtException', (error) => endBy(error, 129));
process.on('unhandledRejection', (reason) => {
  endBy(runtimeError('UnhandledPromiseRejection', textOf(reason), (reason as Error | undefined)?.stack), 128);
});
process.on('beforeExit', () => {
  if (running && !running.settled) running.emptyLoop();
  else if (!handler) failToLoad(runtimeError('NodeJsExit', NEVER_SETTLED));
});
// Ctrl-C reaches every process of the terminal, but the gateway decides when handlers end: it closes the channel.
process.on('SIGINT', () => undefined);
channel.on('close', () => exit(0));
channel.on('error', () => exit(0));
let partial = '';
channel.setEncoding('utf8').on('data', (chunk: string) => {
  let read = 0;
  for (let end = indexOf(chunk, '\n'); end !== -1; end = indexOf(chunk, '\n', read)) {
    const line = partial + slice(chunk, read, end);
    partial = '';
    read = end + 1;
    receive(line);
  }
  partial += slice(chunk, read);
});
