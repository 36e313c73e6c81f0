import { execFileSync } from 'child_process';

/** Kills the processes of esbuild's JavaScript API that this process has started, as a lack of memory does. @returns how many */
export function killEsbuild(): number {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const processes = table.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  const pids = processes.filter(([, , parent, args]) => Number(parent) === process.pid && / --service=/.test(args)).map(([, pid]) => Number(pid));
  pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
  return pids.length;
}
