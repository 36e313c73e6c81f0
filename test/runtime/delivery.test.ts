import { Arrived, failure, FakeAnswer, FakeAws } from './_helpers/fake-aws';
import { within } from './_helpers/within';
import { configure } from '../../lib/runtime/configuration';
import { deliver, Delivery } from '../../lib/runtime/delivery';
import type { Recipient } from '../../lib/runtime/posts';
import { processState } from '../../lib/runtime/process-state';

let aws: FakeAws;
/** In the place of DynamoDB. */
let database: FakeAws;
const environment = { ...process.env };

beforeAll(async () => [aws, database] = await Promise.all([FakeAws.start(), FakeAws.start()]));
afterAll(() => Promise.all([aws.stop(), database.stop()]));
beforeEach(() => {
  aws.reset();
  database.reset();
  database.answer = () => ({ body: '{}' });
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_ENDPOINT_URL_LAMBDA: `${aws.url}/lambda`,
    WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: `${aws.url}/dev`, prod: `${aws.url}/prod` }),
  };
});
afterEach(() => {
  process.env = environment;
  delete processState<{ configuration: object }>().configuration;
});

const nobody: Delivery = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };

function recipients(count: number, more: Partial<Recipient> = {}): Recipient[] {
  return Array.from({ length: count }, (_, index) => ({ connectionId: `c${index}=`, stage: 'dev', at: Date.now() - 60_000, ...more }));
}

/** Answers the connection with this number otherwise. */
function answering(answers: Record<number, FakeAnswer>): (request: Arrived) => FakeAnswer {
  return ({ path }) => answers[Number(/c(\d+)%3D$/.exec(path)?.[1])] ?? {};
}

function withStore(settings: object = {}): void {
  process.env.WEBSOCKET_STORE = JSON.stringify({ table: 'store', ...settings });
}

test('text and bytes arrive as they are, each at the stage of its recipient', async () => {
  const bytes = Uint8Array.from([0, 255, 128, 10]);

  await deliver({ recipients: [{ connectionId: 'a=', stage: 'dev' }], frame: 'ä\u0000😀' });
  expect(await deliver({ recipients: [{ connectionId: 'b/+=', stage: 'prod' }], frame: bytes })).toEqual({ ...nobody, delivered: 1 });

  expect(aws.arrived.map(({ path, body }) => [path, body])).toEqual([
    ['/dev/@connections/a%3D', Buffer.from('ä\u0000😀')],
    ['/prod/@connections/b%2F%2B%3D', Buffer.from(bytes)],
  ]);
});

test('everybody is counted once, whatever the answer', async () => {
  aws.answer = answering({
    1: failure(410, 'GoneException', 'gone'),
    2: failure(403, 'ForbiddenException', 'User: arn:x is not authorized'),
    3: failure(413, 'PayloadTooLargeException', 'too large'),
    4: failure(400, 'BadRequestException', 'Invalid connectionId'),
  });

  const { delivered, gone, pending, failed, handedOver } = await deliver({ recipients: recipients(6), frame: 'x' });

  const host = `${new URL(aws.url).host}/dev`;
  expect({ delivered, gone, pending, handedOver }).toEqual({ delivered: 2, gone: ['c1='], pending: [], handedOver: 0 });
  expect(failed.sort((a, b) => a.connectionId.localeCompare(b.connectionId))).toEqual([
    { connectionId: 'c2=', code: 'FORBIDDEN', message: `${host} answered 403 ForbiddenException User: arn:x is not authorized` },
    { connectionId: 'c3=', code: 'TOO_LARGE', message: `${host} answered 413 PayloadTooLargeException too large` },
    { connectionId: 'c4=', code: 'BadRequestException', message: `${host} answered 400 BadRequestException Invalid connectionId` },
  ]);
});

test('what had no turn before the deadline is pending', async () => {
  aws.answer = () => ({ delay: 5_000 });
  configure({ maxConcurrency: 4 });

  const delivery = await within(300, () => deliver({ recipients: recipients(6), frame: 'x' }));

  expect(delivery).toMatchObject({ delivered: 0, gone: [], pending: ['c4=', 'c5='], handedOver: 0 });
  expect(delivery.failed.map(({ connectionId, code }) => [connectionId, code]).sort())
    .toEqual(['c0=', 'c1=', 'c2=', 'c3='].map((id) => [id, 'TIMEOUT']));
});

