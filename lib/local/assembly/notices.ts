import type { Notice } from './model';

/** Names listed in a notice; the rest are counted. */
const NAMED = 3;

/** Collects notices while an assembly is read: one for each cause. The text begins with the subject. */
export class Notices {
  /** By code and complaint. */
  private readonly causes = new Map<string, { readonly code: string; readonly complaint: string; readonly subjects: Set<string> }>();

  /** @param complaint what is to be said of the subject, which it need not name */
  public add(code: string, subject: string, complaint: string): void {
    const key = JSON.stringify([code, complaint]);
    const cause = this.causes.get(key) ?? { code, complaint, subjects: new Set<string>() };
    cause.subjects.add(subject);
    this.causes.set(key, cause);
  }

  public all(): readonly Notice[] {
    return [...this.causes.values()].map(({ code, complaint, subjects }) => (
      { code, subject: [...subjects].join(', '), text: `${listed([...subjects])}: ${complaint}` }
    ));
  }
}

/** `src/a.send`, or `12 functions (src/a.send, src/b.send, src/c.send and 9 more)`; without a noun the names alone. */
export function listed(names: readonly string[], noun?: string): string {
  if (names.length === 1) return names[0];
  const more = names.length - NAMED;
  const list = `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return noun === undefined ? list : `${names.length} ${noun} (${list})`;
}
