import type { OutputStream } from './runtime/lines';

/** A line that a handler printed. */
export interface OutputLine {
  readonly functionId: string;
  /** Absent if no invocation ran. */
  readonly requestId?: string;
  readonly stream: OutputStream;
  readonly text: string;
}

/** The most characters of a line, about the bytes of a CloudWatch Logs event: the rest is dropped. */
const LONGEST_LINE = 1_048_576;
const CUT = ` [cut: a line has at most ${LONGEST_LINE} characters]`;

/** Characters to process between two checks of the clock. */
const PIECE = 1_024;

/** An incomplete line. */
interface PartialLine {
  text: string;
  /** Whether the beginning has been emitted, so that the rest is dropped. */
  cut: boolean;
}

/** Assembles lines from the pieces that a process prints. An incomplete line waits for its line feed, or for the end of its invocation. */
export class OutputLines {
  private readonly partial: Readonly<Record<OutputStream, PartialLine>> = {
    stdout: { text: '', cut: false }, stderr: { text: '', cut: false },
  };
  private requestId?: string;

  public constructor(private readonly functionId: string, private readonly onLine: (line: OutputLine) => void) {}

  public add(stream: OutputStream, requestId: string | undefined, text: string): void {
    if (requestId !== this.requestId) this.flush();
    this.requestId = requestId;
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.append(stream, text.slice(start, end));
      this.endLine(stream);
      start = end + 1;
    }
    this.append(stream, text.slice(start));
  }

  /** Like `add`, until the time is up; returns the remaining text. */
  public addInTurn(stream: OutputStream, requestId: string | undefined, text: string, isLate: () => boolean): string {
    for (let start = 0; start < text.length; start += PIECE) {
      this.add(stream, requestId, text.slice(start, start + PIECE));
      if (isLate()) return text.slice(start + PIECE);
    }
    return '';
  }

  public flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.partial[stream].text !== '') this.emit(stream, this.partial[stream].text);
      this.reset(stream);
    }
  }

  private append(stream: OutputStream, text: string): void {
    const partial = this.partial[stream];
    if (partial.cut) return;
    partial.text += text;
    if (partial.text.length <= LONGEST_LINE) return;
    this.emit(stream, partial.text.slice(0, LONGEST_LINE) + CUT);
    partial.text = '';
    partial.cut = true;
  }

  private endLine(stream: OutputStream): void {
    const { text, cut } = this.partial[stream];
    if (!cut) this.emit(stream, text.endsWith('\r') ? text.slice(0, -1) : text);
    this.reset(stream);
  }

  private reset(stream: OutputStream): void {
    this.partial[stream].text = '';
    this.partial[stream].cut = false;
  }

  private emit(stream: OutputStream, text: string): void {
    const { functionId, requestId } = this;
    this.onLine(requestId === undefined ? { functionId, stream, text } : { functionId, requestId, stream, text });
  }
}

/**
 * Whether a debugger is attached to a process, from what Node.js prints on stderr. Node.js prints that from a thread of its own, also while
 * the process is paused at a breakpoint and cannot answer.
 */
export class DebuggerState {
  private isAttached = false;

  /**
   * @param onUrl called with the address that debuggers attach to
   * @param onRefused called if the port could not be opened
   */
  public constructor(private readonly onUrl: (url: string) => void, private readonly onRefused: (reason: string) => void) {}

  public get attached(): boolean {
    return this.isAttached;
  }

  /** @returns the text without these lines of Node.js */
  public read(text: string): string {
    return text.replace(INSPECTOR_LINES, (line, url?: string, refused?: string) => {
      if (refused) this.onRefused(refused);
      else if (url && line.startsWith('Debugger listening') && !this.isAttached) this.onUrl(url);
      // When the last debugger has left, Node.js prints the address again, as `ending` or as `listening`.
      if (url) this.isAttached = false;
      if (line.startsWith('Debugger attached')) this.isAttached = true;
      return '';
    });
  }
}

const INSPECTOR_LINES = new RegExp([
  'Debugger (?:listening|ending) on (ws://\\S{1,200})\\n',
  'For help, see: https://nodejs\\.org/\\S{0,200}(?:inspector|debugging)\\S{0,200}\\n',
  'Debugger attached\\.\\n',
  'Waiting for the debugger to disconnect\\.\\.\\.\\n',
  '(Starting inspector on \\S{1,200} failed: [^\\n]{0,1000})\\n',
].join('|'), 'g');
