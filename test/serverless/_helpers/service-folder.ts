import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readServerlessFile } from '../../../lib/serverless/reading/read-service';
import type { ReadOptions, ServerlessService } from '../../../lib/serverless/service';

const folders: string[] = [];

afterAll(() => folders.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

/** A folder with the given files, removed after the suite. Its path has no symbolic links, so that errors name it as it is. */
export function serviceFolder(files: Readonly<Record<string, string>>): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'service-')));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** Reads a service whose `serverless.yml` is the given text. */
export function readYml(text: string, options: Partial<ReadOptions> = {}, files: Readonly<Record<string, string>> = {}): ServerlessService {
  const folder = serviceFolder({ ...files, 'serverless.yml': text });
  return readServerlessFile({ path: path.join(folder, 'serverless.yml'), environment: {}, ...options });
}

/** What is wrong with such a service, with the folder's path left out. */
export function problemOf(text: string, options: Partial<ReadOptions> = {}, files: Readonly<Record<string, string>> = {}): string {
  const folder = serviceFolder({ ...files, 'serverless.yml': text });
  try {
    readServerlessFile({ path: path.join(folder, 'serverless.yml'), environment: {}, ...options });
  } catch (error) {
    return String(error).replaceAll(`${folder}/`, '');
  }
  throw new Error('The service was read.');
}

/** A service with one function `conn`, whose events are the given lines; further lines follow. */
export function withEvents(events: readonly string[], ...rest: string[]): string {
  return [
    'service: chat', 'provider:', '  name: aws', ...rest, 'functions:', '  conn:', '    handler: h.h', '    events:',
    ...events.map((line) => `      ${line}`), '  auth:', '    handler: h.h', '',
  ].join('\n');
}
