import * as fs from 'fs';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';
import { bundleLambdas } from './lambda-bundles';
import { bundleModules } from './module-bundles';
import { bundlePage, PAGE } from './page-bundle';

const LIB = path.join(__dirname, '..', 'lib');
/** What the compile task writes last of all that is made from the sources. */
const NEWEST = path.join(LIB, 'local', 'cli.js');

/**
 * Compiles lib/ in place in two seconds: the JavaScript alone, without types, declarations and jsii's manifest. The command, the demo,
 * the benchmarks and the tests run it.
 */
export function compileQuickly(): void {
  const options = { platform: 'node', target: 'node20', outdir: LIB, outbase: LIB, logLevel: 'warning' } as const;
  buildSync({ ...options, entryPoints: sources(), format: 'cjs' });
  const bundles = { ...options, bundle: true, packages: 'external', allowOverwrite: true } as const;
  buildSync({ ...bundles, entryPoints: ['index.ts', 'local/cli.ts', 'local/index.ts'].map((file) => path.join(LIB, file)) });
  buildSync({
    ...bundles,
    entryPoints: ['node.ts', 'node-network.ts'].map((file) => path.join(LIB, 'local', 'functions', 'runtime', file)),
    // Node.js preloads the second, and the first must find it there.
    external: ['./node-network'],
  });
  bundleModules();
  bundleLambdas();
  bundlePage();
}

/** Compiles what has changed since it was compiled last. */
export function compileWhatChanged(): void {
  const written = fs.existsSync(NEWEST) ? fs.statSync(NEWEST).mtimeMs : 0;
  if ([...sources(), ...pageSources()].some((file) => fs.statSync(file).mtimeMs > written)) compileQuickly();
  else if (!fs.existsSync(path.join(LIB, 'local', 'page', 'page.js'))) bundlePage();
}

function sources(): string[] {
  return fs.readdirSync(LIB, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.join(LIB, file));
}

function pageSources(): string[] {
  return fs.readdirSync(PAGE).map((file) => path.join(PAGE, file));
}

if (require.main === module) compileQuickly();
