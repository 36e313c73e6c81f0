import * as fs from 'fs';
import * as path from 'path';
import type { ServerlessService } from '../../serverless/service';

/** What is never packed, as the Serverless Framework has it, and what the CDK writes. */
const NEVER = ['.git/**', '.gitignore', '.DS_Store', 'npm-debug.log', '.serverless/**', '.serverless_plugins/**', 'cdk.out/**'];

/**
 * What is left out of the folder of a service that is deployed as it is, in the syntax of .gitignore: development dependencies, and what
 * `package.patterns` exclude.
 */
export function packedFiles({ folder, file, config }: ServerlessService): string[] {
  const settings = (config.package ?? {}) as { readonly patterns?: readonly string[]; readonly excludeDevDependencies?: boolean };
  const development = settings.excludeDevDependencies === false ? [] : developmentDependencies(folder);
  return [...NEVER, path.basename(file), ...development, ...(settings.patterns ?? []).map(inverted)];
}

/** A pattern of `package.patterns` includes, or with `!` excludes; .gitignore has it the other way round. */
function inverted(pattern: string): string {
  return pattern.startsWith('!') ? pattern.slice(1) : `!${pattern}`;
}

/** The folders of packages that the lock file of npm marks as development dependencies. */
function developmentDependencies(folder: string): string[] {
  const lock = path.join(folder, 'package-lock.json');
  if (!fs.existsSync(lock)) return [];
  const { packages = {} } = JSON.parse(fs.readFileSync(lock, 'utf8')) as { packages?: Record<string, { dev?: boolean }> };
  return Object.entries(packages).filter(([, { dev }]) => dev).map(([name]) => `/${name}/**`);
}
