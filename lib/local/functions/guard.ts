import { spawn, type ChildProcess } from 'child_process';
import { once } from 'events';
import type * as net from 'net';
import { atMost } from '../patience';

/**
 * Reads what is to be cleared away: a line that begins with a slash is what the paths of files begin with, any other has the process ids
 * from then on. The end of the input is the end of the gateway. Nothing is ever removed that has not a name as the gateway gives them.
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

/** Milliseconds to wait for the shell's clean-up, which continues by itself. */
const CLOSING_PATIENCE = 500;

/**
 * Outlives the gateway by a moment: handlers' processes end by themselves when the gateway is gone, unless they are in a busy loop, and
 * nobody removes the folders of a gateway that was killed. A shell, as it takes next to nothing; where there is none, as on Windows,
 * they stay.
 */
export class Guard {
  private shell?: ChildProcess;
  private closed = false;

  /** @param prefixes what the paths of temporary files begin with */
  public constructor(private readonly prefixes: readonly string[]) {}

  /** @param pids replaces the list of process groups that must not outlive this process */
  public watch(pids: readonly number[]): void {
    if (this.closed || process.platform === 'win32') return;
    this.shell ??= this.start();
    this.shell.stdin?.write(`${pids.join(' ')}\n`);
  }

  /** All has been cleared away; process ids may belong to others from now on. */
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
    // A session of its own: Ctrl-C, and the end of the terminal, are not meant for it.
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
