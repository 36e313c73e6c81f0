import type { HandlerProcess } from './handler-process';
import type { Invocation } from './invocation';

/** The processes of a function: those with its code, and those that finish what they run of the code before. */
export class FunctionProcesses implements Iterable<HandlerProcess> {
  private current: HandlerProcess[] = [];
  private readonly retired = new Set<HandlerProcess>();

  /** Those with the code of now, oldest first. */
  public [Symbol.iterator](): Iterator<HandlerProcess> {
    return this.current[Symbol.iterator]();
  }

  public get size(): number {
    return this.current.length;
  }

  public get retiredCount(): number {
    return this.retired.size;
  }

  public get all(): readonly HandlerProcess[] {
    return [...this.current, ...this.retired];
  }

  public get startingCount(): number {
    return this.current.filter(({ starting }) => starting).length;
  }

  /** Those that run something. */
  public get busy(): readonly HandlerProcess[] {
    return this.current.filter(({ given }) => given > 0);
  }

  /** Something was handed ahead, which may have to be taken back. */
  public get haveAhead(): boolean {
    return this.current.some(isAhead) || (this.retired.size > 0 && [...this.retired].some(isAhead));
  }

  public add(process: HandlerProcess): void {
    this.current.push(process);
  }

  /** There is new code. */
  public retire(): readonly HandlerProcess[] {
    const before = this.current;
    this.current = [];
    before.forEach((process) => this.retired.add(process));
    return before;
  }

  /** It has ended. @returns which it was */
  public remove(process: HandlerProcess): 'current' | 'retired' {
    this.current = this.current.filter((other) => other !== process);
    return this.retired.delete(process) ? 'retired' : 'current';
  }

  /** What is stuck behind slow invocations, in order. */
  public takeStuck(readUpTo: number): readonly Invocation[] {
    return this.all.flatMap((process) => process.takeStuck(readUpTo));
  }
}

function isAhead({ given }: HandlerProcess): boolean {
  return given > 1;
}
