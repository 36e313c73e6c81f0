import { buildHandlers } from '../../../lib/private/bundling/esbuild';
import { EsbuildArg, esbuildArgsOptions } from '../../../lib/private/bundling/esbuild-args';
import { AppFolder } from '../../_helpers/app-folder';
import { handler } from '../../_helpers/builds';

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

test('esbuild takes every option that a flag becomes', () => {
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
