import * as path from 'path';
import { InvocationType, InvokeCommand, LambdaClient, LogType } from '@aws-sdk/client-lambda';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alias, CfnVersion, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RouteIntegration, WebsocketService } from '../../lib';
import { Gateway, GatewayEvent, startGateway } from '../../lib/local';
import { RequestEvent } from '../../lib/local/gateway-event';
import { AppFolder } from '../_helpers/app-folder';
import { until } from './_helpers/local-server';

const HANDLERS = `
exports.echo = async (event, context) => {
  console.log('got', JSON.stringify(event));
  return { event, client: context.clientContext, requestId: context.awsRequestId, endpoint: process.env.AWS_ENDPOINT_URL_LAMBDA };
};
exports.nothing = async () => undefined;
exports.fail = async () => { console.log('about to fail'); throw new TypeError('broken on purpose'); };
exports.slow = async () => new Promise((resolve) => setTimeout(resolve, 20000));
let calls = 0;
exports.third = async () => { calls++; if (calls < 3) throw new Error('attempt ' + calls); return calls; };
exports.wait = async ({ file }) => {
  console.log('waiting');
  while (!require('fs').existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
  return 'waited';
};
`;

const PYTHON = `
def handler(event, context):
    if event.get("fail"):
        raise ValueError("no")
    return {"custom": context.client_context.custom, "title": context.client_context.client.app_title}
`;

let folder: AppFolder;
let gateway: Gateway;
let lambda: LambdaClient;
const events: GatewayEvent[] = [];

function synthesize(): string {
  const app = new App({ outdir: path.join(folder.path, 'cdk.out'), analyticsReporting: false, treeMetadata: false });
  const stack = new Stack(app, 'Test');
  new WebsocketService(stack, 'Chat', { routes: { ping: { integration: RouteIntegration.ping() } } });
  const code = Code.fromAsset(path.join(folder.path, 'functions'));
  const add = (name: string, more: object = {}): Function => new Function(stack, name, {
    functionName: name, code, handler: `index.${name}`, runtime: Runtime.NODEJS_22_X, ...more,
  });
  const echo = add('echo', { environment: { OTHER: 'fail' } });
  new Alias(stack, 'Live', { aliasName: 'live', version: echo.currentVersion });
  (echo.currentVersion.node.defaultChild as CfnVersion).overrideLogicalId('EchoVersion');
  add('nothing');
  add('fail', { retryAttempts: 0 });
  add('slow', { timeout: Duration.seconds(1) });
  add('third');
  add('wait', { reservedConcurrentExecutions: 1 });
  add('java', { runtime: Runtime.JAVA_21 });
  new Function(stack, 'python', { functionName: 'python', runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline(PYTHON) });
  return app.synth().directory;
}

