import * as fs from 'fs';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { BuildOptions, buildSync } from 'esbuild';

const LIB = path.join(__dirname, '..', 'lib');

/**
 * Bundles what users bundle: the runtime of handlers and the client, each as `index.js` for `require` and as ES modules, which bundlers
 * shake. The runtime has a second ES module for handlers that are tracked; what both need is in `shared.mjs`.
 */
export function bundleModules(): void {
  bundle('runtime', ['index.ts', 'tracked.ts'], { platform: 'node', target: 'node20' });
  bundle('client', ['index.ts'], { platform: 'neutral', target: 'es2022' });
}

function bundle(folder: string, modules: readonly string[], target: BuildOptions): void {
  const outdir = path.join(LIB, folder);
  const options = { bundle: true, outdir, allowOverwrite: true, logLevel: 'warning', ...target } as const;
  buildSync({ ...options, entryPoints: [path.join(outdir, 'index.ts')], format: 'cjs' });
  buildSync({
    ...options,
    entryPoints: modules.map((file) => path.join(outdir, file)),
    format: 'esm',
    splitting: true,
    chunkNames: 'shared',
    outExtension: { '.js': '.mjs' },
  });
  // An import of another file of declarations, since relative imports in a copy would lack extensions.
  fs.writeFileSync(path.join(outdir, 'index.d.mts'), "export * from './index.js';\n");
}

if (require.main === module) bundleModules();
