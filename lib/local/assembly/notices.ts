import type { Notice } from './local-app';

/** The most names that a notice lists; the rest are counted. */
const NAMED = 3;

/** Collects notices while an assembly is read, one for each cause. The text of a notice begins with its subjects. */
export class Notices {
  /** By code and text. */
  private readonly causes = new Map<string, { readonly code: string; readonly text: string; readonly subjects: Set<string> }>();

  /** @param text a sentence about the subject, without naming it */
  public add(code: string, subject: string, text: string): void {
    const key = JSON.stringify([code, text]);
    const cause = this.causes.get(key) ?? { code, text, subjects: new Set<string>() };
    cause.subjects.add(subject);
    this.causes.set(key, cause);
  }

  public all(): readonly Notice[] {
    return [...this.causes.values()].map(({ code, text, subjects }) => (
      { code, subject: [...subjects].join(', '), text: `${listed([...subjects])}: ${text}` }
    ));
  }
}

/** `src/a.send`, or `12 functions (src/a.send, src/b.send, src/c.send and 9 more)`; without a noun, only the names. */
export function listed(names: readonly string[], noun?: string): string {
  if (names.length === 1) return names[0];
  const more = names.length - NAMED;
  const list = `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return noun === undefined ? list : `${names.length} ${noun} (${list})`;
}
