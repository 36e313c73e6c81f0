import { nearest } from '../../lib/private/nearest';

const NAMES = ['routes', 'stageName', 'stageVariables', 'tags'];

test.each<[string, string | undefined]>([
  ['stagename', 'stageName'],
  ['stageNme', 'stageName'],
  ['route', 'routes'],
  ['tag', 'tags'],
  ['stageVariable', 'stageVariables'],
  ['tgas', 'tags'],
  ['colour', undefined],
  ['ab', undefined],
  ['', undefined],
])('%j stands for %j', (name, expected) => {
  expect(nearest(name, NAMES)).toBe(expected);
});

test('the nearest one is meant', () => {
  expect(nearest('tape', ['tags', 'tapes'])).toBe('tapes');
});

test('a text that is far too long is compared with nothing', () => {
  // GIVEN
  const lower = jest.spyOn(String.prototype, 'toLowerCase');

  // WHEN
  const found = nearest('a'.repeat(1_000_000), NAMES);

  // THEN
  expect(lower).not.toHaveBeenCalled();
  lower.mockRestore();
  expect(found).toBeUndefined();
});
