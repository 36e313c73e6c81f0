import type { Notice } from './model';

/** Collects notices while an assembly is read; each is said once. */
export class Notices {
  private readonly notices = new Map<string, Notice>();

  public add(code: string, subject: string, text: string): void {
    this.notices.set(JSON.stringify([code, subject, text]), { code, subject, text });
  }

  public all(): readonly Notice[] {
    return [...this.notices.values()];
  }
}
