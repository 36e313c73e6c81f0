import { endpointOf } from '../../../lib/runtime/aws/endpoint';
import { serviceEndpoint } from '../../../lib/runtime/aws/service';
import { Request, send } from '../../../lib/runtime/aws/transport';
import { failure, FakeAws } from '../_helpers/fake-aws';
import { unhurried } from '../_helpers/unhurried';

let aws: FakeAws;
const environment = { ...process.env };

beforeAll(async () => aws = await FakeAws.start());
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  process.env = { ...environment, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
});
afterEach(() => process.env = environment);

function request(more: Partial<Request> = {}): Request {
  const endpoint = endpointOf(`${aws.url}/dev`);
  return { service: 'execute-api', region: 'eu-west-1', endpoint, method: 'POST', path: '/@connections/a%3D', body: 'hello', ...more };
}

const soon = (milliseconds = 50_000): number => Date.now() + milliseconds;

test('a request is signed for the path, the host and the body that arrive', async () => {
  const answer = await send(request({ body: 'ä\u0000😀' }), soon());

  expect(answer).toMatchObject({ status: 200, type: '', body: '' });
  expect(aws.arrived).toHaveLength(1);
  expect(aws.arrived[0]).toMatchObject({ method: 'POST', path: '/dev/@connections/a%3D', body: Buffer.from('ä\u0000😀') });
  expect(aws.arrived[0].headers).toMatchObject({ 'host': new URL(aws.url).host, 'content-length': '7' });
});

test('credentials are read at each request, the session token with them', async () => {
  await send(request(), soon());
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'OTHER', AWS_SESSION_TOKEN: 'a+token/of==many' } satisfies Record<string, string>);
  await send(request(), soon());

  expect(aws.arrived.map(({ headers }) => headers['x-amz-security-token'])).toEqual([undefined, 'a+token/of==many']);
  expect(aws.arrived[1].headers.authorization).toContain('Credential=OTHER/');
});

test('429 and 5xx are tried again, other failures are answers', async () => {
  aws.answer = (_, index) => [failure(429, 'LimitExceededException', 'slow down'), { status: 500 }, { status: 503 }, failure(410, 'GoneException', 'gone')][index];

  expect(await send(request(), soon())).toMatchObject({ status: 410, type: 'GoneException', body: '{"message":"gone"}' });
  expect(aws.arrived).toHaveLength(4);
});

test('at the deadline the last answer counts', async () => {
  aws.answer = () => failure(429, 'LimitExceededException', 'slow down');

  expect(await send(request(), soon(300))).toMatchObject({ status: 429, type: 'LimitExceededException' });
  expect(aws.arrived.length).toBeGreaterThan(1);
});

test('one attempt is made after the deadline', async () => {
  expect(await unhurried(() => send(request(), Date.now() - 1_000))).toMatchObject({ status: 200 });
});

test.each(['before', 'within'] as const)('a cut connection is tried again: %s', async (cut) => {
  aws.answer = (_, index) => (index < 2 ? { cut } : {});

  expect(await send(request(), soon())).toMatchObject({ status: 200 });
  expect(aws.arrived).toHaveLength(3);
});

test('without any answer the error is TIMEOUT', async () => {
  aws.answer = () => ({ cut: 'within' });

  await expect(send(request(), soon(200))).rejects.toMatchObject({
    code: 'TIMEOUT', message: expect.stringMatching(/^no answer of 127\.0\.0\.1:\d+ after \d+ attempts: aborted$/) as string,
  });
});

test('a slow answer ends with its attempt', async () => {
  aws.answer = () => ({ delay: 2_000 });

  await expect(send(request(), soon(300))).rejects.toMatchObject({
    code: 'TIMEOUT', message: expect.stringMatching(/after 1 attempts: no answer in \d+ ms$/) as string,
  });
});

test('a server that nobody hears on is tried until the deadline', async () => {
  const gone = await FakeAws.start();
  const endpoint = endpointOf(gone.url);
  await gone.stop();

  await expect(send(request({ endpoint }), soon(300))).rejects.toMatchObject({
    code: 'TIMEOUT', message: expect.stringContaining('ECONNREFUSED') as string,
  });
});

test('sockets are kept, and one that the server has closed is no attempt', async () => {
  // GIVEN 20 kept sockets, each of which the server closes at its second request
  await Promise.all(Array.from({ length: 20 }, () => send(request(), soon())));
  aws.reset();
  aws.answer = ({ isKept }) => (isKept ? { cut: 'before' } : {});

  // WHEN with a deadline that leaves no second attempt
  const answers = await unhurried(() => Promise.all(Array.from({ length: 20 }, () => send(request(), Date.now()))));

  // THEN
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
});

test('there are at most 100 sockets to one host', async () => {
  aws.cutSockets();
  aws.answer = () => ({ delay: 20 });

  const answers = await Promise.all(Array.from({ length: 300 }, () => send(request(), soon())));

  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(aws.most).toBeLessThanOrEqual(100);
  expect(aws.openSockets).toBeLessThanOrEqual(100);
});

test('another clock than that of AWS costs one request, and is kept', async () => {
  aws.clock = -3_600_000;

  expect(await send(request(), soon())).toMatchObject({ status: 200 });
  expect(await send(request(), soon())).toMatchObject({ status: 200 });
  expect(aws.arrived).toHaveLength(2);

  aws.clock = 0;
  expect(await send(request(), soon())).toMatchObject({ status: 200 });
});

test('a wrong signature at the right time is an answer', async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong';

  expect(await send(request(), soon())).toMatchObject({ status: 403, type: 'InvalidSignatureException' });
});

test('what cannot pass is thrown as it is', async () => {
  await expect(send(request({ headers: { 'x-amz-meta': 'a\nb\u0000' } }), soon())).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' });
});

test('an address of IPv6', async () => {
  const six = await FakeAws.start('::1');
  try {
    expect(await send(request({ endpoint: endpointOf(`${six.url}/dev/`) }), soon())).toMatchObject({ status: 200 });
    expect(six.arrived[0]).toMatchObject({ path: '/dev/@connections/a%3D', headers: { host: new URL(six.url).host } });
  } finally {
    await six.stop();
  }
});

test.each<[Record<string, string>, string, string]>([
  [{}, 'eu-west-1', 'dynamodb.eu-west-1.amazonaws.com'],
  [{}, 'cn-north-1', 'dynamodb.cn-north-1.amazonaws.com.cn'],
  [{}, 'eusc-de-east-1', 'dynamodb.eusc-de-east-1.amazonaws.eu'],
  [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'eu-west-1', 'dynamodb.eu-west-1.api.aws'],
  [{ AWS_ENDPOINT_URL: 'http://localhost:4566' }, 'eu-west-1', 'localhost:4566'],
  [{ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:3001/.aws/dynamodb' }, 'eu-west-1', 'localhost:3001'],
])('with %j, DynamoDB of %s is at %s', (variables, region, host) => {
  Object.assign(process.env, variables);

  expect(serviceEndpoint('dynamodb', region).host).toBe(host);
});

