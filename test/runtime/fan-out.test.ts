import { failure, FakeAws } from './_helpers/fake-aws';
import { unhurried } from './_helpers/unhurried';
import { within } from './_helpers/within';
import { handler } from '../../lib/lambda/fan-out';
import { configure } from '../../lib/runtime/configuration';
import { deliver, Delivery } from '../../lib/runtime/delivery';
import { Part, recipientsOf } from '../../lib/runtime/fan-out';
import type { Recipient } from '../../lib/runtime/posts';
import { processState } from '../../lib/runtime/process-state';

/** `@connections`, Lambda and DynamoDB. */
let [api, lambda, database]: FakeAws[] = [];
const environment = { ...process.env };
let tests = 0;

beforeAll(async () => [api, lambda, database] = await Promise.all([FakeAws.start(), FakeAws.start(), FakeAws.start()]));
afterAll(() => Promise.all([api, lambda, database].map((server) => server.stop())));
beforeEach(() => {
  // What a test before sends late, on a busy machine, has another signature and does not count.
  const secret = `secret-${tests++}`;
  for (const server of [api, lambda, database]) {
    server.reset();
    server.secretAccessKey = secret;
  }
  lambda.answer = () => ({ status: 202 });
  database.answer = () => ({ body: '{}' });
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: `${api.url}/dev`, prod: `${api.url}/prod` }),
    WEBSOCKET_STORE: JSON.stringify({ table: 'store', fanOut: 'chat-fan-out' }),
  };
});
afterEach(() => {
  process.env = environment;
  delete processState<{ configuration: object }>().configuration;
});

function recipients(count: number, more: Partial<Recipient> = {}): Recipient[] {
  return Array.from({ length: count }, (_, index) => ({ connectionId: `connection-${String(index).padStart(5, '0')}=`, stage: 'dev', at: 1, ...more }));
}

const parts = (): Part[] => lambda.arrived.map(({ body }) => JSON.parse(body.toString()) as Part);
const total = ({ delivered, gone, pending, failed, handedOver }: Delivery): number => (
  delivered + gone.length + pending.length + failed.length + handedOver
);

/** Whom the API or a part was told of, in no order. */
function reached(): string[] {
  const here = api.arrived.map(({ path }) => decodeURIComponent(path.split('/').pop()!));
  return [...here, ...parts().flatMap((part) => recipientsOf(part).map(({ connectionId }) => connectionId))].sort();
}

test('what can be sent in time is not handed over', async () => {
  expect(await within(50_000, () => deliver({ recipients: recipients(300), frame: 'x' }))).toMatchObject({ delivered: 300, handedOver: 0 });
  expect(lambda.arrived).toEqual([]);
});

test('what a slow API would not take before the deadline is handed over, each to one sender', async () => {
  // GIVEN 40 posts in 100 ms
  api.answer = () => ({ delay: 100 });
  const all = recipients(3_000);

  // WHEN
  const began = Date.now();
  const delivery = await within(4_000, () => deliver({ recipients: all, frame: 'x', rows: 'R#lobby' }));

  // THEN
  // All would take 7.5 s.
  expect(Date.now() - began).toBeLessThan(7_000);
  expect(delivery).toMatchObject({ gone: [], pending: [], failed: [] });
  expect(delivery.delivered).toBeGreaterThan(100);
  expect(delivery.handedOver).toBeGreaterThan(1_000);
  expect(total(delivery)).toBe(3_000);
  expect(reached()).toEqual(all.map(({ connectionId }) => connectionId));
});

test('a rate that does not suffice is known before the first post; every sender gets a share of it', async () => {
  configure({ postsPerSecond: 100 });
  const all = recipients(7_000);

  const delivery = await within(1_500, () => deliver({ recipients: all, frame: 'x', rows: 'R#lobby' }));

  expect(total(delivery)).toBe(7_000);
  expect(parts().slice(0, 4).map((part) => [part.recipients.length, part.postsPerSecond, part.rows, part.stage]))
    .toEqual(expect.arrayContaining([[2_000, 20, 'R#lobby', 'dev']]));
  expect(parts().every(({ recipients: { length } }) => length <= 2_000)).toBe(true);
  expect(new Set(parts().map(({ part }) => part)).size).toBe(parts().length);
  expect(reached()).toEqual(all.map(({ connectionId }) => connectionId));
});

