import { createContext, Script } from 'vm';
import { shortened } from './json';

/**
 * Milliseconds for which one piece of work may block the gateway's only thread, if input can make the work endless: a regular expression,
 * a model, a mapping template.
 */
const MOST_MS = 200;

/** Measures one piece of work. */
export class Stopwatch {
  private readonly startedAt = process.cpuUsage();
  private pause = performance.now() + MOST_MS;

  /** Whether the work has used up its time. Time for which a busy machine did not run the work does not count. */
  public get isOver(): boolean {
    const now = performance.now();
    if (now < this.pause) return false;
    const { user, system } = process.cpuUsage(this.startedAt);
    const used = (user + system) / 1_000;
    if (used >= MOST_MS / 2) return true;
    this.pause = now + MOST_MS / 2;
    return false;
  }

  /** @throws Error if the work has used up its time */
  public check(): void {
    if (this.isOver) throw overTime('it');
  }
}

/** Made with the first use: that takes longer than the whole module. */
let context: { work?: () => void } | undefined;
const script = new Script('work()');

/**
 * Runs work that cannot check the clock itself, such as a regular expression; V8 interrupts it. Costs about 60 microseconds.
 *
 * @param work runs again if a busy machine gave it too little time
 * @param what names the work in the message
 * @throws Error if the work takes too long
 */
export function bounded<T>(work: () => T, what = 'it'): T {
  const stopwatch = new Stopwatch();
  context ??= createContext(Object.create(null) as { work?: () => void });
  for (;;) {
    let result: { readonly value: T } | undefined;
    context.work = () => {
      result = { value: work() };
    };
    try {
      script.runInContext(context, { timeout: MOST_MS });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw thrown;
      if (stopwatch.isOver) throw overTime(what);
      continue;
    } finally {
      context.work = undefined;
    }
    return result!.value;
  }
}

const REPEATS = /[*+?{]/;
/** Characters of a pattern: each may be compared with each character of the text. */
const SHORT_PATTERN = 256;
/** Alternatives of a pattern: each may double the ways through it. */
const FEW_ALTERNATIVES = 8;

/** Whether matching a pattern takes about as long as reading the text. */
function isQuick(pattern: string): boolean {
  if (pattern.length > SHORT_PATTERN || REPEATS.test(pattern.replaceAll('(?:', '('))) return false;
  return pattern.split('|').length <= FEW_ALTERNATIVES;
}

/** Applies a regular expression of an app or a client, with a time limit unless the expression cannot take long. */
export function boundedMatch<T>(pattern: string, work: (pattern: RegExp) => T, flags?: string): T {
  const expression = new RegExp(pattern, flags);
  if (isQuick(pattern)) return work(expression);
  return bounded(() => work(expression), `the regular expression ${shortened(`/${pattern}/`)}`);
}

function overTime(what: string): Error {
  return new Error(`${what} took longer than ${MOST_MS} ms, the limit for work that blocks the only thread of the gateway`);
}
