import { Interleaving } from './interleaving';

/** Two operations of three calls each: the calls that took effect, and how the operations ended. */
async function runOf(seed: number, deaths: number): Promise<string[]> {
  const interleaving = new Interleaving(seed, deaths);
  const effects: string[] = [];
  const operation = async (name: string): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await interleaving.call(() => Promise.resolve(effects.push(`${name}${i}`)));
      if (interleaving.operation?.state === 'dead') effects.push(`${name} goes on`);
    }
  };
  const operations = ['a', 'b'].map((name) => interleaving.start(name, () => operation(name)));
  await interleaving.finish();
  return [...effects, ...operations.map(({ state }) => state)];
}

test('a seed decides the order', async () => {
  const runs = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => runOf(seed, 0)));

  expect(await runOf(3, 0)).toEqual(runs[2]);
  expect(new Set(runs.map(String)).size).toBeGreaterThan(3);
  for (const run of runs) {
    expect(run.filter((effect) => effect.startsWith('a'))).toEqual(['a0', 'a1', 'a2']);
    expect(run.slice(-2)).toEqual(['returned', 'returned']);
  }
});

test('an operation dies before a call or after it, and goes on never', async () => {
  const runs = await Promise.all(Array.from({ length: 50 }, (_, seed) => runOf(seed, 0.3)));

  const ofA = runs.map((run) => run.filter((effect) => effect.startsWith('a')).length);
  expect(new Set(ofA)).toEqual(new Set([0, 1, 2, 3]));
  expect(runs.flat().filter((effect) => effect.endsWith('on'))).toEqual([]);
  // Killed after its last call: all took effect, and it did not return.
  expect(runs.some((run, i) => ofA[i] === 3 && run[run.length - 2] === 'dead')).toBe(true);
});

test('an operation that fails threw', async () => {
  const interleaving = new Interleaving(1, 0);

  const operation = interleaving.start('a', () => interleaving.call(() => Promise.reject(new Error('no'))));
  await interleaving.finish();

  expect(operation).toMatchObject({ state: 'threw', error: new Error('no'), began: 1, ended: 2 });
});
