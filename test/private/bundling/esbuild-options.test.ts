import { DockerImage } from 'aws-cdk-lib';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, Charset, LogLevel, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { buildHandlers, EsbuildOptions } from '../../../lib/private/bundling/esbuild';
import { EsbuildArg, esbuildArgsOptions, fitsOneBuild, toEsbuildOptions } from '../../../lib/private/bundling/esbuild-options';
import { AppFolder } from '../../_helpers/app-folder';
import { handler } from '../../_helpers/builds';

/** A runtime that aws-cdk-lib, which other suites share, does not list afterwards. */
function unlisted(runtime: Runtime): Runtime {
  Runtime.ALL.splice(Runtime.ALL.indexOf(runtime), 1);
  return runtime;
}

const DEFAULTS: EsbuildOptions = {
  platform: 'node', format: 'cjs', target: 'node24', minify: true, sourcemap: false, external: ['@aws-sdk/*', '@smithy/*'],
};
/** What an ES module begins with, and what its names are replaced by. */
const REQUIRE = [
  "import{createRequire as __websocketRequireFrom}from'node:module'",
  'const __websocketRequire=__websocketRequireFrom(import.meta.url)',
  "const __websocketFilename=__websocketRequire('node:url').fileURLToPath(import.meta.url)",
  "const __websocketDirname=__websocketRequire('node:path').dirname(__websocketFilename)",
  'var require=__websocketRequire;',
].join(';');
const NAMES = { __dirname: '__websocketDirname', __filename: '__websocketFilename' };
const NO_HOOKS = { beforeBundling: () => [], beforeInstall: () => [], afterBundling: () => [] };

