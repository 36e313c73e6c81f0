import type { SpawnSyncOptions, SpawnSyncReturns } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

// The module object itself, in which `spawnSync` is replaced.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const childProcess: { spawnSync: (command: string, ...rest: unknown[]) => SpawnSyncReturns<Buffer> } = require('child_process');

/** How many characters of a command's output an error quotes, from the end. */
const LONGEST = 8000;

/** The error of `work`, with the output of the command that failed. */
export class CommandFailure extends Error {
  /** @param output what the command printed; empty if nothing was captured */
  public constructor(message: string, public readonly output: string, public readonly missingCommand?: string) {
    super(message);
  }
}

/**
 * Runs bundling by `NodejsFunction` such that errors include the output of the command that failed.
 *
 * In aws-cdk-lib, commands write to the terminal and the error says `exited with status 1` only, so that a program that runs synthesis
 * cannot show the reason. Replacing `spawnSync` is the only access to the output, which is then written to the terminal when the command
 * has ended. Docker writes to the terminal directly, since it may take minutes.
 */
export function withCommandOutput<T>(work: () => T): T {
  const { spawnSync } = childProcess;
  let last: { command: string; result: SpawnSyncReturns<Buffer> } | undefined;
  childProcess.spawnSync = (command, ...rest) => {
    const options = rest[rest.length - 1] as SpawnSyncOptions | undefined;
    const inherits = Array.isArray(options?.stdio) && options.stdio[2] === 'inherit';
    if (!inherits || command === (process.env.CDK_DOCKER ?? 'docker')) return spawnSync(command, ...rest);
    const result = spawnSync(command, ...rest.slice(0, -1), { ...options, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
    last = { command, result };
    for (const output of [result.stdout, result.stderr]) process.stderr.write(output ?? '');
    // Without output, as aws-cdk-lib expects, whose own message names the command.
    return { ...result, stdout: null, stderr: null } as unknown as SpawnSyncReturns<Buffer>;
  };
  try {
    return work();
  } catch (error) {
    const { message } = error as Error;
    if (!last || last.result.status === 0) throw error;
    const { command, result: { stdout, stderr, error: failure } } = last;
    const isMissing = (failure as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    // eslint-disable-next-line no-control-regex
    const output = `${stdout ?? ''}\n${stderr ?? ''}`.replace(/\x1b\[[0-9;]*m/g, '').trim();
    throw new CommandFailure(message, output.slice(-LONGEST), isMissing ? command : undefined);
  } finally {
    childProcess.spawnSync = spawnSync;
  }
}

/**
 * Errors about packages that cannot be installed beside a handler, since they exist in this checkout only.
 *
 * @param file absolute path of the handler's file
 */
export function localPackages(file: string, nodeModules: readonly string[]): string[] {
  const dependencies = dependenciesOf(path.dirname(file));
  return nodeModules.flatMap((name) => {
    const version = dependencies[name];
    const isLocal = /^(?:workspace|link|portal|file|catalog):/.test(version ?? '') || isLinked(path.dirname(file), name);
    if (!isLocal) return [];
    const written = version === undefined ? '' : ` (\`${version}\`)`;
    const [what, why] = version?.startsWith('catalog:')
      ? ['has its version in a catalog of this workspace', 'which is not available where the package is installed for the function']
      : ['is a package of this workspace', 'which no registry has'];
    return [`\`${name}\` ${what}${written}, ${why}: leave it out of \`nodeModules\`, and it is bundled with the handler`];
  });
}

/**
 * Errors about packages beside a bundle that are dangling links: `npm ci` installs a package of the workspace as a link into the checkout,
 * and succeeds.
 *
 * @param file absolute path of the handler's file
 * @param folder of the bundle
 */
export function linkErrors(file: string, folder: string, nodeModules: readonly string[]): string[] {
  const dangling = nodeModules.filter((name) => {
    const installed = path.join(folder, 'node_modules', name);
    return fs.lstatSync(installed, { throwIfNoEntry: false }) !== undefined && !fs.existsSync(installed);
  });
  const known = localPackages(file, dangling);
  return known.length > 0 ? known : dangling.map((name) => (
    `\`${name}\` was installed as a link that leads nowhere: leave it out of \`nodeModules\`, and it is bundled with the handler`
  ));
}

/** From the nearest package.json, where `NodejsFunction` looks for versions. */
function dependenciesOf(folder: string): Record<string, string | undefined> {
  const found = climb(folder, (at) => (fs.existsSync(path.join(at, 'package.json')) ? path.join(at, 'package.json') : undefined));
  if (!found) return {};
  const manifest = JSON.parse(fs.readFileSync(found, 'utf8')) as Record<string, object | undefined>;
  const { dependencies, devDependencies, peerDependencies } = manifest;
  return { ...peerDependencies, ...devDependencies, ...dependencies } as Record<string, string>;
}

/** Whether a package in node_modules links to a folder outside, as workspaces do. Links of pnpm stay inside. */
function isLinked(folder: string, name: string): boolean {
  const place = climb(folder, (at) => {
    const installed = path.join(at, 'node_modules', name);
    return fs.existsSync(installed) ? fs.realpathSync(installed) : undefined;
  });
  return place !== undefined && !place.split(path.sep).includes('node_modules');
}

function climb<T>(folder: string, look: (at: string) => T | undefined): T | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = look(at);
    if (found !== undefined || at === path.dirname(at)) return found;
  }
}
