import type { HandlerProcess } from './handler-process';
import type { Invocation } from './invocation';

/**
 * The processes of a function: those with its newest code, those with code before it that serve until that is ready, and those that
 * only finish what they run.
 */
export class FunctionProcesses {
  private current: HandlerProcess[] = [];
  private former: HandlerProcess[] = [];
  private readonly retired = new Set<HandlerProcess>();

  /** The number of processes with the newest code. */
  public get size(): number {
    return this.current.length;
  }

  /** The number of processes with older code that may still serve. */
  public get formerCount(): number {
    return this.former.length;
  }

  public get retiredCount(): number {
    return this.retired.size;
  }

  /** The processes that may serve, those with the newest code first, the oldest process first among them. */
  public get serving(): readonly HandlerProcess[] {
    return this.former.length === 0 ? this.current : [...this.current, ...this.former];
  }

  public get all(): readonly HandlerProcess[] {
    return [...this.current, ...this.former, ...this.retired];
  }

  public get startingCount(): number {
    return this.current.filter(({ starting }) => starting).length;
  }

  /** The busy processes with the newest code. */
  public get busy(): readonly HandlerProcess[] {
    return this.current.filter(({ given }) => given > 0);
  }

  /** Something was handed ahead, which may have to be taken back. */
  public get haveAhead(): boolean {
    return this.current.some(isAhead) || this.former.some(isAhead) || (this.retired.size > 0 && [...this.retired].some(isAhead));
  }

  public add(process: HandlerProcess): void {
    this.current.push(process);
  }

  /**
   * Called when there is new code. Ready processes serve until that is ready too. Of the starting ones, the process that will be ready
   * first goes on, so that there is newer code in the end however fast saves follow each other.
   *
   * @returns the others, which may serve no more
   */
  public supersede(): readonly HandlerProcess[] {
    const before = [...this.former, ...this.current];
    const first = before.find(({ starting }) => starting);
    this.former = before.filter((process) => !process.starting || process === first);
    this.current = [];
    return this.retire(before.filter((process) => !this.former.includes(process)));
  }

  /** A process has become ready. @returns the processes with older code, which may serve no more */
  public supersededBy(ready: HandlerProcess): readonly HandlerProcess[] {
    const isOlder = ({ version }: HandlerProcess): boolean => version < ready.version;
    const older = this.former.filter(isOlder);
    if (older.length > 0) this.former = this.former.filter((process) => !isOlder(process));
    return this.retire(older);
  }

  /** The newest code must be the only one running (`--inspect`). @returns the processes that may serve no more */
  public retireFormer(mayStay: (process: HandlerProcess) => boolean = () => false): readonly HandlerProcess[] {
    const gone = this.former.filter((process) => !mayStay(process));
    this.former = this.former.filter(mayStay);
    return this.retire(gone);
  }

  /** It has ended. @returns which it was */
  public remove(process: HandlerProcess): 'current' | 'former' | 'retired' {
    if (this.retired.delete(process)) return 'retired';
    const which = this.former.includes(process) ? 'former' : 'current';
    this.former = this.former.filter((other) => other !== process);
    this.current = this.current.filter((other) => other !== process);
    return which;
  }

  /** What is stuck behind slow invocations, in order. */
  public takeStuck(readUpTo: number): readonly Invocation[] {
    return this.all.flatMap((process) => process.takeStuck(readUpTo));
  }

  private retire(processes: readonly HandlerProcess[]): readonly HandlerProcess[] {
    processes.forEach((process) => this.retired.add(process));
    return processes;
  }
}

function isAhead({ given }: HandlerProcess): boolean {
  return given > 1;
}