describe('toEsbuildOptions', () => {
  test('without options: minified CommonJS for the runtime, AWS SDK left out, no source map', () => {
    expect(toEsbuildOptions({}, Runtime.NODEJS_24_X, true)).toEqual(DEFAULTS);
  });

  test.each<[string, BundlingOptions, EsbuildOptions]>([
    ['minify', { minify: false }, { minify: false }],
    ['sourceMap', { sourceMap: true }, { sourcemap: true }],
    ['sourceMap: false', { sourceMap: false }, { sourcemap: false }],
    ['sourceMapMode: default', { sourceMapMode: SourceMapMode.DEFAULT }, { sourcemap: true }],
    ['sourceMapMode: inline', { sourceMapMode: SourceMapMode.INLINE }, { sourcemap: 'inline' }],
    ['sourceMapMode: external', { sourceMapMode: SourceMapMode.EXTERNAL }, { sourcemap: 'external' }],
    ['sourceMapMode: both', { sourceMap: true, sourceMapMode: SourceMapMode.BOTH }, { sourcemap: 'both' }],
    ['sourcesContent', { sourcesContent: false }, { sourcesContent: false }],
    ['target', { target: 'es2020' }, { target: 'es2020' }],
    ['loader', { loader: { '.png': 'dataurl' } }, { loader: { '.png': 'dataurl' } }],
    ['keepNames', { keepNames: true }, { keepNames: true }],
    ['tsconfig', { tsconfig: 'tsconfig.build.json' }, { tsconfig: 'tsconfig.build.json' }],
    ['metafile', { metafile: true }, { metafile: true }],
    ['banner', { banner: '/* top */' }, { banner: { js: '/* top */' } }],
    ['footer', { footer: '/* end */' }, { footer: { js: '/* end */' } }],
    ['charset', { charset: Charset.UTF8 }, { charset: 'utf8' }],
    ['define', { define: { A: '"1"' } }, { define: { A: '"1"' } }],
    ['externalModules', { externalModules: ['pg'] }, { external: ['pg'] }],
    ['externalModules: none', { externalModules: [] }, { external: [] }],
    ['bundleAwsSDK', { bundleAwsSDK: true }, { external: [] }],
    ['bundleAwsSDK with externalModules', { bundleAwsSDK: true, externalModules: ['pg'] }, { external: ['pg'] }],
    ['format', { format: OutputFormat.ESM }, { format: 'esm', outExtension: { '.js': '.mjs' }, banner: { js: REQUIRE }, define: NAMES }],
    ['format, with names and a banner', { format: OutputFormat.ESM, banner: '/* top */', define: { __dirname: '"/here"', A: '1' } },
      {
        format: 'esm',
        outExtension: { '.js': '.mjs' },
        banner: { js: `${REQUIRE}/* top */` },
        define: { ...NAMES, __dirname: '"/here"', A: '1' },
      }],
    ['mainFields', { mainFields: ['module', 'main'] }, { mainFields: ['module', 'main'] }],
    ['inject', { inject: ['./shim.ts'] }, { inject: ['./shim.ts'] }],
    ['esbuildArgs', { esbuildArgs: { '--legal-comments': 'none' } }, { legalComments: 'none' }],
    ['what only says how loud esbuild is', { logLevel: LogLevel.VERBOSE }, {}],
    ['what only Docker needs', { esbuildVersion: '0.20.0', buildArgs: { A: '1' }, network: 'host', user: 'root' }, {}],
  ])('%s', (_, bundling, options) => {
    expect(toEsbuildOptions(bundling, Runtime.NODEJS_24_X, true)).toEqual({ ...DEFAULTS, ...options });
  });

  test.each<[string, Runtime, EsbuildOptions]>([
    ['nodejs12.x brings version 2 of the SDK', Runtime.NODEJS_12_X, { target: 'node12', external: ['aws-sdk'] }],
    ['nodejs16.x brings version 2 of the SDK', Runtime.NODEJS_16_X, { target: 'node16', external: ['aws-sdk'] }],
    ['nodejs18.x brings version 3', Runtime.NODEJS_18_X, { target: 'node18' }],
    ['nodejs22.x brings version 3', Runtime.NODEJS_22_X, { target: 'node22' }],
    ['nodejs26.x, which nobody knows yet, too', unlisted(new Runtime('nodejs26.x', RuntimeFamily.NODEJS)), { target: 'node26' }],
    ['a runtime that changes brings nothing to rely on', unlisted(new Runtime('nodejs22.x', RuntimeFamily.NODEJS, { isVariable: true })),
      { target: 'node22', external: [] }],
  ])('%s', (_, runtime, options) => {
    expect(toEsbuildOptions({}, runtime, true)).toEqual({ ...DEFAULTS, ...options });
  });

  test('the smithy packages are left out by feature flag only, and not with version 2 of the SDK', () => {
    const external = (runtime: Runtime): unknown => toEsbuildOptions({}, runtime, false).external;

    expect([external(Runtime.NODEJS_24_X), external(Runtime.NODEJS_16_X)]).toEqual([['@aws-sdk/*'], ['aws-sdk']]);
  });

  test('esbuildArgs win; lists and tables grow, as on the command line', () => {
    const bundling: BundlingOptions = {
      minify: true,
      target: 'node20',
      mainFields: ['main'],
      externalModules: ['pg'],
      inject: ['./one.ts'],
      define: { A: '1', B: '1' },
      loader: { '.png': 'file' },
      banner: '/* js */',
      esbuildArgs: {
        '--minify': 'false',
        '--target': 'es2020,node18',
        '--main-fields': 'module',
        '--external:mysql': true,
        '--inject:./two.ts': true,
        '--define:B': '2',
        '--loader:.txt': 'text',
        '--banner:css': '/* css */',
      },
    };

    expect(toEsbuildOptions(bundling, Runtime.NODEJS_24_X, true)).toEqual({
      ...DEFAULTS,
      minify: false,
      target: ['es2020', 'node18'],
      mainFields: ['module'],
      external: ['pg', 'mysql'],
      inject: ['./one.ts', './two.ts'],
      define: { A: '1', B: '2' },
      loader: { '.png': 'file', '.txt': 'text' },
      banner: { js: '/* js */', css: '/* css */' },
    });
  });
});

describe('fitsOneBuild', () => {
  test.each<[string, BundlingOptions]>([
    ['nothing', {}],
    ['no node modules', { nodeModules: [] }],
    ['what esbuild says', { minify: false, sourceMap: true, format: OutputFormat.ESM, metafile: true, inject: ['./a.ts'] }],
    ['switches that are off', { forceDockerBundling: false, preCompilation: false }],
    ['flags with a counterpart', { esbuildArgs: { '--external:pg': true, '--log-limit': '0' } }],
    ['what only a Docker run would read', { buildArgs: { A: '1' }, esbuildVersion: '0.20.0', user: 'root', network: 'host' }],
    ['an asset hash', { assetHash: 'v1' }],
    ['preCompilation, where TypeScript is installed', { preCompilation: true }],
  ])('%s fits', (_, bundling) => {
    expect(fitsOneBuild(bundling)).toBe(true);
  });

  test.each<[string, BundlingOptions]>([
    ['nodeModules', { nodeModules: ['sharp'] }],
    ['commandHooks', { commandHooks: NO_HOOKS }],
    ['forceDockerBundling', { forceDockerBundling: true }],
    ['dockerImage', { dockerImage: DockerImage.fromRegistry('node') }],
    ['environment', { environment: { NODE_OPTIONS: '--max-old-space-size=4096' } }],
    ['a flag without a counterpart', { esbuildArgs: { '--minify': true, '--splitting': true } }],
  ])('%s does not fit', (_, bundling) => {
    expect(fitsOneBuild(bundling)).toBe(false);
  });

  test.each([
    ['without TypeScript', undefined],
    ['with TypeScript 7, which has no API', '7.0.2'],
  ])('preCompilation does not fit %s', (_, version) => {
    const app = new AppFolder(version ? { 'node_modules/typescript/package.json': JSON.stringify({ version }) } : {});

    expect(fitsOneBuild({ preCompilation: true }, app.path)).toBe(false);
    app.leave();
  });
});

