/** A line that a handler printed; without a request id, no invocation ran. */
export interface OutputLine {
  readonly functionId: string;
  readonly requestId?: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The most characters of a printed line, about the bytes of a CloudWatch Logs event: the rest is dropped. */
const LONGEST_LINE = 1_048_576;
const CUT = ` [cut: a line has at most ${LONGEST_LINE} characters]`;

/** Characters to process between two checks of the clock. */
const PIECE = 1_024;

/** A line that is not complete yet. */
interface Partial {
  text: string;
  /** The beginning was emitted already; the rest is dropped. */
  cut: boolean;
}

/** Makes lines of what a process prints in pieces; what has no line feed yet is kept until one comes or its invocation ends. */
export class OutputLines {
  private readonly partial: Readonly<Record<'stdout' | 'stderr', Partial>> = { stdout: { text: '', cut: false }, stderr: { text: '', cut: false } };
  private requestId?: string;

  public constructor(private readonly functionId: string, private readonly onLine: (line: OutputLine) => void) {}

  public add(stream: 'stdout' | 'stderr', requestId: string | undefined, text: string): void {
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

  /** The same, until the time is up; returns the remaining text. */
  public addInTurn(stream: 'stdout' | 'stderr', requestId: string | undefined, text: string, isLate: () => boolean): string {
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

  private append(stream: 'stdout' | 'stderr', text: string): void {
    const partial = this.partial[stream];
    if (partial.cut) return;
    partial.text += text;
    if (partial.text.length <= LONGEST_LINE) return;
    this.emit(stream, partial.text.slice(0, LONGEST_LINE) + CUT);
    partial.text = '';
    partial.cut = true;
  }

  private endLine(stream: 'stdout' | 'stderr'): void {
    const { text, cut } = this.partial[stream];
    if (!cut) this.emit(stream, text.endsWith('\r') ? text.slice(0, -1) : text);
    this.reset(stream);
  }

  private reset(stream: 'stdout' | 'stderr'): void {
    this.partial[stream].text = '';
    this.partial[stream].cut = false;
  }

  private emit(stream: 'stdout' | 'stderr', text: string): void {
    const { functionId, requestId } = this;
    this.onLine(requestId === undefined ? { functionId, stream, text } : { functionId, requestId, stream, text });
  }
}
