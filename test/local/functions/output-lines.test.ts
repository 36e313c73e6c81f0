import { OutputLines, type OutputLine } from '../../../lib/local/functions/output-lines';

test('lines are told when they are whole, or when their invocation ends', () => {
  // GIVEN
  const told: OutputLine[] = [];
  const lines = new OutputLines('fn', (line) => told.push(line));
  // WHEN
  lines.add('stdout', undefined, 'loaded\nhalf');
  lines.add('stdout', 'a', 'one\r\ntwo\nth');
  lines.add('stderr', 'a', 'oops');
  lines.add('stdout', 'a', 'ree');
  lines.flush();
  lines.flush();
  // THEN
  expect(told).toEqual([
    { functionId: 'fn', stream: 'stdout', text: 'loaded' },
    { functionId: 'fn', stream: 'stdout', text: 'half' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'one' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'two' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'three' },
    { functionId: 'fn', requestId: 'a', stream: 'stderr', text: 'oops' },
  ]);
});

describe('a line that is longer than a megabyte', () => {
  const MEGABYTE = 1_048_576;
  const CUT = ' [cut: a line has at most 1048576 characters]';
  const add = (pieces: Iterable<string>): string[] => {
    const told: string[] = [];
    const lines = new OutputLines('fn', ({ text }) => told.push(text));
    for (const piece of pieces) lines.add('stdout', 'a', piece);
    lines.flush();
    return told;
  };
  function* repeated(piece: string, count: number): Iterable<string> {
    for (let n = 0; n < count; n++) yield piece;
  }

  test('is cut, and says so; the next line is whole', () => {
    expect(add(['x'.repeat(MEGABYTE + 1), 'y'.repeat(MEGABYTE), 'z\nnext\n', 'last'])).toEqual([`${'x'.repeat(MEGABYTE)}${CUT}`, 'next', 'last']);
    expect(add(['x'.repeat(MEGABYTE), '\n'])).toEqual(['x'.repeat(MEGABYTE)]);
  });

  test('takes time in proportion to its length, in pieces of a kilobyte', () => {
    const before = performance.now();
    expect(add(repeated('x'.repeat(1024), 40_000))).toEqual([`${'x'.repeat(MEGABYTE)}${CUT}`]);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test('and in pieces of a character', () => {
    const before = performance.now();
    expect(add(repeated('x', 2_000_000))).toEqual([`${'x'.repeat(MEGABYTE)}${CUT}`]);
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  test('may be a progress bar', () => {
    expect(add([...repeated('\r 50 %', 200_000), '\ndone\n'])).toEqual([`${'\r 50 %'.repeat(200_000).slice(0, MEGABYTE)}${CUT}`, 'done']);
  });
});

test('what is left when it gets late is not told yet', () => {
  // GIVEN
  const told: string[] = [];
  const lines = new OutputLines('fn', ({ text }) => told.push(text));
  // WHEN
  let rest = lines.addInTurn('stdout', 'a', 'x\n'.repeat(2_000), () => true);
  // THEN
  expect([told.length, rest.length]).toEqual([512, 4_000 - 1_024]);
  // WHEN
  while (rest !== '') rest = lines.addInTurn('stdout', 'a', rest, () => false);
  // THEN
  expect(told).toEqual(Array.from({ length: 2_000 }, () => 'x'));
});
