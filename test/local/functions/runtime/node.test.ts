import { spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import type { Socket } from 'net';
import * as path from 'path';
import { createInterface } from 'readline';
import { decodeMessage, encodeInvocation, encodeSetup } from '../../../../lib/local/functions/runtime/lines';
import { systemTime } from '../../../../lib/local/functions/runtime/primordials';
import { REQUEST_ID, SamplePool, until } from '../_helpers/sample-pool';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

const payload = async (text: string, runtime = 'nodejs24.x', event: unknown = {}) => {
  const result = await sample.run(text, { runtime }, event);
  return result.ok ? JSON.parse(result.payload) as unknown : result;
};

describe('the result of a handler', () => {
  test.each(['nodejs20.x', 'nodejs22.x', 'nodejs24.x'])('is the value of a promise (%s)', async (runtime) => {
    const text = 'a\nb ☃';
    expect(await payload('exports.handler = async (event) => ({ got: event.text });', runtime, { text })).toEqual({ got: text });
  });

  test('is null for undefined, and for values that JSON lacks', async () => {
    expect(await payload('exports.handler = async () => undefined;')).toBeNull();
    expect(await payload('exports.handler = async () => () => 1;')).toBeNull();
  });

  test('is what a function returns without a promise, from nodejs24.x on', async () => {
    expect(await payload('exports.handler = () => 7;', 'nodejs24.x')).toBe(7);
    expect(await payload('exports.handler = () => 7;', 'nodejs22.x')).toBeNull();
  });

  test('crosses whole if it has megabytes', async () => {
    const text = await payload('exports.handler = async () => "☃".repeat(2_000_000);') as string;
    expect(text).toHaveLength(2_000_000);
  });

  test('may not have more than six megabytes', async () => {
    const result = await sample.fail('exports.handler = async () => "x".repeat(6_291_556);');
    expect(result).toMatchObject({
      kind: 'error',
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      stackTrace: [],
    });
  });

  test('an event with line feeds between its members arrives', async () => {
    sample.add('spread', 'exports.handler = async (event) => event;');
    await sample.start();
    expect(await sample.pool.invoke('spread', '{\n  "a": 1\n}')).toMatchObject({ ok: true, payload: '{"a":1}' });
  });
});

describe('callbacks, up to nodejs22.x', () => {
  const runtime = 'nodejs22.x';

  test('callback(null, result)', async () => {
    expect(await payload('exports.handler = (event, context, callback) => { setTimeout(() => callback(null, { a: 1 }), 5); };', runtime))
      .toEqual({ a: 1 });
  });

  test('the answer waits for an empty event loop', async () => {
    const text = `exports.handler = (event, context, callback) => {
      const result = { late: false };
      setTimeout(() => { result.late = true; }, 30);
      callback(null, result);
    };`;
    expect(await payload(text, runtime)).toEqual({ late: true });
    const impatient = text.replace('const result', 'context.callbackWaitsForEmptyEventLoop = false; const result');
    expect(await payload(impatient, runtime)).toEqual({ late: false });
  });

  test('callback(error), context.fail and context.succeed', async () => {
    expect(await payload('exports.handler = (event, context, callback) => callback(new RangeError("far"));', runtime))
      .toMatchObject({ kind: 'error', errorType: 'RangeError', errorMessage: 'far' });
    expect(await payload('exports.handler = (event, context) => context.fail("plain");', runtime))
      .toMatchObject({ kind: 'error', errorType: 'string', errorMessage: 'plain', stackTrace: [] });
    expect(await payload('exports.handler = (event, context) => context.succeed(1);', runtime)).toBe(1);
    expect(await payload('exports.handler = (event, context) => context.done(null, 2);', runtime)).toBe(2);
  });

  test('a callback that is never called answers null', async () => {
    expect(await payload('exports.handler = (event, context, callback) => {};', runtime)).toBeNull();
  });

  test('a function that declares a callback is refused from nodejs24.x', async () => {
    const result = await sample.fail('exports.handler = (event, context, callback) => callback(null, 1);', { runtime: 'nodejs24.x' });
    expect(result).toMatchObject({
      kind: 'init',
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. '
        + 'You need to modify this function to use a supported handler signature to use Node.js 24 or later. '
        + 'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    });
  });
});

describe('errors', () => {
  test('type, message and stack, without the frames of the runtime', async () => {
    const result = await sample.fail('exports.handler = async () => {\n  throw new TypeError("no");\n};');
    expect(result).toMatchObject({ kind: 'error', errorType: 'TypeError', errorMessage: 'no' });
    expect(result.requestId).toMatch(REQUEST_ID);
    expect(result.stackTrace).toEqual(['TypeError: no', `    at exports.handler (${sample.directory}/f0/index.js:2:9)`]);
  });

  test('values that are thrown and are not errors', async () => {
    expect(await sample.fail('exports.handler = async () => { throw "text"; };'))
      .toMatchObject({ errorType: 'string', errorMessage: 'text', stackTrace: [] });
    expect(await sample.fail('exports.handler = async () => { throw undefined; };'))
      .toMatchObject({ errorType: 'undefined', errorMessage: 'undefined' });
    expect(await sample.fail('exports.handler = async () => { throw undefined; };', { runtime: 'nodejs22.x' }))
      .toMatchObject({ errorType: 'string', errorMessage: 'handled' });
  });

  test('an error that holds itself', async () => {
    expect(await sample.fail('exports.handler = async () => { const e = new Error("round"); e.self = e; throw e; };'))
      .toMatchObject({ errorType: 'Error', errorMessage: 'round' });
  });

  test('an error whose message cannot be read', async () => {
    const text = `exports.handler = async () => {
      throw Object.defineProperty(new Error(), 'message', { get() { throw new Error('unreadable'); } });
    };`;
    expect(await sample.fail(text)).toMatchObject({
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its '
        + 'message, name, and stack',
    });
  });

  test('a result that JSON cannot hold', async () => {
    const text = 'exports.handler = async () => ({ big: 1n });';
    const errorMessage = 'Unable to stringify response body';
    expect(await sample.fail(text)).toMatchObject({ errorType: 'Runtime.JSONStringifyError', errorMessage });
    expect(await sample.fail(text, { runtime: 'nodejs22.x' })).toMatchObject({ errorType: 'Error', errorMessage });
  });

  test('a promise that nothing can settle', async () => {
    const result = await sample.fail('exports.handler = async () => new Promise(() => {});');
    expect(result).toMatchObject({ kind: 'error', errorType: 'Runtime.NodeJsExit' });
  });

  test('an event that is not JSON', async () => {
    sample.add('strict', 'exports.handler = async (event) => event;');
    await sample.start();
    expect(await sample.pool.invoke('strict', '{')).toMatchObject({ ok: false, kind: 'error', errorType: 'SyntaxError' });
  });

  test('stacks pass mapStack', async () => {
    await sample.close();
    sample = new SamplePool({ mapStack: (id, lines) => [`${id}: ${lines.length > 0}`] });
    expect((await sample.fail('exports.handler = async () => { throw new Error("x"); };')).stackTrace).toEqual(['f0: true']);
  });
});

describe('the context', () => {
  const text = `exports.handler = async (event, context) => ({
    ...context, keys: Object.keys(context), remaining: context.getRemainingTimeInMillis(),
    trace: process.env._X_AMZN_TRACE_ID, cwd: process.cwd(), root: process.env.LAMBDA_TASK_ROOT });`;
  const environment = {
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test-f0',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
  };
  const keys = ['functionName', 'functionVersion', 'invokedFunctionArn', 'memoryLimitInMB', 'awsRequestId', 'logGroupName', 'logStreamName',
    'clientContext', 'identity', 'getRemainingTimeInMillis'];

  test.each([
    ['nodejs24.x', keys],
    ['nodejs22.x', [...keys, 'callbackWaitsForEmptyEventLoop', 'done', 'succeed', 'fail']],
  ])('is complete (%s)', async (runtime, expected) => {
    const result = await sample.run(text, { runtime, environment, timeout: 3_600_000 });
    if (!result.ok) throw new Error(result.errorMessage);
    const context = JSON.parse(result.payload);
    expect(context).toMatchObject({
      functionName: 'test-f0',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:test-f0',
      memoryLimitInMB: '256',
      awsRequestId: result.requestId,
      logGroupName: '/aws/lambda/test-f0',
      logStreamName: 'stream',
      keys: expected,
      cwd: `${sample.directory}/f0`,
      root: `${sample.directory}/f0`,
      trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    expect(context.remaining).toBeGreaterThan(3_000_000);
    expect(context.remaining).toBeLessThanOrEqual(3_600_000);
  });
});

describe('output', () => {
  test('is attributed to its invocation, in lines', async () => {
    // GIVEN
    sample.add('talk', `console.log('loading');
      exports.handler = async (event) => {
        console.log('one', { n: event.n });
        console.error('two\\nthree');
        process.stdout.write('fo');
        await new Promise((resolve) => setTimeout(resolve, 5));
        process.stdout.write('ur');
      };`);
    await sample.start();
    // WHEN
    const first = await sample.pool.invoke('talk', '{"n":1}');
    const second = await sample.pool.invoke('talk', '{"n":2}');
    // THEN
    const lines = ({ requestId }: { requestId: string }, n: number) => [
      { functionId: 'talk', requestId, stream: 'stdout', text: `one { n: ${n} }` },
      { functionId: 'talk', requestId, stream: 'stderr', text: 'two' },
      { functionId: 'talk', requestId, stream: 'stderr', text: 'three' },
      { functionId: 'talk', requestId, stream: 'stdout', text: 'four' },
    ];
    expect(sample.output).toEqual([{ functionId: 'talk', stream: 'stdout', text: 'loading' }, ...lines(first, 1), ...lines(second, 2)]);
  });

  test('of code that a handler left running has no request id', async () => {
    await sample.run('exports.handler = async () => { setTimeout(() => console.log("late"), 20); };');
    await until(() => sample.output.length > 0);
    expect(sample.output).toContainEqual({ functionId: 'f0', stream: 'stdout', text: 'late' });
  });

  test('of a program that the handler starts belongs to the invocation', async () => {
    // GIVEN a program that prints past the channel, whose output may arrive later than the result
    const file = `${sample.directory}/go`;
    const running = sample.run(`exports.handler = async () => { require("child_process").execSync("echo sub", { stdio: "inherit" });
      while (!require("fs").existsSync(${JSON.stringify(file)})) await new Promise((resolve) => setTimeout(resolve, 5)); };`);
    // WHEN
    await until(() => sample.output.length > 0);
    fs.writeFileSync(file, '');
    // THEN
    const result = await running;
    expect(sample.output).toEqual([{ functionId: 'f0', requestId: result.requestId, stream: 'stdout', text: 'sub' }]);
  });

  test('is complete when the process ends right after it', async () => {
    const result = await sample.fail('exports.handler = async () => { console.log("x".repeat(300_000)); process.exit(1); };');
    expect(sample.output).toEqual([{ functionId: 'f0', requestId: result.requestId, stream: 'stdout', text: 'x'.repeat(300_000) }]);
  });
});

const RUNTIME = path.join(__dirname, '../../../../lib/local/functions/runtime');
const FILES = fs.readdirSync(RUNTIME).filter((file) => file.endsWith('.js'));

test.each(FILES)('%s can be loaded as it is published', async (file) => {
  // GIVEN
  const loading = spawn(process.execPath, ['-e', `require(${JSON.stringify(path.join(RUNTIME, file))})`], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let observed = '';
  loading.stderr!.setEncoding('utf8').on('data', (text: string) => { observed += text; });
  // WHEN there is no gateway any more
  loading.stdio[3]!.destroy();
  // THEN
  const [status] = await once(loading, 'close') as [number | null];
  expect([status, observed]).toEqual([0, '']);
});

test('an invocation whose lease is over is returned, and so are the next ones up to one without a lease', async () => {
  // GIVEN
  const ids = [1, 2, 3, 4].map((n) => `0b5f8f0e-2f4d-4c53-9f43-1f0e5b1c2d3${n}`);
  sample.add('fn', 'exports.handler = async (n) => n;');
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const;
  const child = spawn(process.execPath, [path.join(RUNTIME, 'node.js')], { cwd: `${sample.directory}/fn`, stdio: [...stdio] });
  const channel = child.stdio[3] as Socket;
  const lines = createInterface({ input: channel })[Symbol.asyncIterator]();
  const next = async () => decodeMessage((await lines.next()).value as string);
  const send = (line: string) => channel.write(`${line}\n`);
  send(encodeSetup({ handler: 'index.handler', arn: 'arn', timeout: 1_000, runtimeMajor: 24 }));
  expect(await next()).toEqual({ type: 'loaded' });
  // WHEN
  const [past, future] = [systemTime() - 1, systemTime() + 3_600_000].map(Math.floor);
  send(encodeInvocation(ids[0], '1', past));
  expect(await next()).toEqual({ type: 'returned', count: 1 });
  send(encodeInvocation(ids[1], '2', future));
  // THEN
  expect(await next()).toEqual({ type: 'returned', count: 2 });
  send(`${encodeInvocation(ids[2], '3')}\n${encodeInvocation(ids[3], '4', future)}`);
  expect(await next()).toMatchObject({ type: 'result', requestId: ids[2], payload: '3' });
  expect(await next()).toMatchObject({ type: 'result', requestId: ids[3], payload: '4' });
  channel.destroy();
  await once(child, 'exit');
});
