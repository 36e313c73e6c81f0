import * as fs from 'fs';
import { Fault } from '../problem';

/** The JSON object in a file, or what is wrong with the file. */
export function readSchemaFile(file: string): { readonly schema: object } | Fault {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : `cannot be read (${(error as Error).message})`;
    return { reason, remedy: 'name a JSON file, relative to the directory that the app runs in or absolute' };
  }
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return { schema };
    return { reason: 'holds JSON that is no object', remedy: 'put a JSON Schema into it, for example { "type": "object" }' };
  } catch (error) {
    return { reason: `is not JSON: line ${lineAndColumn(text)}: ${(error as Error).message.replace(/\s+/g, ' ')}`, remedy: 'mend it' };
  }
}

/** Node.js tells the place of some errors only: it is the end of the shortest beginning that no text could complete. */
function lineAndColumn(text: string): string {
  let [sound, broken] = [0, text.length + 1];
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (isBeginning(text.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  const lines = text.slice(0, sound).split(/\r?\n/);
  return `${lines.length}, column ${lines[lines.length - 1].length + 1}`;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('end of JSON input')) return true;
    return Number(/ at position (\d+)/.exec(message)?.[1] ?? -1) === text.length;
  }
}
