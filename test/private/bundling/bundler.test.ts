import * as fs from 'fs';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { bundle, BundleRequest, Bundles } from '../../../lib/private/bundling/bundler';
import { sdkV2Hint } from '../../../lib/private/bundling/sdk-v2';
import { AppFolder } from '../../_helpers/app-folder';
import { filesOf, handler } from '../../_helpers/builds';

/** The app's own esbuild: the real one, which counts its runs. */
const COUNTING_ESBUILD = {
  'node_modules/esbuild/package.json': '{ "name": "esbuild", "main": "index.js" }',
  'node_modules/esbuild/index.js': `
    const real = require(${JSON.stringify(require.resolve('esbuild'))});
    exports.formatMessagesSync = real.formatMessagesSync;
    exports.buildSync = (options) => {
      require('fs').appendFileSync(${JSON.stringify('runs.log')}, options.entryPoints.length + ' ');
      return real.buildSync(options);
    };`,
};

let app: AppFolder;

beforeEach(() => {
  app = new AppFolder({
    ...COUNTING_ESBUILD,
    'src/a.ts': 'export const main = (x?: number) => x ?? VALUE;\nexport const same = (x: number) => x === NaN;\ndeclare const VALUE: string;',
    'src/b.ts': 'export const main = () => 2;\nexport const same = (x: number) => x === NaN;',
    'src/smithy.ts': "import { sign } from '@smithy/signature';\nexport const main = () => sign();",
    'src/broken.ts': 'export const main = ;',
    'part/src/c.ts': "import value from 'value';\nexport const main = () => value;",
    'part/tsconfig.json': '{ "compilerOptions": { "paths": { "value": ["./src/value.ts"] } } }',
    'part/src/value.ts': 'export default 7;',
  });
});

afterEach(() => app.leave());

function request(name: string, bundling: BundlingOptions = {}, others: Partial<BundleRequest> = {}): BundleRequest {
  return { handler: handler(name), bundling, runtime: Runtime.NODEJS_24_X, directory: '.', ...others };
}

function bundled(requests: BundleRequest[], context: Record<string, unknown> = {}): Bundles {
  return bundle(new Stack(new App({ context })), requests);
}

/** The number of handlers in each run of esbuild. */
function runs(): number[] {
  return fs.readFileSync('runs.log', 'utf8').trim().split(' ').map(Number);
}

function code(build: Bundles, name: string): string {
  return filesOf(build.handlers.get(name))['index.js'];
}

test('builds handlers that are built alike in one run', () => {
  const build = bundled([
    request('src/a.main', { externalModules: ['pg'], define: { VALUE: '1' } }),
    request('src/b.main', { define: { VALUE: '1' }, externalModules: ['pg'], sourceMap: undefined }),
  ]);

  expect(runs()).toEqual([2]);
  expect([...build.handlers.keys()]).toEqual(['src/a.main', 'src/b.main']);
});

test.each<[string, BundlingOptions, Partial<BundleRequest>]>([
  ['other options', { minify: false }, {}],
  ['another runtime', {}, { runtime: Runtime.NODEJS_20_X }],
  ['another directory', {}, { directory: 'part' }],
])('builds handlers with %s in a run of their own', (_, bundling, others) => {
  bundled([request('src/a.main'), request('src/b.main', bundling, others), request('src/a.same')]);

  expect(runs()).toEqual([2, 1]);
});

test('builds each handler with its own options', () => {
  const build = bundled([
    request('src/a.main', { define: { VALUE: '"first"' } }),
    request('src/a.same', { banner: '/* second */' }),
    request('src/b.main', { format: OutputFormat.ESM }),
  ]);

  expect([...build.handlers].map(([id, one]) => [id, Object.keys(filesOf(one))])).toEqual([
    ['src/a.main', ['index.js']], ['src/a.same', ['index.js']], ['src/b.main', ['index.mjs']],
  ]);
  const codes = ['src/a.main', 'src/a.same'].map((name) => code(build, name));
  expect(codes.map((text) => text.includes('"first"'))).toEqual([true, false]);
  expect(codes.map((text) => text.startsWith('/* second */'))).toEqual([false, true]);
});

test('writes code that the runtime understands', () => {
  const [old, current] = [Runtime.NODEJS_12_X, Runtime.NODEJS_24_X].map((runtime) => code(bundled([request('src/a.main', {}, { runtime })]), 'src/a.main'));

  expect([old.includes('??'), current.includes('??')]).toEqual([false, true]);
});

test('runs in the directory of the handler, which may be relative to that of the app', () => {
  const build = bundled([request('part/src/c.main', { tsconfig: 'tsconfig.json', minify: false }, { directory: 'part' })]);

  expect(build.handlers.get('part/src/c.main')?.errors).toEqual([]);
  expect(code(build, 'part/src/c.main')).toContain('// src/value.ts');
});

test('runs in a directory that is a link to another: it is the same build', () => {
  // GIVEN
  fs.symlinkSync('part', 'linked');
  const options = { tsconfig: 'tsconfig.json', minify: false, sourceMap: true };

  // WHEN
  const [real, linked] = ['part', 'linked'].map((directory) => bundled([request(`${directory}/src/c.main`, options, { directory })]));

  // THEN
  expect(linked.handlers.get('part/src/c.main')?.errors).toEqual([]);
  expect(code(linked, 'part/src/c.main')).toContain('// src/value.ts');
  expect(linked).toEqual(real);
});

