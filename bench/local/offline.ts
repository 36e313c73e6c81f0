import * as fs from 'fs';
import * as path from 'path';
import { install } from '../npm';
import { version, Versions } from '../packages';
import { compileApps } from '../synthesis';
import { Program } from './server-process';
import { writeSources } from './sources';

/** The last osls that serverless-offline runs on, though it names another peer, whose use needs a licence. */
const PACKAGES = ['osls@3.77.1', 'serverless-offline@14.8.2'];

/** serverless-offline with its default settings. */
export interface Offline {
  readonly program: Program;
  readonly versions: Versions;
}

/** Installs it; the reason if that is not possible here. */
export function installOffline(folder: string): Offline | string {
  fs.mkdirSync(folder);
  const complaint = install(folder, PACKAGES, ['--legacy-peer-deps']);
  if (complaint) return complaint;
  writeSources(folder);
  // It runs JavaScript; a plugin that builds would be measured with it.
  compileApps(path.join(folder, 'src'), path.join(folder, 'src'));
  fs.writeFileSync(path.join(folder, 'serverless.json'), JSON.stringify(SERVICE));
  const names = ['osls', 'serverless-offline'];
  return {
    program: program(folder),
    versions: Object.fromEntries(names.map((name) => [name, version(path.join(folder, 'node_modules', name))])),
  };
}

function program(folder: string): Program {
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

const SERVICE = {
  service: 'bench',
  provider: { name: 'aws', runtime: 'nodejs20.x', timeout: 29, websocketsApiRouteSelectionExpression: '$request.body.action' },
  plugins: ['serverless-offline'],
  functions: {
    connect: { handler: 'src/connect.handler', events: [{ websocket: { route: '$connect' } }] },
    echo: { handler: 'src/echo.handler', events: [{ websocket: { route: 'echo', routeResponseSelectionExpression: '$default' } }] },
  },
};
