import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Dialect } from '../../../lib/serverless/service';
import type { JsonObject, Template } from '../../../lib/serverless/template';

export type CliResult = { readonly template: Template } | { readonly error: string };

const PACKAGES: Readonly<Record<Dialect, { readonly name: string; readonly version: string; readonly variable: string }>> = {
  serverless: { name: 'serverless', version: '3.40.0', variable: 'SERVERLESS_V3' },
  osls: { name: 'osls', version: '4.3.1', variable: 'OSLS' },
};

/** The folder of each package: beside the folder that the environment names (`.../node_modules/.bin`), or installed below `folder`. */
export function installedClis(folder: string): Record<Dialect, string> | undefined {
  const find = (dialect: Dialect) => {
    const { name, version, variable } = PACKAGES[dialect];
    const bin = process.env[variable];
    if (bin !== undefined) return path.join(bin, '..', name);
    const prefix = path.join(folder, dialect);
    execFileSync('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], { stdio: 'pipe' });
    return path.join(prefix, 'node_modules', name);
  };
  try {
    return { serverless: find('serverless'), osls: find('osls') };
  } catch (error) {
    process.stderr.write(`test/tools/serverless is skipped: serverless and osls are not installed (${String(error).split('\n')[0]})\n`);
    return undefined;
  }
}

/** Compiles all services in one process. */
export function compileWithCli(packageFolder: string, services: readonly JsonObject[]): CliResult[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'serverless-cli-'));
  try {
    const file = path.join(folder, 'services.json');
    fs.writeFileSync(file, JSON.stringify(services));
    execFileSync(process.execPath, [path.join(__dirname, '_cli-process.js'), packageFolder, file, folder], {
      stdio: 'pipe', env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    });
    return JSON.parse(fs.readFileSync(`${file}.results`, 'utf8')) as CliResult[];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