test('what is throttled, fails or is cut until the deadline has failed', async () => {
  aws.answer = answering({
    0: failure(429, 'LimitExceededException', 'slow down'), 1: { status: 503 }, 2: { cut: 'before' }, 3: { delay: 5_000 },
  });

  const delivery = await within(2_000, () => deliver({ recipients: recipients(5), frame: 'x' }));

  expect(delivery).toMatchObject({ delivered: 1, gone: [], pending: [], handedOver: 0 });
  expect(Object.fromEntries(delivery.failed.map(({ connectionId, code }) => [connectionId, code])))
    .toEqual({ 'c0=': 'THROTTLED', 'c1=': 'TIMEOUT', 'c2=': 'TIMEOUT', 'c3=': 'TIMEOUT' });
});

test('a client that reads nothing is given up long before the deadline', async () => {
  aws.answer = answering({ 1: failure(429, 'LimitExceededException', 'The WebSocket client side buffer is full') });

  const began = Date.now();
  const delivery = await deliver({ recipients: recipients(3), frame: 'hi', deadline: Date.now() + 60_000 });

  expect(delivery).toEqual({
    ...nobody,
    delivered: 2,
    failed: [{ connectionId: 'c1=', code: 'THROTTLED', message: expect.stringMatching(/ answered 429 LimitExceededException The WebSocket client side buffer is full$/) }],
  });
  expect(Date.now() - began).toBeLessThan(30_000);
});

test('429 and 5xx pass', async () => {
  const tries = new Map<string, number>();
  aws.answer = ({ path }) => {
    const count = (tries.get(path) ?? 0) + 1;
    tries.set(path, count);
    return count < 3 ? { status: count === 1 ? 429 : 500 } : {};
  };

  expect(await deliver({ recipients: recipients(20), frame: 'x' })).toEqual({ ...nobody, delivered: 20 });
});

test('a message of more than 128 KB is refused before anything is called', async () => {
  const frame = 'ä'.repeat(65_537);

  await expect(deliver({ recipients: recipients(1), frame })).rejects.toMatchObject({
    code: 'TOO_LARGE', message: 'a message has at most 131072 bytes (128 KB), this one 131074: send parts, or a link. Nothing was sent',
  });
  expect(aws.arrived).toEqual([]);
  expect(await deliver({ recipients: recipients(1), frame: frame.slice(1) })).toEqual({ ...nobody, delivered: 1 });
});

test('no more than 40 posts at the same time, or as many as configured', async () => {
  // GIVEN answers that come when 40 have asked
  const enough = new Promise<void>((resolve) => {
    aws.answer = async () => {
      if (aws.most >= 40) resolve();
      await enough;
      return { delay: 1 };
    };
  });

  await deliver({ recipients: recipients(200), frame: 'x' });
  expect(aws.most).toBe(40);

  aws.most = 0;
  configure({ maxConcurrency: 3 });
  await deliver({ recipients: recipients(30), frame: 'x' });
  expect(aws.most).toBe(3);
});

test('a rate is kept by all deliveries of the process together', async () => {
  configure({ postsPerSecond: 100 });
  const began = Date.now();

  await Promise.all([1, 2, 3].map(() => deliver({ recipients: recipients(10), frame: 'x' })));

  // 30 posts: the last begins 290 ms after the first.
  expect(Date.now() - began).toBeGreaterThanOrEqual(280);
});

test('quiet recipients get their own frame, and do not count', async () => {
  aws.answer = answering({ 1: { status: 400 }, 2: { status: 410 } });
  const all = recipients(4).map((one, index) => ({ ...one, quiet: index > 0 }));

  expect(await deliver({ recipients: all, frame: 'loud', quietFrame: 'quiet' })).toEqual({ ...nobody, delivered: 1 });

  expect(aws.arrived.map(({ body }) => body.toString()).sort()).toEqual(['loud', 'quiet', 'quiet', 'quiet']);
});

