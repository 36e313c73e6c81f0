/**
 * `npx tsx bench/migration.ts [rounds]`: how long an app with a serverless.yml of 50 functions takes to synthesize, beside the same service as options of
 * `WebsocketService`, with and without the ids of the Serverless Framework. Each run is a process of its own; needs `npx projen compile`.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');
const FUNCTIONS = 50;
const ROUNDS = Number(process.argv[2] ?? 5);

const names = Array.from({ length: FUNCTIONS }, (_, n) => `handler${n}`);

const YML = `service: bench
provider: {name: aws, runtime: nodejs22.x, environment: {STAGE: '\${sls:stage}'}}
functions:
${names.map((name) => `  ${name}: {handler: src/${name}.main, events: [{websocket: {route: ${name}}}]}`).join('\n')}
`;

const service = (naming: string): string => `
const { App, Duration, Stack } = require('aws-cdk-lib');
const { Runtime } = require('aws-cdk-lib/aws-lambda');
const { ConnectAuthorizer, ServiceNaming, WebsocketService } = require(${JSON.stringify(ROOT)});
const names = ${JSON.stringify(names)};
const app = new App();
new WebsocketService(new Stack(app, 'bench-dev', { env: { region: 'us-east-1' } }), 'Service', {
  defaults: { runtime: Runtime.NODEJS_22_X, memorySize: 1024, timeout: Duration.seconds(6), environment: { STAGE: 'dev' } },
  functions: Object.fromEntries(names.map((name) => [name, { handler: 'src/' + name + '.main' }])),
  routes: Object.fromEntries(names.map((name) => [name, { functionKey: name }])),
  authorizer: ConnectAuthorizer.none(),${naming}
});
app.synth();
`;

const APPS: Record<string, string> = {
  'WebsocketService': service(''),
  'WebsocketService with naming': service(" naming: ServiceNaming.serverless({ service: 'bench' }),"),
  'ServerlessStack': `
const { App } = require('aws-cdk-lib');
const { ServerlessStack } = require(${JSON.stringify(ROOT)});
const app = new App();
new ServerlessStack(app, 'Bench', { path: 'serverless.yml' });
app.synth();
`,
};

function main(): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-websocket-service-bench-'));
  fs.mkdirSync(path.join(folder, 'src'));
  fs.writeFileSync(path.join(folder, 'serverless.yml'), YML);
  for (const name of names) fs.writeFileSync(path.join(folder, 'src', `${name}.js`), `exports.main = async () => ({ statusCode: 200, body: '${name}' });\n`);
  for (const [name, code] of Object.entries(APPS)) fs.writeFileSync(path.join(folder, `${name}.js`), code);
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(APPS).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of Object.keys(APPS)) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [`${name}.js`], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, CDK_VALIDATION: 'false', NODE_PATH: path.join(ROOT, 'node_modules'), CDK_OUTDIR: path.join(folder, 'cdk.out') },
      });
      if (status !== 0) throw new Error(stderr);
      // The first round warms the caches of the disk.
      if (round > 0) times[name].push(performance.now() - start);
    }
  }
  fs.rmSync(folder, { recursive: true });
  const plain = median(times.WebsocketService);
  for (const [name, all] of Object.entries(times)) {
    const [least, most] = [Math.min(...all), Math.max(...all)].map(Math.round);
    console.log(`${name}: ${Math.round(median(all))} ms (${least} to ${most}), ${(median(all) / plain).toFixed(2)}x`);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)];
}

main();
