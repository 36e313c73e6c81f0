/** For `npm run test:all`: each property is tried this many times as often, with a seed that is printed before. */
const { PROPERTY_FACTOR, PROPERTY_SEED } = process.env;

jest.mock('fast-check', () => {
  const { default: actual, ...names } = jest.requireActual('fast-check');
  const assert = (property, options = {}) => (
    actual.assert(property, { ...options, numRuns: (options.numRuns ?? 100) * Number(PROPERTY_FACTOR), seed: Number(PROPERTY_SEED) })
  );
  return { ...names, assert, default: { ...actual, assert }, __esModule: true };
});
