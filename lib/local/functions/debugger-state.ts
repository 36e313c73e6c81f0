/**
 * Whether a debugger is attached to a process, by what Node.js prints on stderr from a thread of its own: true also while the process
 * stands at a breakpoint, where it could not answer.
 */
export class DebuggerState {
  private isAttached = false;

  /**
   * @param onUrl debuggers may attach there
   * @param onRefused the port could not be opened
   */
  public constructor(private readonly onUrl: (url: string) => void, private readonly onRefused: (reason: string) => void) {}

  public get attached(): boolean {
    return this.isAttached;
  }

  /** @returns what is left of the text without the lines of Node.js */
  public read(text: string): string {
    return text.replace(INSPECTOR_LINES, (line, url?: string, refused?: string) => {
      if (refused) this.onRefused(refused);
      else if (url && line.startsWith('Debugger listening') && !this.isAttached) this.onUrl(url);
      // After the last debugger has left, Node.js names its address again, as `ending` or as `listening`.
      if (url) this.isAttached = false;
      if (line.startsWith('Debugger attached')) this.isAttached = true;
      return '';
    });
  }
}

const INSPECTOR_LINES = new RegExp([
  'Debugger (?:listening|ending) on (ws://\\S{1,200})\\n',
  'For help, see: https://nodejs\\.org/\\S{0,200}inspector\\S{0,200}\\n',
  'Debugger attached\\.\\n',
  'Waiting for the debugger to disconnect\\.\\.\\.\\n',
  '(Starting inspector on \\S{1,200} failed: [^\\n]{0,1000})\\n',
].join('|'), 'g');
