import { entriesOf, ownMembers, withoutUndefined } from '../../lib/private/members';

test('entries are those of the object and those that it inherits, without methods', () => {
  class Base {
    public get memorySize(): number { return 256; }
    public describe(): string { return ''; }
  }
  class Own extends Base {
    public readonly handler = 'src/a.main';
    public override get memorySize(): number { return 512; }
  }

  expect(entriesOf(new Own())).toEqual([['handler', 'src/a.main'], ['memorySize', 512]]);
  expect(ownMembers(Object.create({ a: 1, b: 2 }, { b: { value: 3, enumerable: true } }) as object)).toEqual({ a: 1, b: 3 });
  expect(entriesOf(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual([['a', 1]]);
  expect(entriesOf([])).toEqual(entriesOf({}));
});


test('what is undefined is left out, and nothing else', () => {
  expect(Object.entries(withoutUndefined({ a: undefined, b: null, c: false, d: 0, e: '' })))
    .toEqual([['b', null], ['c', false], ['d', 0], ['e', '']]);
});
