import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { Assembly, readAssembly } from './assembly';
import { Subject } from './measurements';

const CONTEXT = { '@aws-cdk/core:stackResourceLimit': 0 }; // plain aws-cdk-lib needs more than 500 resources for 100 routes

export interface Run {
  readonly seconds: number;
  readonly assembly: Assembly;
}

/** Compiles the measured apps, so that plain node runs them: a runner such as tsx would be measured with them. */
export function compileApps(folder: string, sources = path.join(__dirname, 'apps')): void {
  for (const file of fs.readdirSync(sources)) {
    const { outputText } = ts.transpileModule(fs.readFileSync(path.join(sources, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    fs.writeFileSync(path.join(folder, file.replace(/\.ts$/, '.js')), outputText);
  }
}

/** Runs an app as the CDK CLI does, into a folder that is not there yet. */
export function synthesize(folder: string, { variant, routes, validation }: Subject): Run {
  const outdir = path.join(folder, 'cdk.out');
  fs.rmSync(outdir, { recursive: true, force: true });
  const seconds = wallSeconds(folder, [`${variant}.js`], {
    ROUTES: String(routes),
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(CONTEXT),
    ...(validation ? {} : { CDK_VALIDATION: 'false' }),
  });
  return { seconds, assembly: readAssembly(outdir) };
}

/** How long node runs a program. */
export function wallSeconds(folder: string, args: string[], environment: Record<string, string> = {}): number {
  const env = { ...cleanEnvironment(), ...environment };
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status === 0) return seconds;
  throw new Error(`node ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
}

/** Without what npm, a runner or a CDK app around us put there. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_)|npm_config_local_prefix|CDK_|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
