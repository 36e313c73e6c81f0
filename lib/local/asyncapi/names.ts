/** Names that AsyncAPI takes, each of them once: route keys, models and parameters may have any characters. */
export class Names {
  private readonly used: Set<string>;

  /** @param used - names that are taken */
  public constructor(used: readonly string[] = []) {
    this.used = new Set(used);
  }

  public of(text: string): string {
    const base = text.replace(/[^A-Za-z0-9.-]+/g, '_').replace(/^[_.]+|[_.]+$/g, '') || 'route';
    let name = base;
    for (let count = 2; this.used.has(name); count++) name = `${base}_${count}`;
    this.used.add(name);
    return name;
  }
}