describe('esbuildArgs', () => {
  type Args = Record<string, EsbuildArg>;

  /** Every flag that has a counterpart, and the option that says the same. */
  const FLAGS: Array<[string, Args, Record<string, unknown>]> = [
    ['--allow-overwrite', { '--allow-overwrite': true }, { allowOverwrite: true }],
    ['--ignore-annotations', { '--ignore-annotations': true }, { ignoreAnnotations: true }],
    ['--jsx-dev', { '--jsx-dev': true }, { jsxDev: true }],
    ['--jsx-side-effects', { '--jsx-side-effects': true }, { jsxSideEffects: true }],
    ['--keep-names', { '--keep-names': true }, { keepNames: true }],
    ['--mangle-quoted', { '--mangle-quoted': true }, { mangleQuoted: true }],
    ['--minify', { '--minify': true }, { minify: true }],
    ['--minify-identifiers', { '--minify-identifiers': true }, { minifyIdentifiers: true }],
    ['--minify-syntax', { '--minify-syntax': true }, { minifySyntax: true }],
    ['--minify-whitespace', { '--minify-whitespace': true }, { minifyWhitespace: true }],
    ['--preserve-symlinks', { '--preserve-symlinks': true }, { preserveSymlinks: true }],
    ['--sources-content', { '--sources-content': 'false' }, { sourcesContent: false }],
    ['--tree-shaking', { '--tree-shaking': 'true' }, { treeShaking: true }],
    ['a list', { '--drop': ['console', 'debugger'], '--define': ['A=1', 'B=2'] }, { drop: ['console', 'debugger'], define: { A: '1', B: '2' } }],
    ['an empty list', { '--drop': [] }, {}],
    ['a switch with an empty value', { '--minify': '' }, { minify: true }],

    ['--charset', { '--charset': 'utf8' }, { charset: 'utf8' }],
    ['--jsx', { '--jsx': 'automatic' }, { jsx: 'automatic' }],
    ['--jsx-factory', { '--jsx-factory': 'h' }, { jsxFactory: 'h' }],
    ['--jsx-fragment', { '--jsx-fragment': 'F' }, { jsxFragment: 'F' }],
    ['--jsx-import-source', { '--jsx-import-source': 'preact' }, { jsxImportSource: 'preact' }],
    ['--legal-comments', { '--legal-comments': 'inline' }, { legalComments: 'inline' }],
    ['--packages', { '--packages': 'external' }, { packages: 'external' }],
    ['--source-root', { '--source-root': 'https://x/?a=b' }, { sourceRoot: 'https://x/?a=b' }],
    ['--sourcemap', { '--sourcemap': 'inline' }, { sourcemap: 'inline' }],
    ['--sourcemap without a value', { '--sourcemap': true }, { sourcemap: true }],
    ['--tsconfig', { '--tsconfig': 'tsconfig.json' }, { tsconfig: 'tsconfig.json' }],
    ['--tsconfig-raw', { '--tsconfig-raw': '{\n}' }, { tsconfigRaw: '{\n}' }],

    ['--line-limit', { '--line-limit': '120' }, { lineLimit: 120 }],
    ['--mangle-props', { '--mangle-props': '_$' }, { mangleProps: /_$/ }],
    ['--reserve-props', { '--reserve-props': '^__' }, { reserveProps: /^__/ }],

    ['--conditions', { '--conditions': 'node,import' }, { conditions: ['node', 'import'] }],
    ['--main-fields', { '--main-fields': 'module,main' }, { mainFields: ['module', 'main'] }],
    ['--resolve-extensions', { '--resolve-extensions': '.ts,.js' }, { resolveExtensions: ['.ts', '.js'] }],
    ['--target', { '--target': 'node20' }, { target: ['node20'] }],

    ['--drop', { '--drop': 'debugger' }, { drop: ['debugger'] }],
    ['--drop-labels', { '--drop-labels:DEV': true }, { dropLabels: ['DEV'] }],
    ['--external', { '--external:pg': true, '--external:pg-native': '' }, { external: ['pg', 'pg-native'] }],
    ['--inject', { '--inject:./shim.js': true }, { inject: ['./shim.js'] }],
    ['--pure', { '--pure': 'debug' }, { pure: ['debug'] }],

    ['--alias', { '--alias': 'moment=dayjs' }, { alias: { moment: 'dayjs' } }],
    ['--banner', { '--banner:js': '// a=b' }, { banner: { js: '// a=b' } }],
    ['--define', { '--define:A': '"1"', '--define:B.c': 'true' }, { define: { 'A': '"1"', 'B.c': 'true' } }],
    ['--footer', { '--footer:js': '// end' }, { footer: { js: '// end' } }],
    ['--loader', { '--loader:.png': 'file' }, { loader: { '.png': 'file' } }],
    ['--log-override', { '--log-override': 'equals-nan=error' }, { logOverride: { 'equals-nan': 'error' } }],
    ['--supported', { '--supported:bigint': 'false', '--supported:arrow': 'true' }, { supported: { bigint: false, arrow: true } }],

    ['--log-level, which is ignored', { '--log-level': 'verbose' }, {}],
    ['--log-limit, which is ignored', { '--log-limit': '0' }, {}],
    ['--color, which is ignored', { '--color': true }, {}],
  ];

  describe('a flag as an option', () => {
    test.each(FLAGS)('%s', (_, args, options) => {
      expect(esbuildArgsOptions(args)).toStrictEqual(options);
    });

    test('several flags', () => {
      expect(esbuildArgsOptions({ '--minify': true, '--target': 'node20', '--define:A': '1' })).toStrictEqual({
        minify: true, target: ['node20'], define: { A: '1' },
      });
    });

    test('no flag', () => {
      expect(esbuildArgsOptions({})).toStrictEqual({});
    });

    test('false leaves a flag out, as for NodejsFunction, even one that has no counterpart', () => {
      expect(esbuildArgsOptions({ '--minify': false, '--splitting': false, '--keep-names': true })).toStrictEqual({ keepNames: true });
    });
  });

  describe('what NodejsFunction writes with a colon may have it in the key too', () => {
    test.each<[Args, Record<string, unknown>]>([
      [{ '--alias:moment': 'dayjs' }, { alias: { moment: 'dayjs' } }],
      [{ '--drop:console': true }, { drop: ['console'] }],
      [{ '--pure:debug': '' }, { pure: ['debug'] }],
      [{ '--log-override:equals-nan': 'silent' }, { logOverride: { 'equals-nan': 'silent' } }],
      [{ '--drop': 'console', '--drop:debugger': true }, { drop: ['console', 'debugger'] }],
    ])('%j', (args, options) => {
      expect(esbuildArgsOptions(args)).toStrictEqual(options);
    });
  });

  describe('without a counterpart in a shared build', () => {
    test.each<[Args]>([
      [{ '--splitting': true }],
      [{ '--outdir': 'dist' }],
      [{ '--out-extension': '.js=.cjs' }],
      [{ '--asset-names': '[name]' }],
      [{ '--public-path': 'https://x' }],
      [{ '--metafile': 'meta.json' }],
      [{ '--format': 'esm' }],
      [{ '--platform': 'browser' }],
      [{ '--mangle-cache': 'cache.json' }],
      [{ '--watch': true }],
      [{ '--unknown': 'x' }],
      [{ '--minify': true, '--unknown': 'x' }],
      [{ minify: true }],
      [{ '-m': true }],
      [{ '--Minify': true }],
      [{ '': true }],
      // esbuild wants a colon here, and an equals sign there.
      [{ '--external': 'pg' }],
      [{ '--define': 'A=1' }],
      [{ '--minify:x': true }],
      [{ '--external:pg': 'x' }],
      [{ '--define:A': true }],
      // A value is missing.
      [{ '--target': true }],
      [{ '--line-limit': true }],
      [{ '--mangle-props': true }],
      [{ '--mangle-props': '(' }],
    ])('%j', (args) => {
      expect(esbuildArgsOptions(args)).toBeUndefined();
    });
  });

  test('esbuild accepts every option that a flag is converted to', () => {
    const app = new AppFolder({ 'src/a.ts': 'export const main = 1;', 'shim.js': '', 'tsconfig.json': '{}' });
    try {
      const refused = FLAGS.map(([name, , options]) => [
        name,
        buildHandlers([handler('src/a.main')], app.path, { platform: 'node', ...options }).handlers.get('src/a.main')?.errors,
      ]);

      expect(refused).toEqual(FLAGS.map(([name]) => [name, []]));
    } finally {
      app.leave();
    }
  });
});
