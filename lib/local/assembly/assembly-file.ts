import * as fs from 'fs';
import { GatewayError } from '../gateway-error';
import { JsonObject } from './json';
import { isRecord } from '../protocol/json';

/**
 * A JSON file of an assembly.
 *
 * Fails with ASSEMBLY_BROKEN if it is missing, cut off or no JSON object.
 */
export function readAssemblyFile(file: string): JsonObject {
  const value = parse(file, read(file));
  if (!isRecord(value)) throw broken(file, 'holds no JSON object');
  return value;
}

export function broken(file: string, what: string): GatewayError {
  return new GatewayError('ASSEMBLY_BROKEN', `${file} ${what}; run \`cdk synth\` again`);
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw broken(file, code === 'ENOENT' ? 'is missing' : `cannot be read (${firstLine(message)})`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(file, `is no JSON (${firstLine((error as Error).message)})`);
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0];
}
