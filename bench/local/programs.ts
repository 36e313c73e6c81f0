import * as fs from 'fs';
import * as path from 'path';
import { providePackages, Versions } from '../packages';
import { compileApps, wallSeconds } from '../synthesis';
import { Program } from './server-process';
import { writeSources } from './sources';

const COMMAND = path.resolve(__dirname, '../../bin/cdk-websocket-service');

/** The bare `ws` server and the gateway with its app. */
export interface Programs {
  readonly bare: Program;
  readonly gateway: Program;
  /** The gateway with the same app, but for the `$connect` function. */
  readonly unguarded: Program;
  readonly versions: Versions;
}

/** Writes the app, synthesizes it, and says how it is served. */
export function writePrograms(home: string): Programs {
  const folder = path.join(home, 'app');
  writeSources(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'bench', version: '1.0.0', private: true }));
  const versions = providePackages(folder, ['ws']);
  compileApps(folder, path.join(__dirname, 'apps'));
  return {
    bare: { folder, args: ([port]) => ['bare.js', String(port)], ports: 1, path: '/dev', log: path.join(home, 'bare.log') },
    gateway: gateway(home, 'cdk.out', { CONNECT: 'src/connect.handler' }),
    unguarded: gateway(home, 'unguarded.out', {}),
    versions,
  };
}

/** The app is synthesized here, so that the gateway is measured without it. */
function gateway(home: string, assembly: string, environment: Record<string, string>): Program {
  const folder = path.join(home, 'app');
  wallSeconds(folder, ['service.js'], { ...environment, CDK_OUTDIR: path.join(folder, assembly), CDK_VALIDATION: 'false' });
  return {
    folder,
    args: ([port]) => [COMMAND, 'local', '--app', assembly, '--port', String(port)],
    ports: 1,
    path: '/dev',
    // In the folder of the app it would be one of the files that the gateway watches.
    log: path.join(home, 'gateway.log'),
  };
}
