import { spawn, type ChildProcess } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { TestClient } from './_helpers/local-server';
import { assemblyFolder } from '../_helpers/assembly-folder';
import { hasPython, isAlive, until } from './functions/_helpers/sample-pool';

/** Milliseconds: every test starts a gateway with its functions, and other suites want the processor, too. */
jest.setTimeout(240_000);

const ROOT = path.join(__dirname, '..', '..');
const BIN = path.join(ROOT, 'bin', 'cdk-websocket-service');

/** What each function does with a message; `node` and `python` tell the id of their gateway. */
const NODE = `
const { spawn } = require('child_process');
exports.handler = async (event) => {
  const { how } = JSON.parse(event.body ?? '{}');
  const reply = (body) => ({ statusCode: 200, body: JSON.stringify(body) });
  if (how === 'detached') return reply(spawn('sleep', ['1000'], { stdio: ['ignore', 'inherit', 'inherit', 3], detached: true }).pid);
  if (how === 'child') return reply(spawn('sleep', ['1000'], { stdio: ['ignore', 'inherit', 'inherit', 3] }).pid);
  if (how === 'ignore') for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  if (how === 'loop') for (;;);
  if (how === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (how === 'exit') process.on('exit', () => { for (;;); });
  return reply(process.ppid);
};`;
const PYTHON = `
import json, os, signal, subprocess, time
def handler(event, context):
    how = json.loads(event.get("body") or "{}").get("how")
    if how == "detached":
        return {"statusCode": 200, "body": str(subprocess.Popen(["sleep", "1000"], start_new_session=True, pass_fds=[3]).pid)}
    if how == "loop":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass
    return {"statusCode": 200, "body": str(os.getppid())}
`;

function resources(): Record<string, unknown> {
  const functions = { node: ['nodejs22.x', NODE], ...hasPython ? { python: ['python3.13', PYTHON] } : {} };
  const all: Record<string, unknown> = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: 'dev', AutoDeploy: true } },
  };
  for (const [name, [Runtime, ZipFile]] of Object.entries(functions)) {
    all[name] = {
      Type: 'AWS::Lambda::Function',
      Properties: { Runtime, Handler: 'index.handler', Timeout: 60, Role: 'arn:aws:iam::111111111111:role/r', Code: { ZipFile } },
    };
    const IntegrationUri = {
      'Fn::Join': ['', ['arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/', { 'Fn::GetAtt': [name, 'Arn'] }, '/invocations']],
    };
    all[`${name}I`] = { Type: 'AWS::ApiGatewayV2::Integration', Properties: { ApiId: { Ref: 'Api' }, IntegrationType: 'AWS_PROXY', IntegrationUri } };
    all[`${name}R`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: name,
        RouteResponseSelectionExpression: '$default',
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: `${name}I` }]] },
      },
    };
    all[`${name}A`] = { Type: 'AWS::ApiGatewayV2::RouteResponse', Properties: { ApiId: { Ref: 'Api' }, RouteId: { Ref: `${name}R` }, RouteResponseKey: '$default' } };
    all[`${name}P`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: { Action: 'lambda:InvokeFunction', FunctionName: { 'Fn::GetAtt': [name, 'Arn'] }, Principal: 'apigateway.amazonaws.com' },
    };
  }
  return all;
}

const assembly = assemblyFolder({ Test: { Resources: resources() } });

// The tests run at the same time: nearly all that they do is wait.
const started: ChildProcess[] = [];
const left: number[] = [];
const folders: string[] = [assembly];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  for (const pid of left.filter(isAlive)) process.kill(pid, 'SIGKILL');
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

/** Milliseconds for what takes three seconds at most, on a machine that has other things to do. What never ends takes longer. */
const SOON = 20_000;

