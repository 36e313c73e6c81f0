import { ChildProcess, spawn, spawnSync } from 'child_process';
import * as fs from 'fs';
import { AddressInfo, createServer } from 'net';
import * as os from 'os';
import * as path from 'path';

/** An emulator of AWS with CloudFormation, which others wrote. */
const PACKAGE = 'ministack==1.5.33';
/** Starting takes some 5 s on a quiet machine. */
const READY_WITHIN = 120_000;

/** The emulator's command: what the variable MINISTACK names, else of an environment in the user's cache: jest removes temporary files. */
export function installMinistack(): { readonly command: string } | { readonly obstacle: string } {
  const { MINISTACK } = process.env;
  if (MINISTACK !== undefined) return fs.existsSync(MINISTACK) ? { command: MINISTACK } : { obstacle: `MINISTACK names ${MINISTACK}, which does not exist` };
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0) return { obstacle: 'there is no python3 with venv' };

  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'cdk-websocket-service', PACKAGE.replace('==', '-'));
  const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const command = path.join(bin, 'ministack');
  if (fs.existsSync(command)) return { command };
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return { obstacle: 'venv makes no environment' };
  const { status, stderr } = spawnSync(path.join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', PACKAGE], { encoding: 'utf8' });
  return status === 0 ? { command } : { obstacle: `pip installs no ${PACKAGE}: ${stderr.trim().split('\n').pop()}` };
}

/** A running emulator, on a port and with files of its own. */
export class Ministack {
  static async start(command: string): Promise<Ministack> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ministack-'));
    const port = await freePort();
    const log = fs.openSync(path.join(folder, 'log'), 'a');
    const emulator = new Ministack(port, folder, spawn(command, [], {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        LAMBDA_EXECUTOR: 'local',
        PERSIST_STATE: '0',
        S3_DATA_DIR: path.join(folder, 's3'),
        STATE_DIR: path.join(folder, 'state'),
        // The workers of its functions put their folders there.
        TMPDIR: folder,
      },
    }));
    fs.closeSync(log);
    try {
      await emulator.ready();
      return emulator;
    } catch (error) {
      await emulator.stop();
      throw error;
    }
  }

  private constructor(readonly port: number, private readonly folder: string, private readonly process: ChildProcess) {}

  get endpoint(): string {
    return `http://localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      const late = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(late);
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const end = Date.now() + READY_WITHIN;
    while (this.process.exitCode === null && this.process.pid !== undefined && Date.now() < end) {
      const response = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (response?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`ministack does not answer:\n${fs.readFileSync(path.join(this.folder, 'log'), 'utf8').slice(-2000)}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
