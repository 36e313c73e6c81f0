import type { LineCounter } from 'yaml';
import type { Position } from '../service';
import type { Json } from '../template';

/** A value of a configuration while it is read: variables are replaced in place. */
export type Mutable = null | boolean | number | string | Mutable[] | MutableObject;

export interface MutableObject {
  [name: string]: Mutable;
}

export type Path = ReadonlyArray<string | number>;

/** A file that was read, and where its lines begin. */
export interface SourceFile {
  readonly file: string;
  readonly lines: LineCounter;
}

interface Origin {
  readonly source: SourceFile;
  /** Offsets of keys and items. */
  readonly offsets: Map<string, number>;
}

/** Nodes of one configuration, those of all files and all copies included: a small file may copy itself into a large one. */
const MAX_NODES = 500_000;

/** Levels of one value. */
const MAX_DEPTH = 100;

/** Where the keys of objects stand in files. Copies made by `copy` stand where their originals stand. */
export class Origins {
  private readonly origins = new WeakMap<object, Origin>();
  private nodes = 0;

  set(holder: object, key: string | number, source: SourceFile, offset: number): void {
    let origin = this.origins.get(holder);
    if (origin === undefined) {
      origin = { source, offsets: new Map() };
      this.origins.set(holder, origin);
    }
    origin.offsets.set(String(key), offset);
  }

  /** Where the key at the path stands, if it was read from a file. */
  position(root: Mutable, path: Path): Position | undefined {
    let [value, found]: [Mutable | undefined, Position | undefined] = [root, undefined];
    for (const key of path) {
      found = this.own(value, key);
      value = member(value, key);
    }
    return found;
  }

  /** As `position`, or where the innermost key above it stands. */
  nearest(root: Mutable, path: Path): Position | undefined {
    let [value, found]: [Mutable | undefined, Position | undefined] = [root, undefined];
    for (const key of path) {
      found = this.own(value, key) ?? found;
      value = member(value, key);
    }
    return found;
  }

  /** A deep copy. Throws a `RangeError` if the configuration becomes too large or too deep. */
  copy(value: Mutable | Json, depth = 0): Mutable {
    if (++this.nodes > MAX_NODES) {
      throw new RangeError(`the configuration has more than ${MAX_NODES} values, those of its copies included`);
    } else if (depth > MAX_DEPTH) {
      throw new RangeError(`values lie more than ${MAX_DEPTH} levels deep`);
    } else if (value === null || typeof value !== 'object') {
      return value;
    }
    const copied: Mutable = Array.isArray(value) ? value.map((item) => this.copy(item, depth + 1)) : {};
    if (!Array.isArray(copied)) {
      for (const [key, each] of Object.entries(value)) {
        setMember(copied, key, this.copy(each, depth + 1));
      }
    }
    const origin = this.origins.get(value);
    if (origin !== undefined) {
      this.origins.set(copied, origin);
    }
    return copied;
  }

  /** What stands at `key` of the one object stands at `key` of the other too. */
  share(from: object, to: object, key: string): void {
    const origin = this.origins.get(from);
    const offset = origin?.offsets.get(key);
    if (origin !== undefined && offset !== undefined) {
      this.set(to, key, origin.source, offset);
    }
  }

  private own(holder: Mutable | undefined, key: string | number): Position | undefined {
    const origin = typeof holder === 'object' && holder !== null ? this.origins.get(holder) : undefined;
    const offset = origin?.offsets.get(String(key));
    return origin === undefined || offset === undefined ? undefined : positionAt(origin.source, offset);
  }
}

export function positionAt(source: SourceFile, offset: number): Position {
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The own member of an object, or the item (or length) of a list; never what a prototype has. */
export function member(value: Mutable | undefined, key: string | number): Mutable | undefined {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) {
    return undefined;
  }
  return (value as MutableObject)[key];
}

/** Sets an own member, whatever its name. */
export function setMember(target: Mutable[] | MutableObject, key: string | number, value: Mutable): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** `functions.a.events[0]` */
export function readable(keys: Path): string {
  return keys.map((key, index) => /^[0-9]+$/.test(String(key)) ? `[${key}]` : index === 0 ? key : `.${key}`).join('');
}
