import { spawnSync } from 'child_process';
import * as fs from 'fs';
import { createRequire } from 'module';
import * as os from 'os';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which this repository has
import { transformSync } from 'esbuild';

const LIBRARY = 'cdk-websocket-service';
const REPOSITORY = path.resolve(__dirname, '..');

/** Name in the app -> name among the packages of this repository. */
const LINKED: Record<string, string> = {
  'aws-cdk-lib': 'aws-cdk-lib-newest',
  'constructs': 'constructs',
  'esbuild': 'esbuild',
  'zod': 'zod',
  '@aws-sdk/client-apigatewaymanagementapi': '@aws-sdk/client-apigatewaymanagementapi',
};

/** Versions by package name. */
export type Versions = Record<string, string>;

/** A temporary folder for what is measured. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cdk-websocket-service-bench-'));
}

/** Writes the files that make a folder a project of its own. */
export function writeProject(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'bench', version: '1.0.0', private: true }));
}

/**
 * Gives the app its node_modules: the newest aws-cdk-lib, and this library as it would be installed.
 *
 * The library is copied: a link would lead back to this repository, and to the aws-cdk-lib of this repository.
 *
 * @param more names of further packages of this repository
 */
export function providePackages(app: string, more: string[] = []): Versions {
  const linked = { ...LINKED, ...Object.fromEntries(more.map((name) => [name, name])) };
  for (const [name, source] of Object.entries(linked)) {
    const link = path.join(app, 'node_modules', name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(fs.realpathSync(path.join(REPOSITORY, 'node_modules', source)), link, 'junction');
  }
  fs.mkdirSync(path.join(app, 'node_modules/.bin'));
  fs.symlinkSync('../esbuild/bin/esbuild', path.join(app, 'node_modules/.bin/esbuild'));
  copyLibrary(path.join(app, 'node_modules', LIBRARY));
  checkResolution(app);
  return Object.fromEntries(Object.keys(linked).map((name) => [name, installedVersion(app, name)]));
}

export function installedVersion(app: string, name: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(app, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Compiles TypeScript for plain Node.js: a runner such as tsx would be measured too. */
export function compile(sources: string, folder: string): void {
  for (const file of fs.readdirSync(sources).filter((name) => name.endsWith('.ts'))) {
    const { code } = transformSync(fs.readFileSync(path.join(sources, file), 'utf8'), { loader: 'ts', format: 'cjs', target: 'node20' });
    fs.writeFileSync(path.join(folder, file.replace(/\.ts$/, '.js')), code);
  }
}

/** Compiles the measured apps of this folder's `apps/`. */
export function compileApps(folder: string): void {
  compile(path.join(__dirname, 'apps'), folder);
}

/** Runs a program with Node.js; the seconds that it took. */
export function wallSeconds(folder: string, args: string[], environment: Record<string, string> = {}): number {
  const env = { ...cleanEnvironment(), ...environment };
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status === 0) return seconds;
  throw new Error(`node ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
}

/** The environment without the variables of npm, of a runner, or of a CDK app that started the benchmark. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_)|npm_config_local_prefix|CDK_|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

function copyLibrary(target: string): void {
  fs.cpSync(path.join(REPOSITORY, 'package.json'), path.join(target, 'package.json'));
  fs.cpSync(path.join(REPOSITORY, 'lib'), path.join(target, 'lib'), {
    recursive: true,
    filter: (file) => fs.statSync(file).isDirectory() || file.endsWith('.js'),
  });
}

/** App and library must share one copy of each package that both import, else the figures would be of something else. */
function checkResolution(app: string): void {
  const main = path.join(app, 'main.js');
  const library = createRequire(main).resolve(LIBRARY);
  const awsCdkLib = createRequire(main).resolve('aws-cdk-lib');
  same('aws-cdk-lib', main, library);
  same('esbuild', main, library);
  same('constructs', main, library);
  same('constructs', main, awsCdkLib);

  function same(name: string, first: string, second: string): void {
    const [a, b] = [first, second].map((file) => createRequire(file).resolve(name));
    if (a !== b) throw new Error(`${first} uses ${a}, ${second} uses ${b}`);
  }
}
