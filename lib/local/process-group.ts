import { spawn, type ChildProcess } from 'child_process';

/**
 * Ends a process that was started with `detached`, and all that it started in its group, at once. It may have ended: what it left behind
 * ends. What has a group of its own, as it was detached too, goes on.
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
    // Nothing of it is left.
  }
}

/** Whether processes start in a group of their own: Windows opens a console for each instead. */
export const HAS_GROUPS = process.platform !== 'win32';