/** The environment of a shell, not of npm that may run these tests. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^JSII_/.test(name));
  return { ...Object.fromEntries(own), ...more };
}

/** Runs a command that serves with `--json`; resolves with its URL. */
async function serve(command: string, args: readonly string[], cwd = assembly, more: NodeJS.ProcessEnv = {}): Promise<[ChildProcess, string]> {
  const child = spawn(command, args, { cwd, env: environment(more), stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  let printed = '';
  const url = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    const found = /ws:\/\/localhost:\d+\/dev/.exec(printed);
    if (found && printed.includes('\n')) resolve(found[0]);
  }));
  return [child, url];
}

/** Alive, and not a zombie that the first process does not reap. */
function runs(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return isAlive(pid) && !(fs.existsSync(stat) && / Z /.test(fs.readFileSync(stat, 'latin1')));
}

const LOCAL = ['local', '--port', '0', '--json', '--no-watch'];

/** The id of the gateway that serves there. */
async function gatewayAt(url: string): Promise<number> {
  const client = await TestClient.open(url);
  const pid = Number(await client.ask({ action: 'node' }));
  left.push(pid);
  await client.close();
  return pid;
}

/** Milliseconds until it has ended, and how. */
async function timed(child: ChildProcess, end: () => void): Promise<[number, number | null, NodeJS.Signals | null]> {
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const before = performance.now();
  end();
  const how = await ended;
  return [performance.now() - before, ...how];
}

describe('Ctrl-C ends a gateway soon, and with 0', () => {
  test.concurrent.each([
    ['node', 'detached'], ['node', 'child'], ['node', 'ignore'], ['node', 'loop'], ['node', 'stop'], ['node', 'exit'],
    ...hasPython ? [['python', 'detached'], ['python', 'loop']] : [],
  ])('whose handler in %s does this: %s', async (action, how) => {
    // GIVEN
    const [gateway, url] = await serve(process.execPath, [BIN, ...LOCAL, '--app', assembly]);
    const client = await TestClient.open(url);
    client.send({ action, how });
    const answer = /loop|stop/.test(how) ? undefined : Number(await client.next());
    if (/detached|child/.test(how)) left.push(answer!);
    if (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 300));
    // WHEN
    const [time, code, signal] = await timed(gateway, () => gateway.kill('SIGINT'));
    // THEN
    expect([code, signal]).toEqual([0, null]);
    expect(time).toBeLessThan(SOON);
    // What has a session of its own goes on.
    if (how === 'detached') expect(runs(answer!)).toBe(true);
    if (how === 'child') await until(() => !runs(answer!), SOON);
  });

  test.concurrent('that synthesizes an app which has left a daemon behind', async () => {
    // GIVEN
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'end-test-'));
    folders.push(folder);
    fs.writeFileSync(path.join(folder, 'app.js'), `
      const { spawn } = require('child_process');
      const daemon = spawn('sleep', ['1000'], { stdio: 'inherit', detached: true });
      require('fs').writeFileSync('daemon', String(daemon.pid));
      setInterval(() => {}, 1000);`);
    const gateway = spawn(process.execPath, [BIN, ...LOCAL, '--app', 'node app.js'], { cwd: folder, env: environment(), stdio: 'inherit' });
    started.push(gateway);
    const note = path.join(folder, 'daemon');
    await until(() => fs.existsSync(note) && fs.readFileSync(note, 'utf8') !== '', SOON);
    left.push(Number(fs.readFileSync(note, 'utf8')));
    // WHEN
    const [time, code] = await timed(gateway, () => gateway.kill('SIGINT'));
    // THEN
    expect(code).toBe(0);
    expect(time).toBeLessThan(SOON);
  });
});

