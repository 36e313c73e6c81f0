import { ServerlessFileError } from '../file-error';
import type { Mutable, MutableObject, Origins, Path } from './origins';
import { nearest } from '../../private/nearest';
import type { Position, ServerlessNotice } from '../service';

/** A configuration whose variables are resolved, and what is noticed while it is looked through. */
export class Configuration {
  readonly notices: ServerlessNotice[] = [];
  readonly uncovered: ServerlessNotice[] = [];

  constructor(readonly file: string, readonly root: MutableObject, private readonly origins: Origins) {}

  /** Where a key stands, in whatever file it stands. */
  position(path: Path): Position | undefined {
    return this.origins.position(this.root, path);
  }

  notice(code: string, path: Path, text: string): void {
    this.notices.push({ code, text, position: this.origins.nearest(this.root, path) });
  }

  /** A key that the schema of Serverless does not know: an error if the file asks for it, else it has no effect. */
  unknownKey(path: Path, what: string, near?: string): void {
    const key = `"${path[path.length - 1]}" is not a key of ${what}`;
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
    if (this.root.configValidationMode === 'error') {
      this.fail(path, `${key}, which "configValidationMode: error" refuses.${hint}`);
    }
    this.notice('unknownKey', path, `${key}; Serverless does nothing with it.${hint}`);
  }

  /** Unknown keys of an object; those without a value do not count. */
  checkKeys(value: MutableObject, known: readonly string[], path: Path, what: string): void {
    for (const key of Object.keys(value).filter((each) => !known.includes(each) && value[each] !== null)) {
      this.unknownKey([...path, key], what, nearest(key, known));
    }
  }

  /** What only a compiled template can carry over. */
  leave(code: string, path: Path, text: string): void {
    this.uncovered.push({ code, text, position: this.origins.nearest(this.root, path) });
  }

  fail(path: Path, problem: string): never {
    throw new ServerlessFileError(this.origins.nearest(this.root, path) ?? this.file, problem);
  }
}

/** A value as an error shows it. */
export function shown(value: Mutable | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
