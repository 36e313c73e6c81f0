import { faultsTool } from '../../../lib/local/faults/faults';
import { api, app, route, TestServer } from '../_helpers/local-server';

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start(app(api([route('$connect'), route('send')])), () => ({ statusCode: 200 }));
});
afterEach(() => server.stop());

const call = (method: 'GET' | 'POST' | 'DELETE', body?: unknown, rest = '') => faultsTool(server.server.faults)({ method, rest, body });

test('POST sets a fault, GET lists it with its text and rule, DELETE ends all', async () => {
  // WHEN
  const set = [
    await call('POST', { fault: 'posts', status: 429, share: 0.5, times: 3 }),
    await call('POST', { fault: 'handler', route: 'send', delay: 100 }),
    await call('POST', { fault: 'disconnect', lose: true }),
    await call('POST', { fault: 'coldStart', milliseconds: 100 }),
    await call('POST', { fault: 'throttle', perSecond: 10 }),
    await call('POST', { fault: 'random', seed: 7 }),
    await call('POST', { fault: 'advance', milliseconds: 1 }),
  ];

  // THEN
  expect(set).toEqual(set.map(() => ({ status: 204 })));
  const listed = (await call('GET')).json as { text: string }[];
  expect(listed.map(({ text, ...more }) => ({ ...more, hasText: text.length > 20 }))).toEqual([
    { fault: 'posts', status: 429, share: 0.5, times: 3, rule: '6.9', hasText: true },
    { fault: 'handler', route: 'send', delay: 100, rule: '4.4.5', hasText: true },
    { fault: 'disconnect', lose: true, rule: '1.5.2', hasText: true },
    { fault: 'coldStart', milliseconds: 100, rule: '4.4.5', hasText: true },
    { fault: 'throttle', perSecond: 10, rule: '8.1', hasText: true },
    { fault: 'random', seed: 7, rule: '7.3, 7.4', hasText: true },
  ]);
  expect([await call('DELETE'), await call('GET')]).toEqual([{ status: 204 }, { status: 200, json: [] }]);
});

test('one of the same kind takes the place of the one before', async () => {
  await call('POST', { fault: 'handler', route: 'send', delay: 100 });
  await call('POST', { fault: 'handler', route: 'send', kill: true });
  await call('POST', { fault: 'posts', status: 429 });
  await call('POST', { fault: 'posts', status: 500 });
  expect((await call('GET')).json).toMatchObject([{ fault: 'posts', status: 500 }, { fault: 'handler', kill: true }]);
});

test.each([
  [[], 'faults: a POST has an object such as {"fault":"end","how":"cut"}'],
  [null, 'faults: a POST has an object such as {"fault":"end","how":"cut"}'],
  [{ fault: 'ends' }, 'faults: there is no fault "ends"; did you mean `end`?'],
  [{ fault: '__proto__' }, 'faults: there is no fault "__proto__"; there are end, refuse, posts, handler, disconnect, coldStart, throttle, random, advance, clear'],
  [JSON.parse('{ "fault": "end", "how": "cut", "__proto__": 1 }'), 'faults: end takes no `__proto__`; there are how, connection, seconds'],
  [{ fault: 'refuse', status: 'x'.repeat(1_000) }, `faults: refuse: \`status\` must be one of 403, 429, 500, 503, got "${'x'.repeat(99)}...`],
])('400 for what cannot be: %j', async (body, message) => {
  expect(await call('POST', body)).toEqual({ status: 400, json: { message } });
});

test('400 for an argument that is nested too deeply to be shown', async () => {
  const how: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const answer = await call('POST', { fault: 'end', how });
  expect(answer.status).toBe(400);
  expect((answer.json as { message: string }).message).toMatch(/^faults: end: `how` must be .*, got an object that cannot be shown as JSON$/);
});

test('the API refuses what JSON cannot have', async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const { faults } = server.server;
  const code = 'INVALID_FAULT';
  await expect(faults.throttle({ perSecond: 10n as never })).rejects.toMatchObject({ code, message: expect.stringContaining('got 10') as string });
  await expect(faults.end({ how: cyclic as never })).rejects.toMatchObject({ code });
  await expect(faults.end([cyclic] as never)).rejects.toMatchObject({ code });
  await expect(faults.advance(NaN)).rejects.toMatchObject({ code });
  await expect(faults.call(Symbol('end'))).rejects.toMatchObject({ code });
});

test('404 for a path below', async () => {
  expect(await call('GET', undefined, '/end')).toEqual({ status: 404, json: { message: 'there is nothing at /_ws/faults/end' } });
});
