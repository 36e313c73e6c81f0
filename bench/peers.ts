import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { compile, installedVersion, Versions, wallSeconds, writeProject } from './app';
import { Program, writeHandlers } from './servers';
import { routeKeys } from './synthesis';

/** The last osls that serverless-offline runs on, though it names another peer, whose use needs a licence. */
const OFFLINE_PACKAGES = ['osls@3.77.1', 'serverless-offline@14.8.2'];

/** `osls package`, the Serverless packager, for the handlers of the measured app. */
export class Osls {
  /** Installs osls and its plugin from npm; the reason if that is not possible here. */
  public static install(folder: string, app: string, versions: Versions): Osls | string {
    const packages = ['osls@4', 'serverless-esbuild@1', `esbuild@${versions.esbuild}`, `zod@${versions.zod}`];
    const failure = install(folder, packages);
    if (failure !== undefined) return failure;
    fs.cpSync(path.join(app, 'src'), path.join(folder, 'src'), { recursive: true });
    return new Osls(folder);
  }

  public readonly versions: Versions;

  private constructor(private readonly folder: string) {
    this.versions = versionsOf(folder, ['osls', 'serverless-esbuild']);
  }

  /** Packages a service with so many routes; the seconds that it took. */
  public package(routes: number): number {
    for (const left of ['.serverless', '.esbuild']) fs.rmSync(path.join(this.folder, left), { recursive: true, force: true });
    fs.writeFileSync(path.join(this.folder, 'serverless.json'), JSON.stringify(packagedService(routes)));
    const seconds = wallSeconds(this.folder, ['node_modules/osls/bin/serverless.js', 'package']);
    const zips = fs.readdirSync(path.join(this.folder, '.serverless')).filter((name) => name.endsWith('.zip')).length;
    if (zips !== routes) throw new Error(`osls: ${zips} packages for ${routes} routes`);
    return seconds;
  }
}

/** serverless-offline with its default settings. */
export interface Offline {
  readonly program: Program;
  readonly versions: Versions;
}

/** Installs serverless-offline from npm; the reason if that is not possible here. */
export function installOffline(folder: string): Offline | string {
  const failure = install(folder, OFFLINE_PACKAGES, ['--legacy-peer-deps']);
  if (failure !== undefined) return failure;
  writeHandlers(folder);
  // serverless-offline runs JavaScript; a plugin that builds would be measured too.
  compile(path.join(folder, 'src'), path.join(folder, 'src'));
  fs.writeFileSync(path.join(folder, 'serverless.json'), JSON.stringify(OFFLINE_SERVICE));
  return { program: offlineProgram(folder), versions: versionsOf(folder, ['osls', 'serverless-offline']) };
}

/** Installs packages into a new folder; the reason if that is not possible here. */
function install(folder: string, packages: string[], flags: string[] = []): string | undefined {
  writeProject(folder);
  const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=0', ...flags, ...packages];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 180_000 });
  if (status === 0) return undefined;
  const reasons = stderr.split('\n').filter((line) => line.startsWith('npm error'));
  return `not installed here: ${error?.message ?? (reasons.slice(0, 4).join('; ') || status)}`;
}

function versionsOf(folder: string, names: string[]): Versions {
  return Object.fromEntries(names.map((name) => [name, installedVersion(folder, name)]));
}

function packagedService(routes: number): object {
  return {
    service: 'bench',
    provider: { name: 'aws', runtime: 'nodejs24.x', websocketsApiRouteSelectionExpression: '$request.body.action' },
    plugins: ['serverless-esbuild'],
    package: { individually: true },
    custom: { esbuild: { minify: true, exclude: ['@aws-sdk/*'] } },
    functions: Object.fromEntries(routeKeys(routes).map((key) => [key, {
      handler: `src/${key}.handler`,
      events: [{ websocket: { route: key } }],
    }])),
  };
}

const OFFLINE_SERVICE = {
  service: 'bench',
  provider: { name: 'aws', runtime: 'nodejs20.x', timeout: 29, websocketsApiRouteSelectionExpression: '$request.body.action' },
  plugins: ['serverless-offline'],
  functions: {
    connect: { handler: 'src/connect.handler', events: [{ websocket: { route: '$connect' } }] },
    echo: { handler: 'src/echo.handler', events: [{ websocket: { route: 'echo', routeResponseSelectionExpression: '$default' } }] },
  },
};

function offlineProgram(folder: string): Program {
  return {
    folder,
    args: ([websocket, http, lambda]) => [
      'node_modules/osls/bin/serverless.js', 'offline', 'start', '--host', '127.0.0.1',
      '--websocketPort', String(websocket), '--httpPort', String(http), '--lambdaPort', String(lambda),
    ],
    ports: 3,
    path: '/dev',
    log: path.join(folder, 'offline.log'),
  };
}
