import { globPattern } from '../../../lib/local/watch/glob';

test.each([
  ['README.md', ['README.md'], ['docs/README.md', 'README.mdx']],
  ['cdk*.json', ['cdk.json', 'cdk.context.json'], ['src/cdk.json']],
  ['**/*.d.ts', ['a.d.ts', 'src/deep/a.d.ts'], ['a.ts', 'aXd.ts']],
  ['test', ['test', 'test/a.ts', 'test/deep/a.ts'], ['src/test', 'testing']],
  ['./test/', ['test/a.ts'], ['testing/a.ts']],
  ['src/{a,b*}.ts', ['src/a.ts', 'src/bc.ts'], ['src/c.ts', 'src/a/b.ts']],
  ['src/**', ['src/a.ts', 'src/deep/a.ts'], ['lib/a.ts']],
  ['file?.ts', ['file1.ts'], ['file.ts', 'file/.ts']],
  ['[id]+(x).ts', ['[id]+(x).ts'], ['i.ts']],
  ['a{b', ['a{b'], ['ab']],
])('%s', (pattern, matching, others) => {
  const found = [...matching, ...others].filter((file) => globPattern(pattern).test(file));

  expect(found).toEqual(matching);
});
