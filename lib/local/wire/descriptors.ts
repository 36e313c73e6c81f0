import * as fs from 'fs';

/**
 * Counts the sockets of this process, so that it does not run out of file descriptors: then the system would drop clients without a word,
 * and processes of functions could not start any more.
 */
export class Descriptors {
  private sockets = 0;
  private most?: number;

  /** @param readLimit how many descriptors the process may have */
  public constructor(private readonly readLimit: () => number = limitOfProcess) {}

  /** Whether there is room for one more socket, which is then counted. */
  public take(): boolean {
    // No system allows fewer.
    if (this.sockets >= UNCHECKED) {
      this.most ??= mostSockets(this.readLimit());
      if (this.sockets >= this.most) return false;
    }
    this.sockets++;
    return true;
  }

  public free(): void {
    this.sockets--;
  }
}

/** Those of all gateways of this process. */
export const descriptors = new Descriptors();

const UNCHECKED = 16;

/** Descriptors for everything that is no client: pipes of functions, watched folders, files. */
const RESERVE = 512;

function mostSockets(limit: number): number {
  return Math.max(UNCHECKED, limit - Math.min(RESERVE, Math.ceil(limit / 2)));
}

/** Node.js raises the limit to the highest that the system allows it. */
function limitOfProcess(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8')) ?? [];
    if (limit !== undefined) return Number(limit);
  } catch {
    // Not Linux.
  }
  const { userLimits } = process.report.getReport() as { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isNaN(soft) ? Infinity : soft;
}
