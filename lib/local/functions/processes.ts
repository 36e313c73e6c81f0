import type { Invocation } from './invoker';
import type { HandlerProcess } from './process';

/**
 * The processes of a function: *current* ones with its newest code, *former* ones with older code that serve until the newest is ready,
 * and *retired* ones that only finish what is in flight.
 */
export class FunctionProcesses {
  private current: HandlerProcess[] = [];
  private former: HandlerProcess[] = [];
  private readonly retired = new Set<HandlerProcess>();

  public get currentCount(): number {
    return this.current.length;
  }

  public get formerCount(): number {
    return this.former.length;
  }

  public get all(): readonly HandlerProcess[] {
    return [...this.current, ...this.former, ...this.retired];
  }

  /** The processes that may serve: those with the newest code first, and the oldest process first among them. */
  public get serving(): readonly HandlerProcess[] {
    return this.former.length === 0 ? this.current : [...this.current, ...this.former];
  }

  public get startingCount(): number {
    return this.current.filter(({ isStarting }) => isStarting).length;
  }

  /** The busy processes with the newest code. */
  public get busy(): readonly HandlerProcess[] {
    return this.current.filter(({ load }) => load > 0);
  }

  /** Whether an invocation is prefetched somewhere, which may have to be revoked. */
  public get havePrefetched(): boolean {
    return this.current.some(hasPrefetched) || this.former.some(hasPrefetched)
      || (this.retired.size > 0 && [...this.retired].some(hasPrefetched));
  }

  public add(process: HandlerProcess): void {
    this.current.push(process);
  }

  /**
   * Ready processes become former ones, since new code arrived. Of the starting processes, the one that will be ready first stays, so newer
   * code is ready in the end however fast saves follow each other.
   *
   * @returns the other starting processes, which are retired
   */
  public supersede(): readonly HandlerProcess[] {
    const before = [...this.former, ...this.current];
    const first = before.find(({ isStarting }) => isStarting);
    this.former = before.filter((process) => !process.isStarting || process === first);
    this.current = [];
    return this.retire(before.filter((process) => !this.former.includes(process)));
  }

  /** A process is ready, so those with older code are retired. @returns them */
  public retireOlder({ version }: HandlerProcess): readonly HandlerProcess[] {
    return this.retireFormer((process) => process.version >= version);
  }

  /** @returns the former processes that may not stay, which are retired */
  public retireFormer(mayStay: (process: HandlerProcess) => boolean = () => false): readonly HandlerProcess[] {
    if (this.former.length === 0) return [];
    const retired = this.former.filter((process) => !mayStay(process));
    this.former = this.former.filter(mayStay);
    return this.retire(retired);
  }

  /** The process has ended. @returns what it was */
  public remove(process: HandlerProcess): 'current' | 'former' | 'retired' {
    if (this.retired.delete(process)) return 'retired';
    const which = this.former.includes(process) ? 'former' : 'current';
    this.former = this.former.filter((other) => other !== process);
    this.current = this.current.filter((other) => other !== process);
    return which;
  }

  /** Takes back what is stuck behind slow invocations, in order. */
  public revokeExpired(readUpTo: number): readonly Invocation[] {
    return this.all.flatMap((process) => process.revokeExpired(readUpTo));
  }

  private retire(processes: readonly HandlerProcess[]): readonly HandlerProcess[] {
    processes.forEach((process) => this.retired.add(process));
    return processes;
  }
}

function hasPrefetched({ load }: HandlerProcess): boolean {
  return load > 1;
}