test.concurrent('a process whose gateway was closed ends by itself', async () => {
  // GIVEN
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'end-test-'));
  folders.push(folder);
  fs.writeFileSync(path.join(folder, 'script.ts'), `
    import WebSocket from ${JSON.stringify(require.resolve('ws'))};
    import { startGateway } from ${JSON.stringify(path.join(ROOT, 'lib/local/index.ts'))};
    void (async () => {
      const gateway = await startGateway({ app: ${JSON.stringify(assembly)}, watch: true });
      const client = new WebSocket(gateway.url);
      client.on('open', () => client.send('{"action":"node","how":"detached"}'));
      const daemon = await new Promise((resolve) => client.on('message', (data) => resolve(String(data))));
      client.removeAllListeners();
      await gateway.close();
      console.log(daemon);
    })();`);
  const args = ['--import', pathToFileURL(require.resolve('tsx')).href, path.join(folder, 'script.ts')];
  const script = spawn(process.execPath, args, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(script);
  // WHEN
  const daemon = Number(await new Promise<string>((resolve) => script.stdout.once('data', (data) => resolve(String(data)))));
  left.push(daemon);
  const [time, code] = await timed(script, () => undefined);
  // THEN
  expect(code).toBe(0);
  expect(time).toBeLessThan(SOON);
  expect(isAlive(daemon)).toBe(true);
});

describe('a gateway that was started by another program', () => {
  /** A project that has the package, and a script that runs it. */
  function project(): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'end-test-'));
    folders.push(folder);
    const script = `cdk-websocket-service ${LOCAL.join(' ')} --app ${assembly}`;
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', scripts: { serve: script } }));
    fs.mkdirSync(path.join(folder, 'node_modules', '.bin'), { recursive: true });
    fs.symlinkSync(ROOT, path.join(folder, 'node_modules', 'cdk-websocket-service'));
    fs.symlinkSync(BIN, path.join(folder, 'node_modules', '.bin', 'cdk-websocket-service'));
    return folder;
  }
  const PYTHON_SCRIPT = `import os, subprocess, sys
subprocess.run(sys.argv[1:], env={**os.environ, "JSII_AGENT": "Python/3.13.0"})`;

  test.concurrent.each([
    ['npx', 'SIGTERM', () => ['npx', '--no-install', 'cdk-websocket-service', ...LOCAL, '--app', assembly]],
    ['npx', 'SIGKILL', () => ['npx', '--no-install', 'cdk-websocket-service', ...LOCAL, '--app', assembly]],
    ['npm run', 'SIGKILL', () => ['npm', 'run', 'serve']],
    ...hasPython ? [['the Python package', 'SIGTERM', () => (
      ['python3', '-c', PYTHON_SCRIPT, process.execPath, BIN, ...LOCAL, '--app', assembly])] as const] : [],
  ] as const)('ends when that is gone: %s, %s', async (_, signal, command) => {
    // GIVEN
    const [program, ...args] = command();
    const [launcher, url] = await serve(program, args, project());
    const gateway = await gatewayAt(url);
    // WHEN
    launcher.kill(signal);
    // THEN
    await until(() => !isAlive(gateway), SOON);
  });

  const command = [process.execPath, BIN, ...LOCAL, '--app'].join(' ');
  const GROUP = `require('child_process').spawn(process.execPath, process.argv.slice(1), { detached: true, stdio: 'inherit' });
    setTimeout(() => process.exit(), 3_000);`;
  test.concurrent.each([
    ['nohup', {}, ['sh', '-c', `nohup ${command} $0 &`, () => assembly]],
    ['setsid, below npm', { npm_lifecycle_event: 'serve' }, ['sh', '-c', `setsid ${command} $0 & sleep 3`, () => assembly]],
    ['a group of its own, below npm', { npm_lifecycle_event: 'serve' }, [process.execPath, '-e', GROUP, BIN, ...LOCAL, '--app', () => assembly]],
  ] as const)('stays when it was meant to: %s', async (_, more, [program, ...args]) => {
    // GIVEN
    const [parent, url] = await serve(program, args.map((arg) => typeof arg === 'string' ? arg : arg()), assembly, more);
    const gateway = await gatewayAt(url);
    // WHEN
    if (parent.exitCode === null) await once(parent, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    // THEN
    expect(isAlive(gateway)).toBe(true);
    // WHEN
    process.kill(gateway, 'SIGTERM');
    // THEN
    await until(() => !isAlive(gateway), SOON);
  });
});
