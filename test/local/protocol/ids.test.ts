import fc from 'fast-check';
import { isId, newId, newTraceId } from '../../../lib/local/protocol/ids';

test('1.3.8: an id is 11 bytes in 16 characters that end in =', () => {
  // WHEN
  const ids = Array.from({ length: 5000 }, newId);

  // THEN
  expect(ids.filter((id) => !/^[A-Za-z0-9_-]{15}=$/.test(id))).toEqual([]);
  expect(ids.filter((id) => Buffer.from(id, 'base64url').length !== 11)).toEqual([]);
});

test('1.3.7, 1.4.4: no id comes twice', () => {
  expect(new Set(Array.from({ length: 20_000 }, newId)).size).toBe(20_000);
});

test('6.7: ids of AWS and of this gateway are well formed', () => {
  for (const id of ['PJqB0fHsqRcCHlw=', 'JC1dgf9yoAMCK-g=', 'HXT_RfBnPHcCIIg=', newId()]) expect(isId(id)).toBe(true);
});

test.each(['', 'x', 'PJqB0fHsqRcCHlw', 'PJqB0fHsqRcCHlw%3D', 'PJqB0fHsqRcCHlw==', 'PJqB0fHs/RcCHlw=', 'PJqB0fHsqRcCHlw=\n',
  '4e5b6a1c-4a4b-4f0e-9d3e-0a1b2c3d4e5f'])('6.7: %j is no id', (text) => {
  expect(isId(text)).toBe(false);
});

test('1.3.4: a trace id has the second in hexadecimal and 24 random digits', () => {
  // WHEN
  const ids = [newTraceId(1_708_326_702_500), newTraceId(1_708_326_702_500)];

  // THEN
  expect(ids[0]).toMatch(/^Root=1-65d2ff2e-[0-9a-f]{24}$/);
  expect(ids[1]).not.toBe(ids[0]);
});

test('6.7: any text can be asked about', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isId(text) === 'boolean'));
});