beforeAll(async () => {
  folder = new AppFolder({ 'functions/index.js': HANDLERS });
  gateway = await startGateway({ directory: folder.path, app: synthesize(), onEvent: (event) => events.push(event) });
  lambda = new LambdaClient({
    endpoint: `${gateway.callbackUrl.replace('https:', 'http:').replace(/\/dev$/, '')}/.aws/lambda`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  lambda.destroy();
  await gateway.close();
  folder.leave();
});
beforeEach(() => { events.length = 0; });

function invokes(): RequestEvent[] {
  return events.filter((event): event is RequestEvent => event.type === 'invoke');
}

async function invoke(FunctionName: string, payload?: unknown, more: object = {}) {
  const { Payload, StatusCode, FunctionError, LogResult, ExecutedVersion, $metadata } = await lambda.send(
    new InvokeCommand({ FunctionName, ...payload !== undefined && { Payload: JSON.stringify(payload) }, ...more }),
  );
  const text = Payload && Buffer.from(Payload).toString();
  return {
    status: StatusCode,
    result: text ? JSON.parse(text) as unknown : undefined,
    error: FunctionError,
    version: ExecutedVersion,
    log: LogResult && Buffer.from(LogResult, 'base64').toString(),
    requestId: $metadata.requestId,
  };
}

function failure(sent: Promise<unknown>): Promise<{ name: string; message: string; status: number; reason?: string }> {
  return sent.then(() => { throw new Error('it did not fail'); }, ({ name, message, $metadata, Reason }) => (
    { name, message, status: $metadata.httpStatusCode, ...Reason !== undefined && { reason: Reason } }
  ));
}

test('a function that no route uses has no process, and nothing is said about it, before it is invoked', () => {
  expect(gateway.functions.get('Test/java')).toBeUndefined();
  expect([...gateway.functions.values()].every(({ onDemand }) => onDemand)).toBe(true);
});

test('RequestResponse: result, request id, and an event for the terminal', async () => {
  // WHEN
  const { result, requestId, ...reply } = await invoke('echo', { a: 1 });

  // THEN
  expect(reply).toEqual({ status: 200, error: undefined, version: '$LATEST', log: undefined });
  expect(result).toEqual({ event: { a: 1 }, requestId, endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\.aws\/lambda$/) });
  expect(invokes()).toEqual([{
    type: 'invoke',
    time: expect.any(Number),
    target: expect.stringMatching(/echo$/),
    requestId,
    invocationId: requestId,
    status: 200,
    duration: expect.any(Number),
    bytesIn: 7,
    bytesOut: expect.any(Number),
    reason: undefined,
    error: undefined,
    event: undefined,
    result: undefined,
  }]);
});

test('without a payload the event is {}, and undefined is null', async () => {
  expect((await invoke('echo')).result).toMatchObject({ event: {} });
  expect((await invoke('nothing', 1)).result).toBeNull();
});

test.each([
  ['a partial ARN', '123456789012:function:echo', undefined],
  ['an ARN', 'arn:aws:lambda:us-east-1:123456789012:function:echo', undefined],
  ['an alias in the name', 'echo:live', undefined],
  ['an alias beside it', 'echo', 'live'],
  ['both', 'arn:aws:lambda:us-east-1:123456789012:function:echo:live', 'live'],
  ['a version', 'echo', '7'],
  ['$LATEST', 'echo:$LATEST', undefined],
])('a function is found by %s', async (_name, name, Qualifier) => {
  expect((await invoke(name, 1, { Qualifier })).status).toBe(200);
});

test('a handler that fails is a 200 with the header and the error; its lines and its stack reach the terminal', async () => {
  // WHEN
  const { result, error, requestId, log } = await invoke('fail', {}, { LogType: LogType.Tail });

  // THEN
  expect(error).toBe('Unhandled');
  expect(result).toEqual({ errorType: 'TypeError', errorMessage: 'broken on purpose', trace: expect.arrayContaining(['TypeError: broken on purpose']) });
  expect(log).toMatch(new RegExp([
    `^START RequestId: ${requestId} Version: \\$LATEST`, 'about to fail', `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\n$`,
  ].join('\n')));
  expect(events).toContainEqual(expect.objectContaining({ type: 'output', text: 'about to fail', requestId }));
  expect(invokes()).toMatchObject([{ status: 200, invocationId: requestId, error: { type: 'TypeError', message: 'broken on purpose' } }]);
});

test('a function that takes too long has the error of Lambda', async () => {
  const { result, error } = await invoke('slow', {});
  expect(error).toBe('Unhandled');
  expect(result).toEqual({ errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/) });
});

test('the client context reaches the handler, in Node.js and in Python', async () => {
  const context = { client: { app_title: 'Zoë ☃' }, custom: { a: '😀' } };
  const more = { ClientContext: Buffer.from(JSON.stringify(context)).toString('base64') };
  expect((await invoke('echo', 1, more)).result).toMatchObject({ client: context });
  expect((await invoke('python', {}, more)).result).toEqual({ custom: { a: '😀' }, title: 'Zoë ☃' });
  expect((await invoke('python', { fail: true }, more)).result).toEqual({
    errorType: 'ValueError', errorMessage: 'no', requestId: expect.any(String), stackTrace: expect.any(Array),
  });
});