test('a stage that has no address fails alone; without any address nothing is sent', async () => {
  const unknown = { connectionId: 'u=', stage: 'beta' };
  const message = 'neither WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has the callback URL of the stage "beta". '
    + 'Outside of the service: `service.grantPublish(fn)`, or `configure`';

  expect(await deliver({ recipients: [...recipients(1), unknown], frame: 'x' }))
    .toEqual({ ...nobody, delivered: 1, failed: [{ connectionId: 'u=', code: 'NO_ENDPOINT', message }] });
  await expect(deliver({ recipients: [unknown], frame: 'x' })).rejects.toMatchObject({ code: 'NO_ENDPOINT', message });
});

describe('a 410', () => {
  beforeEach(() => {
    withStore();
    aws.answer = () => failure(410, 'GoneException', 'gone');
  });

  const operations = (): unknown[] => database.arrived.map(({ headers, body }) => {
    const { Key } = JSON.parse(body.toString()) as { Key: { pk: { S: string }; sk: { S: string } } };
    return [headers['x-amz-target'].split('.')[1], Key.pk.S, Key.sk.S];
  });

  test('removes the connection and the row that brought it', async () => {
    database.answer = ({ headers }) => headers['x-amz-target'].endsWith('UpdateItem')
      ? { status: 400, body: JSON.stringify({ __type: 'x#ConditionalCheckFailedException' }) } : { body: '{}' };

    expect(await deliver({ recipients: recipients(1), frame: 'x', rows: 'R#lobby' })).toEqual({ ...nobody, gone: ['c0='] });

    expect(operations()).toEqual([['UpdateItem', 'C#c0=', 'C'], ['DeleteItem', 'R#lobby', 'c0=']]);
  });

  test('of a connection younger than 30 s is pending, and removes nothing', async () => {
    const [young] = recipients(1, { at: Date.now() - 25_000 });

    expect(await deliver({ recipients: [young], frame: 'x', rows: 'R#lobby' })).toEqual({ ...nobody, pending: ['c0='] });
    expect(operations()).toEqual([]);
  });

  test('from what may be another stage removes nothing', async () => {
    configure({ endpoint: `${aws.url}/dev` });

    expect(await deliver({ recipients: recipients(1, { stage: 'prod' }), frame: 'x', rows: 'R#lobby' })).toEqual({ ...nobody, gone: ['c0='] });
    expect(operations()).toEqual([]);
    await deliver({ recipients: recipients(1), frame: 'x', rows: 'R#lobby' });
    expect(operations()).not.toEqual([]);
  });

  test('that the store cannot note is a line in the log, and no failure', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    database.answer = () => failure(400, 'AccessDeniedException', 'no');

    expect(await deliver({ recipients: recipients(3), frame: 'x' })).toMatchObject({ gone: ['c0=', 'c1=', 'c2='] });

    expect(warn.mock.calls).toEqual([['cdk-websocket-service: 3 of 3 connections that are gone stay in the store:', expect.any(Error)]]);
    warn.mockRestore();
  });
});

test('a hundred invocations at the same time keep apart', async () => {
  aws.answer = ({ path }) => (path.includes('c7') ? failure(410, 'GoneException', 'gone') : { delay: Math.random() * 10 });

  const deliveries = await Promise.all(Array.from({ length: 100 }, (_, index) => within(50_000, () => (
    deliver({ recipients: [{ connectionId: `c${index % 10}=` }, { connectionId: `d${index}=` }], frame: `frame ${index}` })
  ), { stage: index % 2 ? 'dev' : 'prod' })));

  expect(deliveries).toEqual(deliveries.map((_, index) => (index % 10 === 7 ? { ...nobody, delivered: 1, gone: ['c7='] } : { ...nobody, delivered: 2 })));
  for (let index = 0; index < 100; index++) {
    const own = aws.arrived.filter(({ body }) => body.toString() === `frame ${index}`).map(({ path }) => path).sort();
    const stage = index % 2 ? 'dev' : 'prod';
    expect(own).toEqual([`/${stage}/@connections/c${index % 10}%3D`, `/${stage}/@connections/d${index}%3D`]);
  }
});

