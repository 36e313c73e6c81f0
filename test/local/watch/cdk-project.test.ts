import * as fs from 'fs';
import { GatewayError } from '../../../lib/local/gateway-error';
import { appCommand, globPattern, isAssembly, readProject } from '../../../lib/local/watch/cdk-project';
import { AppFolder } from '../../_helpers/app-folder';

let folder: AppFolder;

beforeEach(() => { folder = new AppFolder({}); });
afterEach(() => folder.leave());

function refusal(work: () => unknown): GatewayError {
  try {
    work();
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('not refused');
}

test('the project has the settings of cdk.json', () => {
  // GIVEN
  folder.write({
    'cdk.json': JSON.stringify({
      app: 'npx tsx bin/app.ts',
      build: ['npm', 'run', 'build'],
      output: 'out',
      watch: { include: ['**'], exclude: ['test', 'cdk*.json'] },
      context: { a: 1 },
    }),
  });

  // THEN
  expect(readProject('.', folder.path)).toEqual({
    app: 'npx tsx bin/app.ts', build: 'npm run build', output: 'out', exclude: ['test', 'cdk*.json'], context: { a: 1 },
  });
});

test('every setting is optional', () => {
  expect(readProject('.', folder.path)).toEqual({ output: 'cdk.out', exclude: [], context: {} });
});

test('context: cdk.json before cdk.context.json before ~/.cdk.json', () => {
  // GIVEN
  folder.write({
    'cdk.json': '{ "context": { "a": "project" } }',
    'cdk.context.json': '{ "a": "looked up", "b": "looked up" }',
    'home/.cdk.json': '{ "context": { "a": "user", "b": "user", "c": "user" } }',
  });

  // THEN
  expect(readProject('.', 'home').context).toEqual({ a: 'project', b: 'looked up', c: 'user' });
});

test('the command of the app is `app` of cdk.json', () => {
  folder.write({ 'cdk.json': '{ "app": "npx tsx bin/app.ts" }' });

  expect(appCommand(folder.path)).toBe('npx tsx bin/app.ts');
});

const WAY_OUT = 'name the command that synthesizes the app with --app "npx tsx bin/app.ts", or an assembly with --app cdk.out';

test.each<[string, string | undefined, (path: string) => string]>([
  ['no cdk.json', undefined, (path) => `there is no cdk.json in ${path}; ${WAY_OUT}`],
  ['no app in it', '{}', (path) => `${path}/cdk.json has no "app"; ${WAY_OUT}`],
  ['an app that is nothing to run', '{ "app": " " }', (path) => `${path}/cdk.json has no "app"; ${WAY_OUT}`],
  ['an app of another kind', '{ "app": 1 }', (path) => `${path}/cdk.json has no "app"; ${WAY_OUT}`],
])('without a command, an error says what to do: %s', (_, text, message) => {
  if (text) folder.write({ 'cdk.json': text });

  expect(refusal(() => appCommand(folder.path))).toMatchObject({ code: 'INVALID_OPTION', message: message(folder.path) });
});

test('a cdk.json that is not JSON is an error that names the file', () => {
  folder.write({ 'cdk.json': '{ "app": ' });

  expect(refusal(() => appCommand(folder.path))).toMatchObject({
    code: 'INVALID_OPTION', message: `${folder.path}/cdk.json is not valid JSON: Unexpected end of JSON input; correct it`,
  });
});

test('an assembly is a folder with a manifest', () => {
  folder.write({ 'cdk.out/manifest.json': '{}', 'file': '' });
  fs.mkdirSync('empty');

  expect(['cdk.out', 'empty', 'file', 'nowhere', 'npx tsx bin/app.ts'].filter(isAssembly)).toEqual(['cdk.out']);
});

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
])('the pattern %s', (pattern, matching, others) => {
  const found = [...matching, ...others].filter((file) => globPattern(pattern).test(file));

  expect(found).toEqual(matching);
});
