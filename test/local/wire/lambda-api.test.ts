import * as net from 'net';
import { LambdaFunction } from '../../../lib/local/assembly/local-app';
import { api, app, Handler, stage, TestServer, until } from '../_helpers/local-server';

const SIGNED = {
  authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20261130/eu-west-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, '
    + `Signature=${'0'.repeat(64)}`,
};

function fn(name: string, more: Partial<LambdaFunction> = {}): LambdaFunction {
  return {
    id: name,
    path: `Test/${name}`,
    name,
    arn: `arn:aws:lambda:eu-west-1:111111111111:function:${name}`,
    region: 'eu-west-1',
    account: '111111111111',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    timeout: 3_000,
    memorySize: 128,
    environment: {},
    unresolved: [],
    code: { inline: '' },
    layers: [],
    onDemand: true,
    ...more,
  };
}

let server: TestServer;
let base: string;
afterEach(() => server.stop());

async function start(handlers: Record<string, Handler>, functions = Object.keys(handlers).map((name) => fn(name))): Promise<void> {
  server = await TestServer.start({ ...app(api([], { stages: [stage()] })), functions: new Map(functions.map((one) => [one.id, one])) }, handlers);
  base = `http://127.0.0.1:${server.port}/.aws/lambda`;
}

async function call(path: string, options: RequestInit = {}) {
  const response = await fetch(`${base}${path}`, { method: 'POST', ...options, headers: { ...SIGNED, ...options.headers } });
  return {
    status: response.status, type: response.headers.get('x-amzn-errortype'), body: await response.text(), cors: response.headers.get('access-control-allow-origin'),
  };
}

const invocations = (name: string): string => `/2015-03-31/functions/${name}/invocations`;

test('InvokeAsync, which is deprecated, is an Event', async () => {
  const ran: unknown[] = [];
  await start({ job: (event) => ran.push(event) });

  expect(await call('/2014-11-13/functions/job/invoke-async/', { body: '{"a":1}' })).toEqual({ status: 202, type: null, body: '', cors: null });
  await until(() => ran.length === 1);
  expect(ran).toEqual([{ a: 1 }]);
});

test.each<[string, string, RequestInit, number, string, string]>([
  ['response streaming', '/2021-11-15/functions/job/response-streaming-invocations', {}, 501, 'InvalidRuntimeException',
    'InvokeWithResponseStream is not served: handlers return their result as a whole here; use Invoke'],
  ['another operation', '/2015-03-31/functions/job', { method: 'GET' }, 404, 'UnknownOperationException',
    'GET /2015-03-31/functions/job is not served: the gateway stands in for Invoke only; with --lambda aws (startGateway: lambda), handlers '
    + 'call Lambda on AWS'],
  ['an unknown type', invocations('job'), { headers: { 'x-amz-invocation-type': 'Now' } }, 400, 'ValidationException',
    '1 validation error detected: Value \'Now\' at \'invocationType\' failed to satisfy constraint: Member must satisfy enum value set: '
    + '[Event, RequestResponse, DryRun]'],
  ['no name', invocations('a%20b'), {}, 400, 'ValidationException',
    '1 validation error detected: Value \'a b\' at \'functionName\' failed to satisfy constraint: Member must be the name, the partial ARN or '
    + 'the ARN of a function'],
  ['two qualifiers', `${invocations('job%3Alive')}?Qualifier=prod`, {}, 400, 'InvalidParameterValueException',
    'The derived qualifier from the function name does not match the specified qualifier.'],
])('%s is an error', async (_, path, options, status, type, message) => {
  await start({ job: () => 1 });

  expect(await call(path, options)).toEqual({ status, type, body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message }), cors: null });
  expect(server.requests('invoke')).toEqual([expect.objectContaining({ status, reason: message })]);
});

test('a page, an unsigned caller and a signature for another service run nothing', async () => {
  const ran: unknown[] = [];
  await start({ job: (event) => ran.push(event) });

  const refused = await Promise.all([
    call(invocations('job'), { headers: { origin: 'https://evil.example' } }),
    call(invocations('job'), { headers: { authorization: '' } }),
    call(invocations('job'), { headers: { authorization: SIGNED.authorization.replace('/lambda/', '/s3/') } }),
  ]);

  expect(refused.map(({ status, cors }) => [status, cors])).toEqual([[403, null], [403, null], [403, null]]);
  expect(ran).toEqual([]);
});

test('of two functions with one name, the Region of the signature decides', async () => {
  const near = fn('job');
  const far = fn('job', { id: 'far', region: 'us-east-1', arn: near.arn.replace('eu-west-1', 'us-east-1') });
  await start({ job: () => 'near', far: () => 'far' }, [far, near]);

  expect((await call(invocations('job'))).body).toBe('"near"');
  expect((await call(invocations('job'), { headers: { authorization: SIGNED.authorization.replace('eu-west-1', 'us-east-1') } })).body).toBe('"far"');
  expect((await call(invocations(encodeURIComponent(far.arn)))).body).toBe('"far"');
});

test('a caller that leaves within the payload runs nothing, and is forgotten', async () => {
  // GIVEN
  const ran: unknown[] = [];
  await start({ job: (event) => ran.push(event) });
  const socket = net.connect(server.port, '127.0.0.1');
  socket.write(`POST /.aws/lambda${invocations('job')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${SIGNED.authorization}\r\nContent-Length: 100\r\n\r\n{"a`);

  // WHEN
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();

  // THEN
  expect((await call(invocations('job'), { body: '2' })).status).toBe(200);
  expect(ran).toEqual([2]);
});

test('a function that invokes itself asynchronously without end fills its queue and gets 429; the gateway goes on', async () => {
  // GIVEN
  const statuses: number[] = [];
  let isStopped = false;
  await start({
    loop: async () => {
      if (isStopped) return;
      const two = [1, 2].map(() => call(invocations('loop'), { headers: { 'x-amz-invocation-type': 'Event' }, body: PAYLOAD }));
      statuses.push(...(await Promise.all(two)).map(({ status }) => status));
    },
    job: () => 'done',
  });

  // WHEN
  await call(invocations('loop'), { headers: { 'x-amz-invocation-type': 'Event' }, body: PAYLOAD });
  await until(() => statuses.includes(429));

  // THEN
  isStopped = true;
  expect(new Set(statuses)).toEqual(new Set([202, 429]));
  expect(await call(invocations('job'))).toEqual({ status: 200, type: null, body: '"done"', cors: null });
});

/** Large, so that not many fill the queue. */
const PAYLOAD = JSON.stringify('x'.repeat(1_000_000));