test('what is handed over takes its share of the rate with it', async () => {
  configure({ postsPerSecond: 1_000 });
  api.answer = () => ({ delay: 300 });

  const delivery = await within(3_000, () => deliver({ recipients: recipients(6_000), frame: 'x' }));

  expect(total(delivery)).toBe(6_000);
  expect(parts().length).toBeGreaterThan(2);
  expect(parts().reduce((sum, { postsPerSecond }) => sum + postsPerSecond, 0)).toBeLessThan(1_000);
  expect(reached()).toHaveLength(6_000);
});

test('a part has at most 200 KB, with any frame', async () => {
  for (const frame of ['"'.repeat(131_072), '\u0001'.repeat(131_072), '漢'.repeat(43_690), new Uint8Array(131_072).fill(255), '{"a":1}']) {
    lambda.arrived.length = 0;

    const delivery = await unhurried(() => within(0, () => deliver({ recipients: recipients(2_500), frame, quietFrame: 'q' })));

    expect(delivery.handedOver).toBe(2_500);
    expect(lambda.arrived.every(({ body }) => body.length <= 200_000)).toBe(true);
    for (const part of parts()) expect(Buffer.from(part.frame, part.isBase64 ? 'base64' : 'utf8').equals(Buffer.from(frame as string))).toBe(true);
    expect(reached()).toHaveLength(2_500);
  }
});

test('what Lambda does not accept has failed', async () => {
  lambda.answer = (_, index) => (index === 0 ? failure(403, 'AccessDeniedException', 'arn:x is not authorized') : { status: 202 });

  const delivery = await unhurried(() => within(0, () => deliver({ recipients: recipients(5_000), frame: 'x' })));

  expect(total(delivery)).toBe(5_000);
  expect([1_000, 2_000]).toContain(delivery.failed.length);
  expect(delivery.failed[0]).toMatchObject({
    code: 'FORBIDDEN', message: 'the invocation of chat-fan-out answered 403 AccessDeniedException arn:x is not authorized',
  });
  expect(delivery.handedOver).toBe(5_000 - delivery.failed.length);
});

