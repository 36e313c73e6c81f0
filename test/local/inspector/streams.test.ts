import * as net from 'net';
import { EventReader } from './_helpers/event-reader';
import { InspectedServer } from './_helpers/inspected-server';
import { api, route, until } from '../_helpers/local-server';

let inspected: InspectedServer;
const readers: EventReader[] = [];
beforeEach(async () => { inspected = await InspectedServer.start(api([route('$connect')])); });
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await inspected.stop();
});

async function read(options?: Parameters<typeof EventReader.open>[1]): Promise<EventReader> {
  const reader = await EventReader.open(inspected.port, options);
  readers.push(reader);
  return reader;
}

function note(text: string): void {
  inspected.trace.add({ type: 'note', time: 1, kind: 'notice', text });
}

test('what was before comes first, then what comes', async () => {
  note('before');
  const reader = await read();
  await reader.untilEntry(({ text }) => text === 'before');
  note('after');
  await reader.untilEntry(({ text }) => text === 'after');
  expect(reader.entries).toEqual([
    { n: 1, type: 'note', time: 1, kind: 'notice', text: 'before' }, { n: 2, type: 'note', time: 1, kind: 'notice', text: 'after' },
  ]);
});

test('a reader that comes back gets what it has not seen', async () => {
  // GIVEN
  note('seen');
  const first = await read();
  await first.untilEntry(({ text }) => text === 'seen');
  first.close();
  note('missed');

  // WHEN
  const second = await read({ lastEventId: first.lastEventId });
  await second.untilEntry(({ text }) => text === 'missed');

  // THEN
  expect(second.entries.map(({ n }) => n)).toEqual([2]);
  expect(second.lastEventId).toMatch(/^2-[\da-f]{12}$/);
});

test.each(['7-aaaaaaaaaaaa', '1', 'x', '-1-aaaaaaaaaaaa', '99999999999999999999-aaaaaaaaaaaa'])(
  'a reader of another run, or with nonsense (%s), begins anew', async (lastEventId) => {
    note('first');
    const reader = await read({ lastEventId });
    await reader.untilEntry(({ text }) => text === 'first');
    expect(reader.entries.map(({ n }) => n)).toEqual([1]);
  });

test('a reader that does not read loses entries, is told so, and costs no memory', async () => {
  // GIVEN: a reader that has seen the first entry and stops, and others that read
  note('first');
  const slow = await read();
  await slow.untilEntry(({ text }) => text === 'first');
  slow.response.pause();
  const quick = await read();

  // WHEN: more passes than the journal keeps
  const text = 'x'.repeat(100_000);
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 1_000; count++) {
    note(text);
    if (count % 100 === 99) await until(() => quick.entries.at(-1)?.n === count + 2);
  }
  note('last');
  const grown = process.memoryUsage().arrayBuffers - before;
  slow.response.resume();

  // THEN
  await slow.untilEntry(({ text: last }) => last === 'last');
  await quick.untilEntry(({ text: last }) => last === 'last');
  const gap = slow.entries.find(({ type }) => type === 'gap') as unknown as { n: number; lost: number };
  expect(gap.lost).toBeGreaterThan(300);
  expect(quick.entries.map(({ n }) => n)).toEqual(Array.from({ length: 1_002 }, (_, at) => at + 1));
  expect(slow.entries.filter(({ type }) => type !== 'gap').length + gap.lost).toBe(1_002);
  // The journal's 32 MB, and what waits in sockets.
  expect(grown).toBeLessThan(80 * 1024 * 1024);
});

test('at most 20 read at a time', async () => {
  // GIVEN
  for (let count = 0; count < 20; count++) await read();

  // THEN
  expect(await inspected.call('GET', '/events')).toEqual({ status: 503, json: { message: 'at most 20 streams are served at a time: close a page' } });
  readers.pop()!.close();
  await until(async () => (await read()).response.statusCode === 200);
});

test('all of many readers get a flood, whole and in order', async () => {
  // GIVEN
  for (let count = 0; count < 20; count++) await read();

  // WHEN
  for (let count = 0; count < 5_000; count++) note(`${count}`);

  // THEN
  await until(() => readers.every(({ entries }) => entries.length === 5_000));
  for (const { entries } of readers) expect(entries.every(({ n, text }, at) => n === at + 1 && text === String(at))).toBe(true);
});

test('a POST is no reader', async () => {
  expect(await inspected.call('POST', '/events', {})).toEqual({ status: 405, json: { message: 'events take GET' } });
});

test('the gateway ends although somebody reads, or has stopped reading', async () => {
  // GIVEN
  const reader = await read();
  const dead = net.connect(inspected.port, '127.0.0.1');
  dead.on('error', () => undefined);
  dead.write('GET /_ws/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => dead.once('readable', resolve));

  // WHEN
  await inspected.stop();

  // THEN
  await until(() => reader.hasEnded);
  dead.destroy();
});
