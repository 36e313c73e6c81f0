import { spawn, type ChildProcess } from 'child_process';
import { once } from 'events';
import type * as net from 'net';
import { atMost } from '../patience';

/**
 * A line of input that begins with a slash is a path prefix of files to remove; any other line replaces the list of process ids to kill.
 * The end of the input is the end of the gateway. Only files with a name that the gateway gives are removed.
 */
const SCRIPT = `
trap '' HUP INT TERM
pids=
while IFS= read -r line; do
  case $line in
    /*)
      case \${line##*/} in
        cdk-websocket-service-?*|.cdk-websocket-service-?*) set -- "$@" "$line" ;;
      esac ;;
    *) pids=$line ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null || kill -s KILL "$pid" 2>/dev/null; done
for prefix do rm -rf -- "$prefix"*; done
`;

/** Milliseconds to wait for the clean-up, which continues without the gateway. */
const CLOSING_PATIENCE = 500;

/**
 * Cleans up after a gateway that was killed: handlers in a busy loop do not notice that the gateway is gone, and its temporary folders
 * would stay. The watchdog is a shell, which costs next to nothing. Windows has none, so there nothing is cleaned up.
 */
export class Watchdog {
  private shell?: ChildProcess;
  private closed = false;

  /** @param prefixes path prefixes of the temporary files */
  public constructor(private readonly prefixes: readonly string[]) {}

  /** @param pids replaces the list of process groups that must not outlive this process */
  public watch(pids: readonly number[]): void {
    if (this.closed || process.platform === 'win32') return;
    this.shell ??= this.start();
    this.shell.stdin?.write(`${pids.join(' ')}\n`);
  }

  /** The gateway has cleaned up by itself. From now on the process ids may belong to other programs, so the watchdog kills nothing. */
  public async close(): Promise<void> {
    this.closed = true;
    const { shell } = this;
    if (shell?.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
    shell.ref();
    shell.stdin?.end('\n');
    await atMost(CLOSING_PATIENCE, once(shell, 'exit'));
    shell.unref();
  }

  private start(): ChildProcess {
    // In a session of its own, Ctrl-C and the end of the terminal do not reach the shell.
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      cwd: '/', detached: true, env: { PATH: process.env.PATH }, stdio: ['pipe', 'ignore', 'ignore'],
    });
    shell.on('error', () => undefined);
    shell.stdin.on('error', () => undefined);
    shell.unref();
    (shell.stdin as net.Socket).unref();
    for (const prefix of this.prefixes) if (!prefix.includes('\n')) shell.stdin.write(`${prefix}\n`);
    return shell;
  }
}
