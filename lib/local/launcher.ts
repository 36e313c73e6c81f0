import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

/**
 * The environment variables of npm, npx, pnpm, yarn, bun and the scripts of jsii's Python packages. A signal that ends one of these
 * launchers is not forwarded, or only to a shell in between.
 */
const SIGNS = ['npm_lifecycle_event', 'npm_execpath', 'npm_config_user_agent', 'JSII_AGENT'];
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'busybox', 'fish']);
/** Milliseconds between two checks. */
const INTERVAL = 1_000;

/**
 * Calls `onGone` when the launcher of this process has ended, if it is one that does not forward signals. The end of any other
 * parent is intended, as with `nohup`, `setsid` and `&`.
 *
 * @returns a function that stops watching
 */
export function whenOrphaned(environment: NodeJS.ProcessEnv, onGone: () => void): () => void {
  const [parent, ...others] = SIGNS.some((name) => environment[name]) ? launchers() : [];
  if (parent === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && [parent, ...others].every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL).unref();
  return () => clearInterval(timer);
}

interface ProcessFacts {
  readonly parent: number;
  readonly group: number;
  /** Name of the program. */
  readonly program: string;
}

/** The parent, and if that is the shell of a script, its parent too. Empty if another program gave this process a group of its own. */
function launchers(): readonly number[] {
  const { ppid, pid } = process;
  // The parent is the first process of the machine or container.
  if (ppid <= 1) return [];
  const [own, parent] = [factsOf(pid), factsOf(ppid)];
  if (!own || !parent) return [ppid];
  if (parent.group !== own.group) return [];
  const isScript = SHELLS.has(parent.program) && factsOf(parent.parent)?.group === own.group;
  return isScript ? [ppid, parent.parent] : [ppid];
}

/** `undefined` where the facts are unknown, as on Windows. */
function factsOf(pid: number): ProcessFacts | undefined {
  try {
    return process.platform === 'linux' ? factsOfProc(pid) : factsOfPs(pid);
  } catch {
    return undefined;
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function factsOfProc(pid: number): ProcessFacts {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const nameEnd = stat.lastIndexOf(')');
  const [, parent, group] = stat.slice(nameEnd + 2).split(' ');
  return { parent: Number(parent), group: Number(group), program: stat.slice(stat.indexOf('(') + 1, nameEnd) };
}

function factsOfPs(pid: number): ProcessFacts | undefined {
  if (process.platform === 'win32') return undefined;
  const line = execFileSync('ps', ['-o', 'ppid=,pgid=,comm=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  const [, parent, group, command] = /^\s*(\d+)\s+(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
  if (command === undefined) return undefined;
  // The name of a login shell begins with a hyphen.
  return { parent: Number(parent), group: Number(group), program: path.basename(command).replace(/^-/, '') };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
