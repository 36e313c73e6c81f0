import type { Notice } from './model';

/** Collects notices while an assembly is read; each is said once, and begins with what it is about. */
export class Notices {
  private readonly notices = new Map<string, Notice>();

  /** @param complaint what is to be said of the subject, which it need not name */
  public add(code: string, subject: string, complaint: string): void {
    this.notices.set(JSON.stringify([code, subject, complaint]), { code, subject, text: `${subject}: ${complaint}` });
  }

  public all(): readonly Notice[] {
    return [...this.notices.values()];
  }
}
