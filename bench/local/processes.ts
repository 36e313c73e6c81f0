import { spawnSync } from 'child_process';

/** Resident memory in MiB. */
export interface Memory {
  readonly server: number;
  /** Of all processes that the server started, and theirs. */
  readonly children: number;
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly kibibytes: number;
}

export function memoryOf(pid: number): Memory {
  const rows = running();
  const children = below(pid, rows);
  const mebibytes = (pids: number[]): number => (
    rows.filter((row) => pids.includes(row.pid)).reduce((sum, { kibibytes }) => sum + kibibytes / 1024, 0)
  );
  return { server: mebibytes([pid]), children: mebibytes(children) };
}

/** The processes that a process started, and theirs. */
export function descendants(pid: number): number[] {
  return below(pid, running());
}

/** Those that still run. */
export function alive(pids: readonly number[]): number[] {
  return running().map(({ pid }) => pid).filter((pid) => pids.includes(pid));
}

function below(pid: number, rows: Row[]): number[] {
  return rows.filter(({ parent }) => parent === pid).flatMap((row) => [row.pid, ...below(row.pid, rows)]);
}

/** Without those that have ended and whose parent has not noticed yet, and without the one that lists them. */
function running(): Row[] {
  const { pid: own, stdout, error } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,stat='], { encoding: 'utf8' });
  if (error) throw error;
  return stdout.trim().split('\n').map((line) => line.trim().split(/\s+/))
    .filter(([pid, , , state]) => Number(pid) !== own && !state.startsWith('Z'))
    .map(([pid, parent, kibibytes]) => ({ pid: Number(pid), parent: Number(parent), kibibytes: Number(kibibytes) }));
}
