import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../gateway-error';

/** The record of what `migrate` wrote into a folder: hashes of contents, by path. */
const RECORD = '.migrated.json';

/** What no `migrate` writes, and may be there: the folder is the user's to install and synthesize in. */
const IGNORED: ReadonlySet<string> = new Set([
  'node_modules', 'cdk.out', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'cdk.context.json', '.git', '.DS_Store',
]);

/** The folder that an app is written into. It never loses a file that `migrate` did not write, or that somebody has changed since. */
export class OutputFolder {
  public constructor(public readonly folder: string) {}

  /**
   * Checks that all files can be written.
   *
   * @throws GatewayError INVALID_OPTION
   */
  public check(files: Iterable<string>): void {
    const stats = fs.statSync(this.folder, { throwIfNoEntry: false });
    if (!stats) return;
    if (!stats.isDirectory()) throw refused(`--out ${this.folder} is a file; name a folder`);
    const record = this.record();
    if (!record) {
      const found = fs.readdirSync(this.folder).filter((name) => !IGNORED.has(name));
      if (found.length === 0) return;
      throw refused(`--out ${this.folder} has files that migrate did not write (${few(found)}); name a new or an empty folder`);
    }
    const [foreign, changed] = [[...files].filter((file) => !record.has(file) && this.has(file)), this.changed(record)];
    if (foreign.length > 0) {
      throw refused(`--out ${this.folder} has files that migrate did not write, and would overwrite: ${few(foreign)}; `
        + 'move them, or name another folder');
    }
    if (changed.length === 0) return;
    throw refused(`--out ${this.folder}: ${few(changed)} changed since migrate wrote ${changed.length === 1 ? 'it' : 'them'}, and would be `
      + 'overwritten; name another folder and compare the two, or delete what you do not need');
  }

  /** Writes all files or, if one cannot be written, none. Files of an earlier run that are not among them are removed. */
  public write(files: ReadonlyMap<string, string>): void {
    this.check(files.keys());
    const before = new Map([...this.record()?.keys() ?? [], ...files.keys()].map((file) => [file, this.read(file)]));
    const isNew = !fs.existsSync(this.folder);
    try {
      for (const file of before.keys()) if (!files.has(file)) fs.rmSync(this.fileOf(file), { force: true });
      for (const [file, text] of files) this.put(file, text);
      this.put(RECORD, `${JSON.stringify(Object.fromEntries([...files].map(([file, text]) => [file, hashOf(text)])), undefined, 2)}\n`);
    } catch (error) {
      if (isNew) fs.rmSync(this.folder, { recursive: true, force: true });
      else this.restore(before);
      throw refused(`--out ${this.folder} cannot be written: ${(error as Error).message}`);
    }
  }

  private restore(before: ReadonlyMap<string, string | undefined>): void {
    for (const [file, text] of before) {
      try {
        if (text === undefined) fs.rmSync(this.fileOf(file), { force: true });
        else this.put(file, text);
      } catch {
        // The first error is the one to report.
      }
    }
  }

  /** Files of the record that somebody has changed; one that is gone is no loss. */
  private changed(record: ReadonlyMap<string, string>): string[] {
    return [...record].filter(([file, hash]) => {
      const text = this.read(file);
      return text !== undefined && hashOf(text) !== hash;
    }).map(([file]) => file);
  }

  private record(): ReadonlyMap<string, string> | undefined {
    const text = this.read(RECORD);
    if (text === undefined) return undefined;
    try {
      const entries = Object.entries(JSON.parse(text) as Record<string, string>);
      // The record may name files in the folder only.
      if (entries.every(([file, hash]) => typeof hash === 'string' && isWithin(file))) return new Map(entries);
    } catch {
      // As below.
    }
    throw refused(`--out ${this.folder}: ${RECORD} is not what migrate wrote; name another folder`);
  }

  private has(file: string): boolean {
    return fs.lstatSync(this.fileOf(file), { throwIfNoEntry: false }) !== undefined;
  }

  private read(file: string): string | undefined {
    try {
      return fs.readFileSync(this.fileOf(file), 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
      throw refused(`${this.fileOf(file)} cannot be read: ${(error as Error).message}`);
    }
  }

  private put(file: string, text: string): void {
    fs.mkdirSync(path.dirname(this.fileOf(file)), { recursive: true });
    fs.writeFileSync(this.fileOf(file), text);
  }

  private fileOf(file: string): string {
    return path.join(this.folder, file);
  }
}

function isWithin(file: string): boolean {
  return !path.isAbsolute(file) && !path.normalize(file).split(/[\\/]/).includes('..');
}

function hashOf(text: string): string {
  // A line ending that Git changes is no change.
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16);
}

function few(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function refused(message: string): GatewayError {
  return new GatewayError('INVALID_OPTION', message);
}
