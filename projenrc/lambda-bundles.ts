import * as fs from 'fs';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';

const FOLDER = path.join(__dirname, '..', 'lib', 'lambda');

/**
 * Bundles the Lambda functions of the library: `lib/lambda/<name>.ts` becomes `<name>.bundle.js`, with all it imports but the AWS SDK,
 * which Lambda brings along. It stays readable, since one of them is inline in the user's template.
 */
export function bundleLambdas(): void {
  const sources = fs.readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  buildSync({
    entryPoints: sources.map((file) => ({ in: path.join(FOLDER, file), out: `${path.basename(file, '.ts')}.bundle` })),
    outdir: FOLDER,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['@aws-sdk/*'],
    legalComments: 'inline',
    logLevel: 'warning',
  });
}

if (require.main === module) bundleLambdas();
