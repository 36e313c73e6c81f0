import { execFile } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import * as path from 'path';
import { GatewayError } from '../gateway-error';

/** Ports that browsers refuse to connect to: https://fetch.spec.whatwg.org/#port-blocking */
const BLOCKED = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115,
  117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587,
  601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
  6679, 6697, 10080,
]);

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/** Milliseconds for the look-up, which only makes an error message better. */
const LOOKUP_PATIENCE = 2000;

/** @throws GatewayError PORT_REFUSED, if browsers refuse to connect to the port */
export function refuseBlockedPort(port: number): void {
  if (!BLOCKED.has(port)) return;
  throw new GatewayError('PORT_REFUSED', `port ${port} is one that browsers refuse to connect to; take another, for example --port 3001`);
}

/** The error for a port that cannot be opened, with the way out. */
export async function portError(error: NodeJS.ErrnoException, port: number, host: string): Promise<GatewayError> {
  if (error.code === 'EADDRINUSE') {
    const owner = await portOwner(port) ?? 'another process';
    const free = await freePort(port + 1, host);
    return new GatewayError('PORT_IN_USE', `port ${port} is taken by ${owner}; end it, or take another port: --port ${free}`);
  }
  if (error.code === 'EACCES') {
    return new GatewayError('PORT_REFUSED',
      `port ${port} is not open to this user (${error.message}); take one above 1023, for example --port 3001`);
  }
  return new GatewayError('HOST_NOT_FOUND',
    `cannot listen on host ${JSON.stringify(host)} (${error.message}); take 127.0.0.1, or an address of this machine`);
}

/** The next port that is free and that browsers do not refuse. */
async function freePort(first: number, host: string): Promise<number> {
  for (let port = first; port <= 65_535; port++) {
    if (!BLOCKED.has(port) && await isFree(port, host)) return port;
  }
  return 0;
}

function isFree(port: number, host: string): Promise<boolean> {
  const probe = net.createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** The process that listens on a port of this machine, as `node (process 4711)`; `undefined` if it cannot be found. */
export async function portOwner(port: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? ownerInProc(port) : await ownerByLsof(port);
  } catch {
    return undefined;
  }
}

function ownerInProc(port: number): string | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => socketInodes(candidate).some((inode) => inodes.has(inode)));
  return pid && named(programOf(pid), pid);
}

/** Node.js 24 names its process after its main thread. */
function programOf(pid: string): string {
  const name = fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  return name.endsWith('MainThread') ? path.basename(readLink(`/proc/${pid}/exe`)) : name;
}

function listeningInodes(table: string, port: number): string[] {
  if (!fs.existsSync(table)) return [];
  const rows = fs.readFileSync(table, 'utf8').split('\n').slice(1).map((row) => row.trim().split(/\s+/));
  return rows.filter(([, address, , state]) => state === LISTEN && parseInt(address.split(':')[1], 16) === port).map((row) => row[9]);
}

/** Empty for the processes of other users. */
function socketInodes(pid: string): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /socket:\[(\d+)\]/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1] ?? []);
  } catch {
    return [];
  }
}

function readLink(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return '';
  }
}

function ownerByLsof(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: LOOKUP_PATIENCE }, (_error, output) => {
      const [, pid, name] = /p(\d+)\nc(.+)/.exec(output) ?? [];
      resolve(pid && named(name, pid));
    });
  });
}

function named(name: string, pid: string): string {
  return `${name} (process ${pid})`;
}
