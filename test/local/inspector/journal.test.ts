import { Journal } from '../../../lib/local/inspector/journal';
import { NoteEntry, TraceEntry } from '../../../lib/local/trace';

function note(text: string): TraceEntry {
  return { type: 'note', time: 1, kind: 'notice', text } satisfies NoteEntry & { time: number };
}

function textsAfter(journal: Journal, number: number, most = Infinity): string[] {
  const piece = journal.after(number, most);
  return piece ? (JSON.parse(`[${piece.json.toString()}]`) as Array<{ n: number; text: string }>).map(({ n, text }) => `${n} ${text}`) : [];
}

test('entries are numbered from 1', () => {
  const journal = new Journal();
  expect(journal.last).toBe(0);
  for (const text of ['a', 'b', 'c']) journal.add(note(text));
  expect([textsAfter(journal, 0), textsAfter(journal, 2), textsAfter(journal, 3)]).toEqual([['1 a', '2 b', '3 c'], ['3 c'], []]);
});

test('a piece ends at some bytes, but has one entry at least', () => {
  const journal = new Journal();
  for (const text of ['a'.repeat(100), 'b', 'c']) journal.add(note(text));
  expect(journal.after(0, 10)).toMatchObject({ last: 1 });
  expect(textsAfter(journal, 1, 1)).toEqual(['2 b']);
});

test('the oldest go when there are too many', () => {
  const journal = new Journal({ entries: 3, bytes: Infinity });
  for (const text of ['a', 'b', 'c', 'd', 'e']) journal.add(note(text));
  expect(textsAfter(journal, 0)).toEqual(['3 c', '4 d', '5 e']);
  expect([0, 1, 2, 3].map((number) => journal.lostAfter(number))).toEqual([2, 1, 0, 0]);
});

test('the oldest go when they are too long together, and the last one is kept, however long', () => {
  const journal = new Journal({ entries: 100, bytes: 1_000 });
  for (const text of ['a', 'b', 'c']) journal.add(note(text.repeat(400)));
  expect(journal.lostAfter(0)).toBe(1);
  journal.add(note('d'.repeat(5_000)));
  expect(textsAfter(journal, 0)).toEqual([`4 ${'d'.repeat(5_000)}`]);
});
