import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';

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
  return Object.fromEntries(Object.keys(linked).map((name) => [name, version(path.join(app, 'node_modules', name))]));
}

function copyLibrary(target: string): void {
  fs.cpSync(path.join(REPOSITORY, 'package.json'), path.join(target, 'package.json'));
  fs.cpSync(path.join(REPOSITORY, 'lib'), path.join(target, 'lib'), {
    recursive: true,
    filter: (file) => fs.statSync(file).isDirectory() || file.endsWith('.js'),
  });
}

/** App and library must share one copy of what they both import, else something else would be measured. */
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

export function version(packageFolder: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
