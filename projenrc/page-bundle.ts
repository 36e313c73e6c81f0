import * as fs from 'fs';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';

const ROOT = path.join(__dirname, '..');
export const PAGE = path.join(ROOT, 'page');

/** Makes what the gateway serves at `/_ws` of the sources in page/: three files, which load nothing else. */
export function bundlePage(): void {
  const outdir = path.join(ROOT, 'lib', 'local', 'page');
  buildSync({
    entryPoints: { page: path.join(PAGE, 'main.tsx'), style: path.join(PAGE, 'page.css') },
    outdir,
    entryNames: 'page',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    tsconfig: path.join(PAGE, 'tsconfig.json'),
    banner: { js: `/*! Contains Preact (https://preactjs.com).\n${licence()} */` },
    logLevel: 'warning',
  });
  fs.copyFileSync(path.join(PAGE, 'index.html'), path.join(outdir, 'index.html'));
}

/** Of what the page contains. */
function licence(): string {
  return fs.readFileSync(path.join(path.dirname(require.resolve('preact/package.json')), 'LICENSE'), 'utf8').trim();
}

if (require.main === module) bundlePage();
