import { changes, savedSince, WatchedProject } from '../../../lib/local/watch/change';

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

test('each change has its files, handlers first', () => {
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
