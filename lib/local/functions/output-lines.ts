/** A line that a handler printed; without a request id, no invocation ran. */
export interface OutputLine {
  readonly functionId: string;
  readonly requestId?: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Makes lines of what a process prints in pieces; what has no line feed yet is kept until one comes or its invocation ends. */
export class OutputLines {
  private readonly partial = { stdout: '', stderr: '' };
  private requestId?: string;

  public constructor(private readonly functionId: string, private readonly onLine: (line: OutputLine) => void) {}

  public add(stream: 'stdout' | 'stderr', requestId: string | undefined, text: string): void {
    if (requestId !== this.requestId) this.flush();
    this.requestId = requestId;
    const lines = (this.partial[stream] + text).split('\n');
    this.partial[stream] = lines.pop() ?? '';
    for (const line of lines) this.emit(stream, line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  public flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.partial[stream] === '') continue;
      this.emit(stream, this.partial[stream]);
      this.partial[stream] = '';
    }
  }

  private emit(stream: 'stdout' | 'stderr', text: string): void {
    const { functionId, requestId } = this;
    this.onLine(requestId === undefined ? { functionId, stream, text } : { functionId, requestId, stream, text });
  }
}
