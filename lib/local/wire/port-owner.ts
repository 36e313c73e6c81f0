import { execFile } from 'child_process';
import * as fs from 'fs';

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/** Milliseconds that a look-up may take: it only makes an error message better. */
const PATIENCE = 2000;

/** What listens on a port of this machine, as `node (process 4711)`; `undefined` if it cannot be told. */
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
  return pid && named(fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), pid);
}

function listeningInodes(table: string, port: number): string[] {
  if (!fs.existsSync(table)) return [];
  const rows = fs.readFileSync(table, 'utf8').split('\n').slice(1).map((row) => row.trim().split(/\s+/));
  return rows.filter(([, address, , state]) => state === LISTEN && parseInt(address.split(':')[1], 16) === port).map((row) => row[9]);
}

/** Processes of other users do not show theirs. */
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
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: PATIENCE }, (_error, output) => {
      const [, pid, name] = /p(\d+)\nc(.+)/.exec(output) ?? [];
      resolve(pid && named(name, pid));
    });
  });
}

function named(name: string, pid: string): string {
  return `${name} (process ${pid})`;
}
