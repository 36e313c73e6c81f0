import { ChangeBatch, changes, savedSince, WatchedProject } from '../../../lib/local/watch/change';

const PROJECT: WatchedProject = {
  assembly: '/app/cdk.out',
  command: true,
  inputs: new Set(['/app/src/a.ts', '/lib/shared.ts']),
  broken: false,
};

function kinds(file: string, project: Partial<WatchedProject> = {}): string[] {
  return changes([file], { ...PROJECT, ...project }).map(({ kind }) => kind);
}

test.each([
  ['a source of a handler', '/app/src/a.ts', ['handlers'], ['handlers']],
  ['a source of a handler, outside of the app', '/lib/shared.ts', ['handlers'], ['handlers']],
  ['another source', '/app/bin/app.ts', ['app'], []],
  ['a source in another language', '/app/app.py', ['app'], []],
  ['a setting of the app', '/app/cdk.json', ['app'], []],
  ['a setting of the build', '/app/tsconfig.json', ['handlers', 'app'], ['handlers']],
  ['no source', '/app/picture.png', [], []],
  ['a folder', '/app/src', [], []],
  ['the manifest', '/app/cdk.out/manifest.json', [], ['assembly']],
])('%s', (_, file, withCommand, withAssembly) => {
  expect(kinds(file)).toEqual(withCommand);
  expect(kinds(file, { command: false })).toEqual(withAssembly);
});

test('while a build is broken, any source may be the one that was missing', () => {
  expect(kinds('/app/src/new.ts', { broken: true, command: false })).toEqual(['handlers']);
  expect(kinds('/app/src/new.ts', { broken: true })).toEqual(['handlers', 'app']);
});

test('each change lists its files, those of handlers first', () => {
  expect(changes(['/app/bin/app.ts', '/app/src/a.ts', '/app/bin/stack.ts'], PROJECT)).toEqual([
    { kind: 'handlers', files: ['/app/src/a.ts'] },
    { kind: 'app', files: ['/app/bin/app.ts', '/app/bin/stack.ts'] },
  ]);
});

test.each<[string, number, number, boolean]>([
  ['before', 1_699.5, 1_699.5, false],
  ['after', 1_700.2, 1_700.2, true],
  ['with the time that it had elsewhere', 5, 1_700.2, true],
  ['where the file system counts in seconds', 1_000, 1_000, true],
  ['long before, where it does', -1_000, -1_000, false],
])('a file that was saved %s', (_, mtimeMs, ctimeMs, since) => {
  expect(savedSince({ mtimeMs, ctimeMs }, 1_700)).toBe(since);
});

describe('a batch', () => {
  let reports: Array<readonly string[]>;
  let batch: ChangeBatch;

  beforeEach(() => {
    jest.useFakeTimers();
    reports = [];
    batch = new ChangeBatch(15, (files) => reports.push(files));
  });
  afterEach(() => jest.useRealTimers());

  /** Files that change one after the other. */
  function change(count: number, milliseconds: number): void {
    for (let file = 0; file < count; file++) {
      batch.add(`${file}.ts`);
      jest.advanceTimersByTime(milliseconds);
    }
  }

  test('of few files is reported after the debounce', () => {
    change(3, 0);
    jest.advanceTimersByTime(14);
    const before = reports.length;
    jest.advanceTimersByTime(1);

    expect(before).toBe(0);
    expect(reports).toEqual([['0.ts', '1.ts', '2.ts']]);
  });

  test('of many files is reported once none changes any more', () => {
    change(200, 5);
    jest.advanceTimersByTime(150);

    expect(reports.map(({ length }) => length)).toEqual([200]);
  });

  test('is reported every two seconds while files change all the time', () => {
    change(450, 10);

    expect(reports.map(({ length }) => length)).toEqual([200, 200]);
  });

  test('is not reported after the end', () => {
    batch.add('a.ts');
    batch.close();
    jest.advanceTimersByTime(10_000);

    expect(reports).toEqual([]);
  });
});
