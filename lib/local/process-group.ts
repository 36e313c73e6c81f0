import { spawn, type ChildProcess } from 'child_process';

/**
 * Kills a process that was started with `detached`, and its process group. If the process has exited, the rest of the group is killed.
 * Processes in groups of their own keep running.
 */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => undefined).unref();
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty.
  }
}

/** Whether processes are started in a group of their own. On Windows, `detached` would open a console for each instead. */
export const HAS_GROUPS = process.platform !== 'win32';

/** Whether a process was started and has not ended. */
export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Kills a process, with its group if it leads one. */
export function kill(child: ChildProcess): void {
  // Once the process has ended, the system may give its id to another.
  if (!isRunning(child)) return;
  child.kill('SIGKILL');
  if (HAS_GROUPS) killGroup(child);
}

/**
 * Waits until a process has ended, kills the rest of its group, and waits until all output is read.
 *
 * @param grace milliseconds to wait for output, since a descendant in another group may hold the pipes open for as long as it likes
 */
export async function exitOf(child: ChildProcess, grace: number): Promise<[number | null, NodeJS.Signals | null]> {
  let timer: NodeJS.Timeout | undefined;
  const exit = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('error', () => resolve([127, null]));
    child.once('close', (...how) => resolve(how));
    child.once('exit', (...how) => {
      if (HAS_GROUPS) killGroup(child);
      // On a busy machine the time may be over before anything was read: this turn of the event loop still reads what is there.
      timer = setTimeout(() => setImmediate(resolve, how), grace);
    });
  });
  clearTimeout(timer);
  return exit;
}
