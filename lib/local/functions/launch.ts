import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { ProcessSetup } from './runtime/lines';
import type { LambdaFunction } from '../assembly/local-app';

/** How a function's process is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** The handler's working directory: its code. */
  readonly directory: string;
  readonly environment: Record<string, string>;
  readonly setup: ProcessSetup;
  /** Whether the runtime checks leases, so that the process may be sent invocations ahead (in-flight.ts). */
  readonly prefetches: boolean;
}

/** Nothing on this machine can run the function. */
export interface NoLaunch {
  /** One line. */
  readonly reason: string;
}

export interface LaunchOptions {
  /** The app's folder: its node_modules has the packages that bundles leave out. */
  readonly appDirectory: string;
  /** The complete environment of the function's processes, except for what depends on folders. */
  readonly environment: (fn: LambdaFunction) => Record<string, string>;
  /**
   * Folder for inline code.
   * @default that of the system for temporary files
   */
  readonly temporaryDirectory?: string;
}

/** The folder of the runtimes, on Lambda /var/runtime. In the package, the gateway is one file in the folder above this one. */
const RUNTIME_DIRECTORY = ['runtime', 'functions/runtime'].map((folder) => path.join(__dirname, folder))
  .find((folder) => fs.existsSync(path.join(folder, 'python.py')))!;

export function launchOf(fn: LambdaFunction, options: LaunchOptions, inspectorPort?: number): Launch | NoLaunch {
  const [, family, major] = /^(nodejs|python)(\d+)/.exec(fn.runtime) ?? [];
  if (!family) return { reason: `${fn.path} is made for ${fn.runtime}: only nodejs and python functions are run here` };
  const python = family === 'python' ? findPython() : undefined;
  if (family === 'python' && !python) {
    return { reason: `${fn.path} is made for ${fn.runtime}, and there is no python3 on the PATH: install Python 3` };
  }
  const directory = codeDirectory(fn, family === 'python' ? 'index.py' : 'index.js', options.temporaryDirectory ?? os.tmpdir());
  if (typeof directory !== 'string') return directory;
  const setup: ProcessSetup = {
    handler: fn.handler,
    arn: fn.arn,
    timeout: fn.timeout,
    runtimeMajor: Number(major),
    ...(isInside(directory, options.appDirectory) ? {} : { fallbackDirectory: options.appDirectory }),
    ...(inspectorPort === undefined || python ? {} : { inspectorPort }),
  };
  const environment = withFolders(options.environment(fn), fn, directory, options.appDirectory);
  return python
    ? { command: python, args: [path.join(RUNTIME_DIRECTORY, 'python.py')], directory, environment, setup, prefetches: false }
    : {
      command: process.execPath,
      // What is preloaded is also loaded in worker threads, and in processes that the handler forks.
      args: ['--enable-source-maps', '--require', path.join(RUNTIME_DIRECTORY, 'node-network.js'), path.join(RUNTIME_DIRECTORY, 'node.js')],
      directory,
      environment,
      setup,
      prefetches: true,
    };
}

/** The absolute path without symbolic links, as Node.js names files in stacks. */
function codeDirectory(fn: LambdaFunction, inlineFile: string, temporaryDirectory: string): string | NoLaunch {
  const { code } = fn;
  if ('none' in code) return { reason: `${fn.path} has no code here: ${code.none}` };
  if ('inline' in code) return inlineDirectory(code.inline, inlineFile, temporaryDirectory);
  try {
    return fs.realpathSync(code.directory);
  } catch {
    return { reason: `${fn.path} has no code here: there is no ${code.directory}, synthesize the app again` };
  }
}

/** As with `ZipFile` on Lambda, the code becomes one file named index. */
function inlineDirectory(text: string, file: string, parent: string): string {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(parent, 'cdk-websocket-service-')));
  inlineDirectories.add(directory);
  fs.writeFileSync(path.join(directory, file), text);
  return directory;
}

const inlineDirectories = new Set<string>();

/** Removes the folder that `launchOf` made for inline code, if this launch has one. */
export function removeInlineCode(launch: Launch): void {
  if (inlineDirectories.delete(launch.directory)) fs.rmSync(launch.directory, { recursive: true, force: true });
}

function withFolders(
  environment: Record<string, string>, fn: LambdaFunction, directory: string, appDirectory: string,
): Record<string, string> {
  const nodeMajor = /^nodejs(\d+)/.exec(fn.runtime)?.[1];
  const nodePath = [
    environment.NODE_PATH,
    // The order of Lambda: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    ...fn.layers.map((layer) => path.join(layer, 'nodejs', `node${nodeMajor}`, 'node_modules')),
    ...fn.layers.map((layer) => path.join(layer, 'nodejs', 'node_modules')),
    path.join(appDirectory, 'node_modules'),
  ];
  const version = /^python(\d+\.\d+)/.exec(fn.runtime)?.[1];
  const pythonPath = [
    environment.PYTHONPATH,
    ...fn.layers.map((layer) => path.join(layer, 'python', 'lib', `python${version}`, 'site-packages')),
    ...fn.layers.map((layer) => path.join(layer, 'python')),
  ];
  return {
    ...environment,
    LAMBDA_TASK_ROOT: directory,
    LAMBDA_RUNTIME_DIR: RUNTIME_DIRECTORY,
    ...(version ? { PYTHONPATH: joined(pythonPath) } : { NODE_PATH: joined(nodePath) }),
  };
}

function joined(folders: readonly (string | undefined)[]): string {
  return folders.filter((folder) => folder).join(path.delimiter);
}

function isInside(directory: string, ancestor: string): boolean {
  const real = fs.existsSync(ancestor) ? fs.realpathSync(ancestor) : ancestor;
  return directory === real || directory.startsWith(real + path.sep);
}

let python: string | false | undefined;

/** The path of the interpreter itself: the python3 on the PATH may be a script that looks for the interpreter at every start. */
function findPython(): string | undefined {
  if (python === undefined) {
    try {
      python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8', stdio: 'pipe' }).trim();
    } catch {
      python = false;
    }
  }
  return python || undefined;
}
