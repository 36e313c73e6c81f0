import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

/** Installs packages into a folder; the reason if that is not possible here. */
export function install(folder: string, packages: string[], flags: string[] = []): string | undefined {
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'bench', version: '1.0.0', private: true }));
  const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=0', ...flags, ...packages];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 180_000 });
  if (status === 0) return undefined;
  const reasons = stderr.split('\n').filter((line) => line.startsWith('npm error'));
  return `not installed here: ${error?.message ?? (reasons.slice(0, 4).join('; ') || status)}`;
}
