import * as fs from 'fs';
import * as path from 'path';
import { install } from './npm';
import { Versions, version } from './packages';
import { wallSeconds } from './synthesis';

/** `osls package`, the Serverless packager, for the handlers of the workload. */
export class Osls {
  /** Installs it; the reason if that is not possible here. */
  public static install(folder: string, sources: string, packages: Versions): Osls | string {
    fs.mkdirSync(folder);
    fs.cpSync(sources, path.join(folder, 'src'), { recursive: true });
    const wanted = ['osls@4', 'serverless-esbuild@1', `esbuild@${packages.esbuild}`, `zod@${packages.zod}`];
    return install(folder, wanted) ?? new Osls(folder);
  }

  public readonly versions: Versions;

  private constructor(private readonly folder: string) {
    const names = ['osls', 'serverless-esbuild'];
    this.versions = Object.fromEntries(names.map((name) => [name, version(path.join(folder, 'node_modules', name))]));
  }

  public package(routes: number): number {
    for (const left of ['.serverless', '.esbuild']) fs.rmSync(path.join(this.folder, left), { recursive: true, force: true });
    fs.writeFileSync(path.join(this.folder, 'serverless.json'), JSON.stringify(service(routes)));
    const seconds = wallSeconds(this.folder, ['node_modules/osls/bin/serverless.js', 'package']);
    const zips = fs.readdirSync(path.join(this.folder, '.serverless')).filter((name) => name.endsWith('.zip')).length;
    if (zips !== routes) throw new Error(`osls: ${zips} packages for ${routes} routes`);
    return seconds;
  }
}

function service(routes: number): object {
  const keys = Array.from({ length: routes }, (_, i) => `route${i}`);
  return {
    service: 'bench',
    provider: { name: 'aws', runtime: 'nodejs24.x', websocketsApiRouteSelectionExpression: '$request.body.action' },
    plugins: ['serverless-esbuild'],
    package: { individually: true },
    custom: { esbuild: { minify: true, exclude: ['@aws-sdk/*'] } },
    functions: Object.fromEntries(keys.map((key) => [key, {
      handler: `src/${key}.handler`,
      events: [{ websocket: { route: key } }],
    }])),
  };
}
