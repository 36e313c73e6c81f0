import * as fs from 'fs';
import * as inspector from 'inspector';
import * as net from 'net';
import { reported, runtimeError } from './bootstrap-errors';
import { loadHandler, type Handler, type Callback } from './bootstrap-module';
import { watchAwsCalls } from './bootstrap-network';
import type { ProcessSetup } from './process-channel';
import { systemTime } from './system-time';

/*
 * Runs in a handler's process, in place of Lambda's runtime client, and answers as that does (github.com/aws/
 * aws-lambda-nodejs-runtime-interface-client: version 3 up to nodejs22.x, version 4 from nodejs24.x). It and its own
 * files import Node.js only: what it loads besides is the handler's.
 */

/** How the running invocation stands; `emptyLoop` is what happens if nothing is left that could wake the handler. */
interface Running { readonly id: string; readonly since: number; settled: boolean; emptyLoop: () => void }

const CHANNEL = 3;
/** Lambda's limit, bytes. */
const RESPONSE_LIMIT = 6_291_556;
const CALLBACK_REMOVED = 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. '
  + 'You need to modify this function to use a supported handler signature to use Node.js 24 or later. '
  + 'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';
const NEVER_SETTLED = 'The Lambda runtime client detected an unexpected Node.js exit code. '
  + 'This is most commonly caused by a Promise that was never settled. '
  + 'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

const channel = new net.Socket({ fd: CHANNEL, readable: true, writable: false });
const pause = new Int32Array(new SharedArrayBuffer(4));
const waiting: string[] = [];
let received = 0;
let setup: ProcessSetup;
let handler: Handler | undefined;
let running: Running | undefined;
let tracedSecond: number | undefined;

