import { execFile } from 'child_process';
import * as fs from 'fs';
import { createRequire } from 'module';
import * as os from 'os';
import * as path from 'path';
import type { AppFiles } from './app-files';
import { esbuildFault, findEsbuild, loadEsbuild } from '../../private/bundling/esbuild';
import { LIBRARY_FOLDER } from '../../private/library-folder';
import type { Template } from '../../serverless/template';
import { GatewayError } from '../gateway-error';

/** Milliseconds within which an app is synthesized without bundling: a service with hundreds of functions takes some seconds. */
const PATIENCE = 60_000;

/** Bytes of output that are kept of an app that fails. */
const OUTPUT = 1_000_000;

/** The template of an app, or what is not installed here to synthesize it. */
export type Synthesis = { readonly template: Template } | { readonly missing: string };

/**
 * Synthesizes an app in a folder of its own, which is removed, and in a process of its own. Nothing is bundled.
 *
 * @throws GatewayError APP_FAILED
 */
export async function synthesizeApp(makeApp: (folder: string) => AppFiles, stackName: string, serviceFolder: string): Promise<Synthesis> {
  const packages = findPackages([path.dirname(LIBRARY_FOLDER), serviceFolder, process.cwd()]);
  if ('missing' in packages) return packages;
  // The real path, since the app names the folder of the service relative to its own.
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'websocket-migration-')));
  try {
    const app = makeApp(folder);
    writeScripts(app, folder, packages.esbuild);
    const modules = link(packages.folders, folder);
    await run(path.join(folder, scriptOf(app.entry)), folder, modules);
    return { template: JSON.parse(fs.readFileSync(path.join(folder, 'cdk.out', `${stackName}.template.json`), 'utf8')) as Template };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

interface Packages {
  readonly esbuild: string;
  /** By the name of the package. */
  readonly folders: ReadonlyMap<string, string>;
}

/** The packages that the app imports, and what compiles it, of this installation or else of the user's. */
function findPackages(directories: string[]): Packages | { readonly missing: string } {
  const folders = new Map([['cdk-websocket-service', path.dirname(LIBRARY_FOLDER)]]);
  for (const name of ['aws-cdk-lib', 'constructs']) {
    const folder = directories.map((directory) => packageFolder(name, directory)).find((found) => found !== undefined);
    if (folder === undefined) return { missing: name };
    folders.set(name, folder);
  }
  const esbuild = findEsbuild([...directories, __dirname]);
  return esbuild === undefined || esbuildFault([...directories, __dirname]) !== undefined ? { missing: 'esbuild' } : { folders, esbuild };
}

function packageFolder(name: string, directory: string): string | undefined {
  try {
    return path.dirname(createRequire(path.join(directory, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function writeScripts({ files, sources }: AppFiles, folder: string, esbuild: string): void {
  const { transformSync } = loadEsbuild(esbuild);
  for (const [file, text] of files) {
    const isSource = sources.includes(file);
    if (!isSource && !file.startsWith('lib/')) continue;
    const target = path.join(folder, isSource ? scriptOf(file) : file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, isSource ? transformSync(text, { loader: 'ts', format: 'cjs', platform: 'node' }).code : text);
  }
}

function scriptOf(file: string): string {
  return file.replace(/\.ts$/, '.js');
}

/** Links the packages into the folder. @returns the folders for packages that these packages import */
function link(folders: Packages['folders'], folder: string): string {
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(modules);
  for (const [name, target] of folders) fs.symlinkSync(target, path.join(modules, name), 'junction');
  return [...new Set([...folders.values()].map((target) => path.dirname(target)))].join(path.delimiter);
}

function run(script: string, cwd: string, modules: string): Promise<void> {
  const env = {
    ...process.env,
    NODE_PATH: [modules, process.env.NODE_PATH].filter(Boolean).join(path.delimiter),
    CDK_OUTDIR: path.join(cwd, 'cdk.out'),
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [] }),
    CDK_VALIDATION: 'false',
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script], { cwd, env, timeout: PATIENCE, maxBuffer: OUTPUT }, (error, _out, stderr) => {
      if (!error) return resolve();
      const reason = error.killed ? `it took longer than ${PATIENCE / 1000} s` : reasonOf(stderr) || error.message;
      reject(new GatewayError('APP_FAILED', `the generated app cannot be synthesized: ${reason}`));
    });
  });
}

/** The message of an error that ended the process, without the code that threw it and without the stack. */
function reasonOf(stderr: string): string {
  const report = stderr.replace(/^[^]*?:\d+\n.*\n[ ^]*\n\n/, '');
  const [message] = report.split(/\n {4}(?:at |\.\.\.)|\n\nNode\.js v/);
  return message.trim().replace(/^\w*Error: /, '');
}
