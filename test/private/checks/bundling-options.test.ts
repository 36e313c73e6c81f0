import { Aws, Lazy } from 'aws-cdk-lib';
import { BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundlingComplaint } from '../../../lib/private/checks/bundling-options';

test.each<[string, BundlingOptions]>([
  ['nothing', {}],
  ['a source map', { sourceMap: true }],
  ['no source map', { sourceMap: false }],
  ['a source map of some kind', { sourceMap: true, sourceMapMode: SourceMapMode.INLINE }],
  ['a kind of source map alone', { sourceMapMode: SourceMapMode.INLINE }],
  ['no source map, of no kind', { sourceMap: false, sourceMapMode: undefined }],
  ['a banner of an ES module', { format: OutputFormat.ESM, banner: "import 'a';" }],
  ['a banner that speaks of imports', { banner: '/*\n import a from "b"\n*/ // import c\nimportant();' }],
  ['what is known', { banner: '/* a */', footer: '/* b */', define: { VALUE: '"1"' } }],
])('accepts %s', (_, options) => {
  expect(bundlingComplaint(options)).toBeUndefined();
});

test('refuses a kind of source map without a source map', () => {
  expect(bundlingComplaint({ sourceMap: false, sourceMapMode: SourceMapMode.DEFAULT })).toEqual({
    option: 'sourceMapMode',
    value: SourceMapMode.DEFAULT,
    complaint: { reason: 'says how to write a source map, but `sourceMap` is false', remedy: 'leave one of them out' },
  });
});

const REGION = `"${Aws.REGION}"`;
const LATE = Lazy.string({ produce: () => 'later' });

test.each<[string, BundlingOptions, string, string]>([
  ['a banner', { banner: LATE }, 'banner', LATE],
  ['a footer', { footer: REGION }, 'footer', REGION],
  ['one definition of several', { banner: '/* a */', define: { VALUE: '"1"', REGION } }, 'define["REGION"]', REGION],
  ['the first of two', { footer: LATE, define: { REGION } }, 'footer', LATE],
])('refuses what is not known when it is bundled: %s', (_, options, option, value) => {
  expect(bundlingComplaint(options)).toEqual({
    option,
    value,
    complaint: { reason: 'is known when the stack is deployed, and the code is bundled before that', remedy: 'put the value into `environment`' },
  });
});

test('refuses a banner that imports in CommonJS', () => {
  const banner = "/* shim */\nimport { createRequire } from 'module';";

  expect(bundlingComplaint({ banner })).toEqual({
    option: 'banner',
    value: banner,
    complaint: {
      reason: 'contains an import, which only an ES module may have, and the bundle is CommonJS',
      remedy: 'set `format: OutputFormat.ESM`, or use `require`',
    },
  });
});
