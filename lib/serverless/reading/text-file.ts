import * as fs from 'node:fs';
import { ServerlessFileError } from '../file-error';

const MAX_BYTES = 10_000_000;

/** `undefined` if there is no such file. A device or pipe is never read: it may have no end. */
export function readText(file: string): string | undefined {
  try {
    return isFile(file) ? fs.readFileSync(file, 'utf8') : undefined;
  } catch (error) {
    throw error instanceof ServerlessFileError ? error
      : new ServerlessFileError(file, `the file cannot be read: ${(error as Error).message}`);
  }
}

/** Throws if something else than a file of reasonable size has this path. */
export function isFile(file: string): boolean {
  let stat: fs.Stats;
  try {
    stat = fs.statSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return false;
    }
    throw new ServerlessFileError(file, `the file cannot be read: ${message}`);
  }
  if (!stat.isFile()) {
    throw new ServerlessFileError(file, `this is ${stat.isDirectory() ? 'a folder' : 'not a regular file'}; name a file.`);
  } else if (stat.size > MAX_BYTES) {
    throw new ServerlessFileError(file, `the file has more than ${MAX_BYTES / 1_000_000} MB.`);
  }
  return true;
}