test.each([
  [true, []],
  [false, [
    '✘ [ERROR] Could not resolve "@smithy/signature"\n\n    src/smithy.ts:1:21:\n'
    + "      1 │ import { sign } from '@smithy/signature';\n        ╵                      ~~~~~~~~~~~~~~~~~~~\n\n"
    + '  You can mark the path "@smithy/signature" as external to exclude it from the bundle, which will remove this error and leave the unresolved path in the bundle.',
  ]],
])('leaves the smithy packages to the runtime if the feature flag is %s', (flag, errors) => {
  const build = bundled([request('src/smithy.main')], { [cxapi.LAMBDA_NODEJS_SDK_V3_EXCLUDE_SMITHY_PACKAGES]: flag });

  expect(build.handlers.get('src/smithy.main')?.errors).toEqual(errors);
});

test('a broken handler spoils neither its group nor another', () => {
  const build = bundled([request('src/a.main'), request('src/broken.main'), request('src/b.main', { minify: false })]);

  expect([...build.handlers].map(([id, { files, errors }]) => [id, files.length, errors])).toEqual([
    ['src/a.main', 1, []],
    ['src/broken.main', 0, [
      '✘ [ERROR] Unexpected ";"\n\n    src/broken.ts:1:20:\n      1 │ export const main = ;\n        ╵                     ^',
    ]],
    ['src/b.main', 1, []],
  ]);
});

test('tells a warning once, whichever groups it comes from', () => {
  const { warnings } = bundled([request('src/a.main'), request('src/a.same', { minify: false }), request('src/b.same')]);

  expect(warnings.map(({ text }) => /src\/.*:\d+:\d+/.exec(text)?.[0])).toEqual(['src/a.ts:2:37', 'src/b.ts:2:37']);
});

test('without handlers there is nothing to run', () => {
  expect(bundled([])).toEqual({ handlers: new Map(), warnings: [] });
  expect(fs.existsSync('runs.log')).toBe(false);
});

describe('the AWS SDK', () => {
  const SDK = { 'node_modules/@aws-sdk/client-s3/index.js': 'exports.S3 = 1;', 'src/sdk.ts': "import { S3 } from '@aws-sdk/client-s3';\nexport const main = () => S3;" };
  const ids = ({ warnings }: Bundles): string[] => warnings.map(({ id }) => id);

  test('comes into the bundle with a warning if `externalModules` does not have it', () => {
    app.write(SDK);

    const { warnings } = bundled([request('src/sdk.main', { externalModules: ['/opt/*'] }), request('src/a.main', { externalModules: ['/opt/*'] })]);

    expect(warnings.filter(({ id }) => id !== 'bundling')).toEqual([{
      id: 'sdkBundled',
      text: 'the bundle of "src/sdk.main" contains the AWS SDK, which the runtime already has: `externalModules` replaces the default list; '
        + "add '@aws-sdk/*' and '@smithy/*' to it, or set `bundleAwsSDK: true` if you want the SDK bundled",
    }]);
  });

  test.each<[string, BundlingOptions]>([
    ['it is left out, too', { externalModules: ['/opt/*', '@aws-sdk/*'] }],
    ['nothing is left out', { externalModules: [] }],
    ['that is meant', { externalModules: ['/opt/*'], bundleAwsSDK: true }],
    ['nothing is said', {}],
  ])('comes, or does not, without one if %s', (_, bundling) => {
    app.write(SDK);

    expect(ids(bundled([request('src/sdk.main', bundling)]))).toEqual([]);
  });
});

describe('the AWS SDK v2', () => {
  const INSTALLED = { 'node_modules/aws-sdk/index.js': 'exports.S3 = 1;' };
  const HANDLER = { 'src/old.js': "'use strict';\n\nconst AWS = require('aws-sdk');\nexports.main = async () => AWS;\n" };

  test('fails the build if it is not installed, with the calls to write instead', () => {
    app.write(HANDLER);

    const [error] = bundled([request('src/old.main')]).handlers.get('src/old.main')!.errors;

    expect(error.split('\n')).toEqual([
      '✘ [ERROR] Could not resolve "aws-sdk"',
      '',
      '    src/old.js:3:20:',
      "      3 │ const AWS = require('aws-sdk');",
      '        ╵                     ~~~~~~~~~',
      '',
      `  ${sdkV2Hint('Could not resolve "aws-sdk"')}`,
    ]);
  });

  test.each(['', 'import type { S3 } from "aws-sdk";\n', '// const AWS = require("aws-sdk");\n'])('gets a warning if it is bundled: after %j', (before) => {
    app.write({ ...INSTALLED, ...HANDLER, 'src/s3.ts': `${before}import { S3 } from 'aws-sdk';\nexport const main = () => S3;` });

    const { warnings } = bundled([request('src/old.main'), request('src/s3.main'), request('src/b.main')]);

    const line = before.split('\n').length;
    expect(warnings.filter(({ id }) => id === 'sdkV2')).toEqual([{
      id: 'sdkV2',
      text: expect.stringMatching(`^the AWS SDK for JavaScript v2 is imported in src/old.js:3 and src/s3.ts:${line}, so the bundle contains it: 80 MB`),
    }]);
  });

  test('gets a warning if it is left out and the runtime lacks it', () => {
    app.write(HANDLER);
    const bundling = { externalModules: ['aws-sdk'] };

    expect(bundled([request('src/old.main', bundling)]).warnings).toEqual([{
      id: 'sdkV2',
      text: expect.stringMatching(/^the AWS SDK for JavaScript v2 is imported in src\/old\.js:3, which runtimes since/),
    }]);
    expect(bundled([request('src/old.main', bundling, { runtime: Runtime.NODEJS_16_X })]).warnings).toEqual([]);
    expect(bundled([request('src/b.main', bundling)]).warnings.map(({ id }) => id)).toEqual(['bundling']);
  });
});
