import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { ProcessSetup } from './process-channel';
import type { LambdaFunction } from '../assembly/model';

/** How a function's process is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** The handler's working directory: its code. */
  readonly directory: string;
  readonly environment: Record<string, string>;
  readonly setup: ProcessSetup;
  /** It may be given invocations before it is done with the one that it runs. */
  readonly takesAhead: boolean;
}

/** Nothing here can run the function; one line. */
export interface NoLaunch {
  readonly reason: string;
}

export interface LaunchOptions {
  /** The app's folder: its node_modules has what bundles left out. */
  readonly appDirectory: string;
  /** The complete environment of the function's processes, but for what depends on folders. */
  readonly environment: (fn: LambdaFunction) => Record<string, string>;
  /**
   * Folder for inline code.
   * @default that of the system for temporary files
   */
  readonly temporaryDirectory?: string;
}

/** Folder of the bootstraps, as /var/runtime is on Lambda. */
// In the package all of the gateway is one file, a folder above this one's.
const RUNTIME_DIRECTORY = [__dirname, path.join(__dirname, 'functions')].find((folder) => fs.existsSync(path.join(folder, 'bootstrap.py')))!;

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
    ? { command: python, args: [path.join(RUNTIME_DIRECTORY, 'bootstrap.py')], directory, environment, setup, takesAhead: false }
    : {
      command: process.execPath,
      // Worker threads preload it too, and so do processes that the handler forks.
      args: ['--enable-source-maps', '--require', path.join(RUNTIME_DIRECTORY, 'bootstrap-network.js'), path.join(RUNTIME_DIRECTORY, 'bootstrap.js')],
      directory,
      environment,
      setup,
      takesAhead: true,
    };
}

/** Absolute, without symbolic links: Node.js names files so. */
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

/** As Lambda does with `ZipFile`: one file named index. */
function inlineDirectory(text: string, file: string, parent: string): string {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(parent, 'cdk-websocket-service-')));
  inlineDirectories.add(directory);
  fs.writeFileSync(path.join(directory, file), text);
  return directory;
}

const inlineDirectories = new Set<string>();

/** Removes what `launchOf` wrote for inline code, if it was for this launch. */
export function removeInlineCode(launch: Launch): void {
  if (inlineDirectories.delete(launch.directory)) fs.rmSync(launch.directory, { recursive: true, force: true });
}

function withFolders(
  environment: Record<string, string>, fn: LambdaFunction, directory: string, appDirectory: string,
): Record<string, string> {
  const nodeMajor = /^nodejs(\d+)/.exec(fn.runtime)?.[1];
  const nodePath = [
    environment.NODE_PATH,
    // Lambda's own order: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
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

/** The interpreter itself, asked for once: what is on the PATH may be a script that looks for it at every start. */
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
