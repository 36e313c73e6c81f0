import { Clock } from '../../lib/local/clock';

const HOUR = 3_600_000;

test('the clock goes on by itself, and further when it is moved', async () => {
  // GIVEN
  const clock = new Clock();
  const before = Date.now();

  // WHEN
  await clock.advance(2 * HOUR);

  // THEN
  expect(clock.now()).toBeGreaterThanOrEqual(before + 2 * HOUR);
  expect(clock.moved).toBeGreaterThan(2 * HOUR - 1_000);
});

test('what falls due on the way runs in the order of its times, each at its own', async () => {
  // GIVEN
  const clock = new Clock();
  const start = clock.now();
  const ran: [string, number][] = [];
  const note = (name: string) => () => ran.push([name, Math.round((clock.now() - start) / HOUR)]);
  clock.after(3 * HOUR, note('third'));
  clock.after(HOUR, () => {
    note('first')();
    clock.after(HOUR, note('second'));
  });
  clock.after(5 * HOUR, note('never'));

  // WHEN
  await clock.advance(4 * HOUR);

  // THEN
  expect(ran).toEqual([['first', 1], ['second', 2], ['third', 3]]);
});

test('moves come one after the other', async () => {
  // GIVEN
  const clock = new Clock();
  const start = clock.now();

  // WHEN
  await Promise.all([clock.advance(HOUR), clock.advance(HOUR)]);

  // THEN
  expect(clock.now() - start).toBeGreaterThanOrEqual(2 * HOUR);
});

test('what is cancelled does not run, also if that happens on the way', async () => {
  // GIVEN
  const clock = new Clock();
  const ran: string[] = [];
  const cancels = [clock.after(HOUR, () => ran.push('cancelled before')), clock.after(2 * HOUR, () => ran.push('cancelled on the way'))];
  cancels[0]();
  clock.follow(() => { if (clock.moved > 1.5 * HOUR) cancels[1](); });

  // WHEN
  await clock.advance(3 * HOUR);

  // THEN
  expect(ran).toEqual([]);
});

test('without a move, time passes as it does', async () => {
  const clock = new Clock();
  await new Promise<void>((resolve) => clock.after(5, resolve));
  expect(clock.moved).toBe(0);
});
