import * as fs from 'fs';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';

const FOLDER = path.join(__dirname, '..', 'lib', 'runtime');

/**
 * Bundles what goes into the bundles of handlers: `index.js` for `require`, and as ES modules, which bundlers shake, `index.mjs` and
 * `tracked.mjs`, with what both need in `shared.mjs`.
 */
export function bundleRuntime(): void {
  const options = { bundle: true, platform: 'node', target: 'node20', outdir: FOLDER, allowOverwrite: true, logLevel: 'warning' } as const;
  buildSync({ ...options, entryPoints: [path.join(FOLDER, 'index.ts')], format: 'cjs' });
  buildSync({
    ...options,
    entryPoints: ['index.ts', 'tracked.ts'].map((file) => path.join(FOLDER, file)),
    format: 'esm',
    splitting: true,
    chunkNames: 'shared',
    outExtension: { '.js': '.mjs' },
  });
  // An import of another file of declarations, since relative imports in a copy would lack extensions.
  fs.writeFileSync(path.join(FOLDER, 'index.d.mts'), "export * from './index.js';\n");
}

if (require.main === module) bundleRuntime();
