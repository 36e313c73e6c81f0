import * as fs from 'fs';
import { LONGEST_LINE } from './recorder';
import { LONGEST_HEADER, readHeader, RecordingHeader } from './recording-file';
import { GatewayError } from '../gateway-error';
import { isRecord, own, parsedJson } from '../protocol/json';
import type { TraceEntry } from '../trace';

/** A recording as it was read: data only. */
export interface Recording {
  readonly file: string;
  readonly header: RecordingHeader;
  readonly entries: readonly RecordedEntry[];
  /** Whether the last line is incomplete: the gateway was killed while it wrote. */
  readonly isCutOff: boolean;
}

export interface RecordedEntry {
  /** In the file, from 1. */
  readonly line: number;
  readonly entry: TraceEntry;
}

type Type = 'verb' | 'string' | 'number' | 'boolean' | 'strings' | 'object';

const HANDSHAKE = {
  requestId: 'string', api: 'string?', stage: 'string?', url: 'string', rawHeaders: 'strings', sourceIp: 'string',
} as const;

/** The members of each entry that a replay reads; `?`: may be absent. */
const MEMBERS: Readonly<Record<TraceEntry['type'], Readonly<Record<string, Type | `${Type}?`>>>> = {
  connected: { ...HANDSHAKE, connectionId: 'string', user: 'string?', subprotocol: 'string?', authorizer: 'object?' },
  refused: { ...HANDSHAKE, status: 'number', body: 'string' },
  frame: { connectionId: 'string', direction: 'string', text: 'string', by: 'string?', requestId: 'string?', routeKey: 'string?' },
  invocation: {
    invocationId: 'string',
    requestId: 'string?',
    connectionId: 'string?',
    functionId: 'string',
    target: 'string',
    routeKey: 'string?',
    role: 'string',
    startedAt: 'number',
    duration: 'number',
    event: 'string',
    answer: 'string?',
    error: 'object?',
  },
  post: { verb: 'verb', connectionId: 'string?', requestId: 'string', status: 'number', body: 'string?', userAgent: 'string?' },
  disconnected: { connectionId: 'string', code: 'number', reason: 'string', by: 'string' },
  // For the reader of the file.
  output: {},
  store: {},
  note: {},
};

/** Bytes that are read at a time. */
const CHUNK = 1024 ** 2;

/** @throws GatewayError RECORDING_BROKEN with the line */
export async function readRecording(file: string): Promise<Recording> {
  const entries: RecordedEntry[] = [];
  let header: RecordingHeader | undefined;
  let line = 0;
  let isCutOff = false;
  for await (const { text, isWhole } of linesOf(file)) {
    line++;
    if (!header) {
      const read = isWhole ? readHeader(text) : 'this is not a recording of cdk-websocket-service local --record';
      if (typeof read === 'string') throw broken(file, 1, read);
      header = read;
    } else if (isWhole) {
      const entry = entryOf(file, line, text);
      if (entry) entries.push({ line, entry });
    } else {
      isCutOff = true;
    }
  }
  if (!header) throw broken(file, 1, 'the file is empty');
  return { file, header, entries, isCutOff };
}

export function broken(file: string, line: number, reason: string): GatewayError {
  return new GatewayError('RECORDING_BROKEN', `${file}, line ${line}: ${reason}`);
}

/** The entry of a line, with the members that are known; `undefined` if a replay does not need it. */
function entryOf(file: string, line: number, text: string): TraceEntry | undefined {
  const value = parsedJson(text);
  if (!isRecord(value)) throw broken(file, line, 'the line is not a JSON object; the file is damaged');
  const type = own(value, 'type');
  if (typeof type !== 'string' || !Object.hasOwn(MEMBERS, type)) {
    throw broken(file, line, `there is no entry of type ${JSON.stringify(type) ?? 'undefined'}`);
  }
  const members = Object.entries({ time: 'number' as const, ...MEMBERS[type as TraceEntry['type']] });
  if (members.length === 1) return undefined;
  const entry: Record<string, unknown> = { type };
  for (const [name, wanted] of members) {
    const found = own(value, name);
    if (found === undefined && wanted.endsWith('?')) continue;
    const what = wanted.replace('?', '') as Type;
    if (!isOf(found, what)) throw broken(file, line, `\`${name}\` of an entry of type ${type} must be ${WORDS[what]}`);
    entry[name] = found;
  }
  // Most of a recording, and needed of authorizers only.
  if (type === 'invocation' && entry.role !== 'authorizer') entry.event = '';
  return entry as unknown as TraceEntry;
}

const WORDS: Readonly<Record<Type, string>> = {
  verb: 'POST, GET or DELETE',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  strings: 'a list of texts',
  object: 'an object',
};

function isOf(value: unknown, type: Type): boolean {
  if (type === 'verb') return value === 'POST' || value === 'GET' || value === 'DELETE';
  if (type === 'strings') return Array.isArray(value) && value.every((each) => typeof each === 'string');
  return type === 'object' ? isRecord(value) : typeof value === type;
}

/** The lines of a file; the last one is not whole if nothing ends it. */
async function* linesOf(file: string): AsyncGenerator<{ readonly text: string; readonly isWhole: boolean }> {
  let isFirst = true;
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(file)) {
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf('\n', from);
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      pieces.push(piece);
      length += piece.length;
      if (length > (isFirst ? LONGEST_HEADER : LONGEST_LINE)) {
        throw new GatewayError('RECORDING_BROKEN', isFirst
          ? `${file}, line 1: this is not a recording of cdk-websocket-service local --record`
          : `${file}: a line is longer than ${LONGEST_LINE} bytes; the file is damaged`);
      }
      if (end < 0) break;
      yield { text: Buffer.concat(pieces).toString(), isWhole: true };
      isFirst = false;
      pieces = [];
      length = 0;
      from = end + 1;
    }
  }
  if (length > 0) yield { text: Buffer.concat(pieces).toString(), isWhole: false };
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  let handle: fs.promises.FileHandle;
  try {
    // A named pipe would wait for its other end.
    handle = await fs.promises.open(file, fs.constants.O_RDONLY + (fs.constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new GatewayError('RECORDING_BROKEN', `${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    if (!(await handle.stat()).isFile()) throw new GatewayError('RECORDING_BROKEN', `${file} is not a file`);
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