test('Event: 202 at once, and a failed one is repeated twice with the same request id', async () => {
  // WHEN
  const { status, result, requestId } = await invoke('third', {}, { InvocationType: InvocationType.Event });

  // THEN
  expect({ status, result }).toEqual({ status: 202, result: undefined });
  await until(() => invokes().length === 3, 'three attempts');
  expect(invokes().map(({ status: code, requestId: id, reason, error }) => [code, id, reason, error?.message])).toEqual([
    [202, requestId, 'attempt 1 failed, the next one follows in 1 s', 'attempt 1'],
    [202, requestId, 'attempt 2 failed, the next one follows in 2 s', 'attempt 2'],
    [202, requestId, 'attempt 3 succeeded', undefined],
  ]);
});

test('Event: MaximumRetryAttempts of the template counts', async () => {
  await invoke('fail', {}, { InvocationType: InvocationType.Event });
  await until(() => invokes().length === 1);
  expect(invokes()[0]).toMatchObject({ status: 202, reason: undefined, error: { message: 'broken on purpose' } });
});

test('DryRun is a 204', async () => {
  expect(await invoke('third', {}, { InvocationType: InvocationType.DryRun })).toMatchObject({ status: 204, result: undefined });
});

test('errors have the names of AWS', async () => {
  const options = 'with --lambda aws (startGateway: lambda), handlers call Lambda on AWS';
  const known = 'the app has echo, nothing, fail, slow, third and 3 more';
  expect(await failure(invoke('nobody', 1))).toEqual({
    name: 'ResourceNotFoundException',
    status: 404,
    message: `Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody; ${known}; ${options}`,
  });
  expect(await failure(invoke('echo', 1, { Qualifier: 'prod' }))).toEqual({
    name: 'ResourceNotFoundException',
    status: 404,
    message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:echo:prod; the app has the function, and its aliases are live',
  });
  expect(await failure(invoke('arn:aws:lambda:eu-west-1:123456789012:function:echo'))).toEqual({
    name: 'ResourceNotFoundException',
    status: 404,
    message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:echo; '
      + `the one of this name in the app is arn:aws:lambda:us-east-1:123456789012:function:echo; ${options}`,
  });
  expect(await failure(lambda.send(new InvokeCommand({ FunctionName: 'echo', Payload: 'no json' })))).toEqual({
    name: 'InvalidRequestContentException', status: 400, message: expect.stringMatching(/^Could not parse request body into json: /),
  });
  expect(await failure(invoke('echo', 1, { ClientContext: 'bm8=' }))).toEqual({
    name: 'InvalidRequestContentException', status: 400, message: 'Client context must be a valid Base64-encoded JSON object.',
  });
  expect(await failure(invoke('echo', 'x'.repeat(1_048_576), { InvocationType: InvocationType.Event }))).toEqual({
    name: 'RequestTooLargeException', status: 413, message: 'Request must be smaller than 1048576 bytes for the InvokeFunction operation',
  });
  expect(await failure(invoke('echo', 'x'.repeat(6_291_456)))).toEqual({
    name: 'RequestTooLargeException', status: 413, message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
  });
  expect(await failure(invoke('java', 1))).toEqual({
    name: 'InvalidRuntimeException', status: 501, message: 'Test/java is made for java21: only nodejs and python functions are run here',
  });
});

test('a reserved concurrency that is used up is a 429', async () => {
  // GIVEN
  const file = path.join(folder.path, 'go-on');
  const first = invoke('wait', { file });
  await until(() => events.some((event) => event.type === 'output' && event.text === 'waiting'));

  // WHEN
  const second = await failure(invoke('wait', { file }));

  // THEN
  expect(second).toEqual({
    name: 'TooManyRequestsException', status: 429, message: 'Rate Exceeded.', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
  folder.write({ 'go-on': '' });
  expect((await first).result).toBe('waited');
});
