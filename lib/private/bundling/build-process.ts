import { spawnSync } from 'child_process';
import * as fs from 'fs';
import { createRequire } from 'module';
import * as os from 'os';
import * as path from 'path';
import type { BuildOptions, BuildResult } from 'esbuild';
import type { BuildAnswer, BuildRequest } from './build-runner';
import { BuildProcessError, findEsbuild } from './esbuild';
import type { Handler } from './handler';
import { LIBRARY_FOLDER } from '../library-folder';

const RUNNER = path.join(LIBRARY_FOLDER, 'private', 'bundling', 'build-runner.js');

/** The steps of a build that need a child process. */
export interface BuildSteps {
  /** Absolute path of the user's build script. */
  readonly script?: string;
  /** The TypeScript module that compiles the sources first. */
  readonly typescript?: string;
  /** Absolute path (default: the nearest tsconfig.json of each handler). */
  readonly tsconfig?: string;
}

/** The app's TypeScript, if it has a compiler API, which version 7 does not have yet. */
export function findTypeScript(directory: string): string | undefined {
  try {
    const { resolve } = createRequire(path.join(path.resolve(directory), 'package.json'));
    const { version } = JSON.parse(fs.readFileSync(resolve('typescript/package.json'), 'utf8')) as { version: string };
    return parseInt(version, 10) < 7 ? resolve('typescript') : undefined;
  } catch {
    return undefined;
  }
}

/** Runs one build in a child process and waits for it. Throws as `esbuild.buildSync` does. */
export function buildInProcess(steps: BuildSteps, handlers: readonly Handler[], options: BuildOptions): BuildResult {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'websocket-build-'));
  try {
    const { script, typescript, tsconfig } = steps;
    const request: BuildRequest = {
      answer: path.join(folder, 'answer.json'),
      esbuild: findEsbuild()!,
      options: options as Record<string, unknown>,
      script,
      precompile: typescript === undefined
        ? undefined
        : { typescript, tsconfig, entries: handlers.map(({ file }) => fs.realpathSync(file)) },
    };
    const input = JSON.stringify(request, (_key, value: unknown) => (value instanceof RegExp ? { pattern: value.source } : value));
    // Output of the build goes to stderr, since stdout belongs to the app. A TypeScript loader (tsx) also applies to the script.
    const { status, signal, error } = spawnSync(process.execPath, [...process.execArgv.filter(isLoader), RUNNER], {
      cwd: options.absWorkingDir, input, stdio: ['pipe', 2, 2],
    });
    if (error) throw new BuildProcessError(`the build did not start: ${error.message}`);
    if (!fs.existsSync(request.answer)) {
      const end = signal ?? `exit code ${status}`;
      throw new BuildProcessError(`${script ?? 'the build'} ended without an answer (${end}); it must not end the process`);
    }
    return result(JSON.parse(fs.readFileSync(request.answer, 'utf8')) as BuildAnswer, script);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** `--require x`, `--import x` and the like, but not `--inspect`, whose port is in use. */
function isLoader(argument: string, index: number, all: readonly string[]): boolean {
  const name = /^(?:--require|-r|--import|--loader|--experimental-loader)(?:=|$)/;
  return name.test(argument) || (index > 0 && !argument.startsWith('-') && name.test(all[index - 1]) && !all[index - 1].includes('='));
}

function result({ files, metafile, warnings, errors, failure }: BuildAnswer, script?: string): BuildResult {
  if (errors) throw Object.assign(new Error(), { errors });
  if (failure !== undefined || !files) {
    throw new BuildProcessError(script === undefined ? failure : `the build script ${script} failed: ${failure}`);
  }
  return {
    errors: [],
    warnings: [...warnings ?? []],
    metafile,
    mangleCache: undefined,
    outputFiles: files.map(({ path: name, contents }) => {
      const bytes = Buffer.from(contents, 'base64');
      return { path: name, contents: bytes, hash: '', text: '' };
    }),
  };
}
