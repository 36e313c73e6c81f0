import * as fs from 'fs';
import * as path from 'path';
import type { ToolAnswer, ToolCall } from '../wire/tools';

/** The page, by what follows `/_ws`. */
const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
};

/** Beside the bundle, and beside this folder where the sources run. */
const FOLDERS = ['page', '../page'].map((folder) => path.join(__dirname, folder));

/** Serves the files of the page, each read when it is asked for: they are few, and asked for seldom. */
export async function servePage({ method, rest }: Pick<ToolCall, 'method' | 'rest'>): Promise<ToolAnswer> {
  const asked = Object.hasOwn(FILES, rest) ? FILES[rest] : undefined;
  if (!asked) return { status: 404, json: { message: 'the gateway has nothing there' } };
  if (method !== 'GET') return { status: 405, json: { message: 'the page takes GET' } };
  for (const folder of FOLDERS) {
    try {
      return { status: 200, text: await fs.promises.readFile(path.join(folder, asked.file), 'utf8'), type: asked.type };
    } catch {
      // The other folder has it.
    }
  }
  return { status: 404, json: { message: `${asked.file} is not in this package` } };
}
