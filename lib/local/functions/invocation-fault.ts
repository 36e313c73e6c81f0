/** Milliseconds until a fault kills a process that has not answered before. */
const KILLED_AFTER = 100;

/** What a fault does to an invocation (docs/faults.md). */
export interface InvocationFault {
  /** Milliseconds that its process holds it back; they count as time of the handler. */
  readonly delay?: number;
  /** Whether its process is killed before it can answer. */
  readonly kill?: boolean;
  /** Calls back when the clock of the gateway has gone on, or when all faults have ended. */
  readonly after: (milliseconds: number, run: (hasEnded: boolean) => void) => void;
}

/** The process of an invocation with a fault, which is the only one in it. */
interface FaultyRun {
  /** Milliseconds that the function may run. */
  readonly timeout: number;
  readonly isOver: () => boolean;
  readonly send: () => void;
  readonly crash: () => void;
  readonly timeOut: () => void;
}

/** Sends an invocation to its process, as late as the fault demands, and ends the process if it does. */
export function runFaulty({ delay = 0, kill, after }: InvocationFault, { timeout, isOver, send, crash, timeOut }: FaultyRun): void {
  if (kill) {
    send();
    after(KILLED_AFTER, (hasEnded) => { if (!hasEnded && !isOver()) crash(); });
    return;
  }
  after(Math.min(delay, timeout), (hasEnded) => {
    if (isOver()) return;
    if (hasEnded || delay < timeout) send();
    else timeOut();
  });
}