/** Written at once and in full, so that nothing is lost if the next thing is an exit, a crash or an endless loop. */
function send(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += fs.writeSync(CHANNEL, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(0);
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

function receive(line: string): void {
  if (!setup) {
    setup = JSON.parse(line) as ProcessSetup;
    void start();
  } else {
    received++;
    waiting.push(line);
    if (!running) runNext();
  }
}

async function start(): Promise<void> {
  // A module that waits for what never comes ends the process instead of hanging.
  channel.unref();
  if (setup.inspectorPort !== undefined) inspector.open(setup.inspectorPort, '127.0.0.1');
  try {
    const loaded = await loadHandler(setup);
    if (setup.runtimeMajor >= 24 && loaded.length >= 3) throw runtimeError('CallbackHandlerDeprecated', CALLBACK_REMOVED);
    // A rejection that the module left alone is one of its start.
    await new Promise((resolve) => setImmediate(resolve));
    handler = loaded;
  } catch (error) {
    return failToLoad(error);
  }
  channel.ref();
  send('S');
}

function failToLoad(error: unknown): void {
  send(`F${JSON.stringify(reported(error))}`);
  process.exit(1);
}

function runNext(): void {
  const line = waiting.shift();
  if (line === undefined) return;
  const eventStart = line.indexOf(' ', 37) + 1;
  if (eventStart > 38 && systemTime() >= Number(line.slice(37, eventStart - 1))) return giveBack();
  run(line.slice(1, 37), line.slice(eventStart));
}

/** The gateway takes back by itself what a slow invocation held up; this is for what it has not taken yet. */
function giveBack(): void {
  waiting.length = 0;
  send(`B${received}`);
}

function run(id: string, event: string): void {
  const invocation: Running = { id, since: performance.now(), settled: false, emptyLoop: () => undefined };
  running = invocation;
  // Only what the handler waits for keeps the loop alive now.
  channel.unref();
  const succeed = (result?: unknown) => settle(invocation, () => resultLine(invocation, result));
  const fail = (error?: unknown) => settle(invocation, () => errorLine('E', invocation, error));
  setTraceHeader(id);
  try {
    if (setup.runtimeMajor >= 24) runPromised(invocation, event, succeed, fail);
    else runWithCallback(invocation, event, succeed, fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 *
 * A new one every second at most: the C library keeps every value that a variable ever had.
 */
function setTraceHeader(id: string): void {
  const second = Math.floor(Date.now() / 1000);
  if (second === tracedSecond) return;
  tracedSecond = second;
  const digits = id.replaceAll('-', '');
  process.env._X_AMZN_TRACE_ID = `Root=1-${second.toString(16)}-${digits.slice(8)};Parent=${digits.slice(0, 16)};Sampled=0`;
}

function runPromised(invocation: Running, event: string, succeed: (result: unknown) => void, fail: (error: unknown) => void): void {
  invocation.emptyLoop = () => fail(runtimeError('NodeJsExit', NEVER_SETTLED));
  const result = handler!(JSON.parse(event), contextOf(invocation.id));
  if (isThenable(result)) result.then(succeed, fail);
  else succeed(result);
}

function runWithCallback(invocation: Running, event: string, succeed: (result?: unknown) => void, fail: (error: unknown) => void): void {
  const isAsync = handler!.constructor.name === 'AsyncFunction';
  invocation.emptyLoop = () => isAsync ? fail(runtimeError('NodeJsExit', NEVER_SETTLED)) : succeed(null);
  const failed = (error: unknown) => fail(error ?? 'handled');
  const done = (error?: unknown, result?: unknown) => error === undefined || error === null ? succeed(result) : fail(error);
  const context = { ...contextOf(invocation.id), callbackWaitsForEmptyEventLoop: true, done, succeed, fail: failed };
  let called = false;
  const callback: Callback = (error, result) => {
    if (called) return;
    called = true;
    if ((error === undefined || error === null) && context.callbackWaitsForEmptyEventLoop) invocation.emptyLoop = () => succeed(result);
    else done(error, result);
  };
  const result = handler!(JSON.parse(event), context, callback);
  if (isThenable(result)) result.then(succeed, failed);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

/** A turn of the event loop later, as in Lambda's client: a rejection that nobody handles fails the invocation that made it. */
function settle(invocation: Running, line: () => string): void {
  if (invocation.settled) return;
  invocation.settled = true;
  setImmediate(() => {
    send(line());
    running = undefined;
    runNext();
    if (!running) channel.ref();
  });
}

function contextOf(id: string): object {
  const deadline = Date.now() + setup.timeout;
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: setup.arn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: id,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function resultLine(invocation: Running, result: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(result) ?? 'null';
  } catch {
    const error = runtimeError('JSONStringifyError', 'Unable to stringify response body');
    if (setup.runtimeMajor < 24) error.name = 'Error';
    return errorLine('E', invocation, error);
  }
  if (text.length > RESPONSE_LIMIT / 3 && Buffer.byteLength(text) > RESPONSE_LIMIT) {
    const message = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`;
    return errorLine('E', invocation, Object.assign(new Error(message), { name: 'Function.ResponseSizeTooLarge', stack: '' }));
  }
  return `R${invocation.id}${elapsed(invocation)} ${text}`;
}

function errorLine(kind: 'E' | 'X', invocation: Running, error: unknown): string {
  return `${kind}${invocation.id}${elapsed(invocation)} ${JSON.stringify(reported(error))}`;
}

function elapsed(invocation: Running): number {
  return Math.round((performance.now() - invocation.since) * 1000) / 1000;
}

/** The process ends, as on Lambda; the invocation that ran has the error, if one ran. */
function endBy(error: unknown, code: number): void {
  if (running) send(errorLine('X', running, error));
  else if (handler) process.stderr.write(`${reported(error).trace.join('\n')}\n`);
  else failToLoad(error);
  process.exit(code);
}

for (const stream of ['stdout', 'stderr'] as const) {
  process[stream].write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    send(`O${JSON.stringify([stream, running?.id ?? null, text])}`);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  };
}
watchAwsCalls(send);
process.on('uncaughtException', (error) => endBy(error, 129));
process.on('unhandledRejection', (reason) => {
  endBy(runtimeError('UnhandledPromiseRejection', String(reason), (reason as Error | undefined)?.stack), 128);
});
process.on('beforeExit', () => {
  if (running && !running.settled) running.emptyLoop();
  else if (!handler) failToLoad(runtimeError('NodeJsExit', NEVER_SETTLED));
});
// Ctrl-C goes to every process of the terminal; the gateway decides when handlers end: it closes the channel.
process.on('SIGINT', () => undefined);
channel.on('close', () => process.exit(0));
channel.on('error', () => process.exit(0));
let partial = '';
channel.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (partial + chunk).split('\n');
  partial = lines.pop() ?? '';
  lines.forEach(receive);
});
