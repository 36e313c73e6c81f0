import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../gateway-error';

const LOCK = 'gateway.pid';
const DATABASE = 'dynamodb.sqlite';
/** The files of a folder that belongs to the gateway. One of the developer's own must not be closed to others and left out of git. */
const OWN = new RegExp(`^(?:${LOCK}|${DATABASE}|\\.gitignore)`);

/** Losing a race as often as this is a defect. */
const MOST_ATTEMPTS = 20;

/** The folder of `--data`: the tables of one gateway at a time, and of this user only. */
export class DataFolder {
  /** @throws GatewayError INVALID_OPTION if the folder cannot be used, DATA_IN_USE if another gateway uses it */
  public static open(folder: string): DataFolder {
    const directory = path.resolve(folder);
    try {
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      const foreign = fs.readdirSync(directory).find((name) => !OWN.test(name));
      if (foreign !== undefined) throw unusable(folder, `has other files, such as ${foreign}: name a new folder`);
      // The folder may exist with other permissions, and the data of handlers is for this user alone.
      fs.chmodSync(directory, 0o700);
      fs.writeFileSync(path.join(directory, '.gitignore'), '*\n');
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      throw unusable(folder, `cannot be used (${(error as NodeJS.ErrnoException).code}): name one that can be written`);
    }
    return new DataFolder(directory, lock(path.join(directory, LOCK), folder));
  }

  private constructor(public readonly directory: string, private readonly owner: string) {}

  /** The file of the database. */
  public get file(): string {
    return path.join(this.directory, DATABASE);
  }

  public close(): void {
    const file = path.join(this.directory, LOCK);
    if (contents(file) === this.owner) fs.rmSync(file, { force: true });
  }
}

/** Creates the file, and takes over that of a process that is gone. @returns what the file holds */
function lock(file: string, folder: string): string {
  const owner = identity(process.pid);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    if (created(file, owner)) return owner;
    const holder = contents(file);
    if (holder === undefined) continue;
    if (isAlive(holder)) {
      throw new GatewayError('DATA_IN_USE', `the data folder ${JSON.stringify(folder)} is used by another gateway (process `
        + `${parseInt(holder, 10)}); stop that, or name another folder`);
    }
    takeAway(file, holder);
  }
  throw unusable(folder, `cannot be locked: ${file} changes all the time`);
}

/** Of several gateways that see the file of a dead one, one takes it away; a new one, which the first has made by then, is put back. */
function takeAway(file: string, holder: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (contents(aside) !== holder) fs.linkSync(aside, file);
  } catch {
    // Another gateway was quicker.
  }
  fs.rmSync(aside, { force: true });
}

/** Whether the file was created: with its content at once, so that nobody reads half of it. */
function created(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}.new`;
  fs.writeFileSync(draft, text, { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A file system without links.
    return writtenNew(file, text);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function writtenNew(file: string, text: string): boolean {
  try {
    fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

function isAlive(holder: string): boolean {
  const pid = parseInt(holder, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // After a restart of the machine, or of its container, the id may be that of another program.
  return identity(pid) === holder;
}

/** The process id, and where the system tells it (Linux) the time at which the process started. */
function identity(pid: number): string {
  const [, fields] = /^\d+ \(.*\) (.*)$/s.exec(contents(`/proc/${pid}/stat`) ?? '') ?? [];
  return `${pid} ${fields?.split(' ')[19] ?? ''}`.trim();
}

function contents(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function unusable(folder: string, what: string): GatewayError {
  return new GatewayError('INVALID_OPTION', `the data folder ${JSON.stringify(folder)} ${what}`);
}
