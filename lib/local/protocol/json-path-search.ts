import { isRecord, member, shortened } from './json';

/** Values that one search may look at: some tenths of a second of work, and far more than a message of 128 KB holds. */
const MOST_VISITS = 1_000_000;

/** A JSONPath that API Gateway supports and the gateway does not, or a search that visits too many values. */
export class UnusablePath extends Error {
  public constructor(path: string, what: string) {
    super(`the JSONPath ${quotedPath(path)} ${what}`);
  }
}

/** @param path what follows `$` */
export function quotedPath(path: string): string {
  return shortened(`$${path}`);
}

/** Counts the values that a search may still look at. */
export class Budget {
  private left = MOST_VISITS;

  public constructor(private readonly path: string) {}

  public spend(visits: number): void {
    this.left -= visits;
    if (this.left < 0) throw new UnusablePath(this.path, `visits more than ${MOST_VISITS} values`);
  }
}

export interface PathStep {
  /** After `..`: the step also applies to everything below. */
  readonly descends: boolean;
  readonly selector: Selector;
}

export interface Selector {
  /** Whether the step finds at most one value. A path of such steps finds a value, any other path a list (4.1.3). */
  readonly isSingular: boolean;
  readonly select: (holder: unknown, budget: Budget) => readonly unknown[];
}

export interface JsonPath {
  readonly steps: readonly PathStep[];
  readonly measures: boolean;
}

export function search({ steps, measures }: JsonPath, json: unknown, budget: Budget): unknown {
  let found: unknown[] = [json];
  for (const { descends, selector } of steps) {
    const next: unknown[] = [];
    for (const top of found) {
      for (const holder of descends ? withDescendants(top, budget) : [top]) {
        const selected = selector.select(holder, budget);
        budget.spend(1 + selected.length);
        for (const value of selected) if (value !== undefined) next.push(value);
      }
    }
    found = next;
  }
  const isSingular = steps.every(({ descends, selector }) => !descends && selector.isSingular);
  const result = isSingular || found.length === 0 ? found[0] : found;
  return measures ? length(result) : result;
}

/** Yields each value before the values in it, without recursion: JSON may be nested deeper than the stack. */
function* withDescendants(top: unknown, budget: Budget): Generator<unknown> {
  const pending = [top];
  while (pending.length > 0) {
    const value = pending.pop();
    yield value;
    const below = children(value);
    budget.spend(below.length);
    for (let index = below.length - 1; index >= 0; index--) if (typeof below[index] === 'object') pending.push(below[index]);
  }
}

function length(value: unknown): number | undefined {
  if (Array.isArray(value) || typeof value === 'string') return value.length;
  return isRecord(value) ? Object.keys(value).length : undefined;
}

export function named(names: readonly string[]): Selector {
  return { isSingular: names.length === 1, select: (holder) => names.map((name) => member(holder, name)) };
}

export function indexed(indexes: readonly number[]): Selector {
  return { isSingular: indexes.length === 1, select: (holder) => Array.isArray(holder) ? indexes.map((index) => holder.at(index)) : [] };
}

export const ALL: Selector = { isSingular: false, select: children };

export function sliced(start: number | undefined, end: number | undefined, step: number): Selector {
  return {
    isSingular: false,
    select: (holder) => (Array.isArray(holder) ? holder.slice(start, end) : []).filter((_, index) => index % step === 0),
  };
}

/** The values in a list or an object. */
export function children(holder: unknown): readonly unknown[] {
  if (Array.isArray(holder)) return holder;
  return isRecord(holder) ? Object.values(holder) : [];
}