describe('the fan-out function', () => {
  const context = { getRemainingTimeInMillis: () => 300_000 };
  const part: Part = { part: 'p1', frame: 'hello', quietFrame: 'quiet', rows: 'R#lobby', postsPerSecond: 1_000, stage: 'dev', recipients: ['a='] };
  let log: jest.SpyInstance;

  beforeEach(() => log = jest.spyOn(console, 'log').mockImplementation());
  afterEach(() => log.mockRestore());
  const lines = (): object[] => log.mock.calls.map(([line]) => JSON.parse(line as string) as object);

  test('sends what was handed over, and logs one line', async () => {
    // GIVEN
    const young = Date.now();
    const all: Recipient[] = [
      ...recipients(3), { connectionId: 'p=', stage: 'prod', at: 1 }, { connectionId: 'y=', stage: 'dev', at: young }, { connectionId: 'q=', stage: 'dev', quiet: true },
    ];
    const delivery = await unhurried(() => within(0, () => deliver({ recipients: all, frame: 'hello', quietFrame: 'quiet', rows: 'R#lobby' })));
    expect(delivery).toMatchObject({ handedOver: 5 });
    api.answer = ({ path }) => (path.endsWith('/y%3D') || path.endsWith('00001%3D') ? { status: 410 } : path.startsWith('/prod') ? { status: 400 } : {});

    // WHEN
    await handler(parts()[0], context);

    // THEN
    expect(api.arrived.map(({ path, body }) => `${decodeURIComponent(path)} ${body.toString()}`).sort()).toEqual([
      '/dev/@connections/connection-00000= hello', '/dev/@connections/connection-00001= hello', '/dev/@connections/connection-00002= hello',
      '/dev/@connections/q= quiet', '/dev/@connections/y= hello', '/prod/@connections/p= hello',
    ]);
    expect(lines()).toEqual([{
      fanOut: parts()[0].part,
      rows: 'R#lobby',
      recipients: 6,
      delivered: 2,
      gone: 1,
      pending: 1,
      failed: 1,
      failures: { HTTP_400: { count: 1, example: { connectionId: 'p=', message: `${new URL(api.url).host}/prod answered 400` } } },
      left: ['y='],
      milliseconds: expect.any(Number) as number,
    }]);
    const deleted = database.arrived.map(({ body }) => (JSON.parse(body.toString()) as { Key?: { pk: { S: string } } }).Key?.pk.S);
    expect(deleted).toContain('R#lobby');
  });

  test('a part that is repeated is sent once', async () => {
    let written: object | undefined;
    database.answer = ({ body }) => {
      const { Item } = JSON.parse(body.toString()) as { Item: object };
      if (!written) {
        written = Item;
        return { body: '{}' };
      }
      return { status: 400, body: JSON.stringify({ __type: 'x#ConditionalCheckFailedException', Item: written }) };
    };

    await handler(part, context);
    await handler(part, context);

    expect(api.arrived).toHaveLength(1);
    expect(lines()).toMatchObject([{ fanOut: 'p1', delivered: 1 }, { fanOut: 'p1', repeated: true }]);
  });

  test('a mark whose answer was lost is its own', async () => {
    let written: object | undefined;
    database.answer = ({ body }) => {
      const { Item } = JSON.parse(body.toString()) as { Item: object };
      if (!written) {
        written = Item;
        return { cut: 'before' };
      }
      return { status: 400, body: JSON.stringify({ __type: 'x#ConditionalCheckFailedException', Item: written }) };
    };

    await handler(part, context);

    expect(lines()).toMatchObject([{ fanOut: 'p1', delivered: 1 }]);
  });

  test('removes a connection that is gone, for code that cannot', async () => {
    await handler({ gone: 'a=' }, context);

    const keys = database.arrived.map(({ headers, body }) => {
      const { Key } = JSON.parse(body.toString()) as { Key: object };
      return [headers['x-amz-target'].split('.')[1], Key];
    });
    const Key = { pk: { S: 'C#a=' }, sk: { S: 'C' } };
    expect(keys).toEqual([['UpdateItem', Key], ['DeleteItem', Key]]);
    expect(api.arrived).toEqual([]);
  });

  test('without a mark it sends all the same', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    database.answer = () => failure(400, 'AccessDeniedException', 'no');

    await handler(part, context);

    expect(lines()).toMatchObject([{ delivered: 1 }]);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('keeps its share of the rate, hands nothing over, and what it cannot send in time is pending', async () => {
    await unhurried(() => handler({ ...part, postsPerSecond: 1, recipients: ['a=', 'b=', 'c=', 'd='] }, { getRemainingTimeInMillis: () => 2_400 }));

    expect(counts(lines())).toEqual([[2, 2]]);
    expect(lines()).toMatchObject([{ left: ['c=', 'd='] }]);
    expect(lambda.arrived).toEqual([]);
  });

  test('what is left is told before Lambda ends it, also when the store hangs', async () => {
    database.answer = () => ({ body: '{}', delay: 1_000 });

    await handler({ ...part, recipients: ['a=', 'b='] }, { getRemainingTimeInMillis: () => 400 });

    expect(api.arrived).toEqual([]);
    expect(lines()).toMatchObject([{ fanOut: 'p1', recipients: 2, delivered: 0, left: ['a=', 'b='] }]);
  });

  test('what it cannot do at all is logged, and Lambda counts it', async () => {
    process.env.WEBSOCKET_CALLBACK_URLS = '{}';

    await expect(handler(part, context)).rejects.toMatchObject({ code: 'NO_ENDPOINT' });
    expect(lines()).toEqual([{ fanOut: 'p1', rows: 'R#lobby', recipients: 1, error: expect.stringContaining('the callback URL of the stage "dev"') as string }]);
  });

  function counts(found: object[]): unknown[] {
    return (found as { delivered: number; pending: number }[]).map(({ delivered, pending }) => [delivered, pending]);
  }
});
