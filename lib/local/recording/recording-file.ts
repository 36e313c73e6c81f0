import * as fs from 'fs';
import type { LocalApp } from '../assembly/local-app';
import { GatewayError } from '../gateway-error';
import { isRecord, parsedJson } from '../protocol/json';

/** What makes a file a recording: the first member of its first line. */
export const RECORDING = 'cdk-websocket-service';

/** The version of the format. */
export const VERSION = 1;

/** The longest first line, in bytes: an app with thousands of routes. */
export const LONGEST_HEADER = 4 * 1024 * 1024;

/** The first line of a recording. */
export interface RecordingHeader {
  readonly recording: typeof RECORDING;
  readonly version: number;
  /** When the recording began, in milliseconds since 1970. */
  readonly time: number;
  /** For whoever opens the file. */
  readonly note: string;
  readonly bodies: 'kept' | 'masked';
  readonly apis: ReadonlyArray<{
    readonly name: string;
    readonly stack: string;
    readonly stages: readonly string[];
    readonly routes: readonly string[];
    readonly identitySources: readonly string[];
  }>;
}

const MASKED = 'Masked as <masked:n>, equal values by equal numbers: authorization, cookies, API keys, tokens among subprotocols, identity '
  + 'sources of the authorizers, query parameters named like tokens, everything of the shape of a JWT, and these values wherever else they '
  + 'occur.';

const KEPT = 'BODIES ARE KEPT: messages, posts, events and answers, items and log lines are here as they were (--mask masks them).';
const GONE = 'Bodies of messages, posts, events and answers, items and log lines are masked.';

export function recordingHeader({ apis }: LocalApp, areBodiesMasked: boolean): RecordingHeader {
  return {
    recording: RECORDING,
    version: VERSION,
    time: Date.now(),
    note: `${areBodiesMasked ? GONE : KEPT} ${MASKED}`,
    bodies: areBodiesMasked ? 'masked' : 'kept',
    apis: apis.map(({ name, stack, stages, routes }) => {
      const authorization = routes.get('$connect')?.authorization;
      return {
        name,
        stack,
        stages: stages.map((stage) => stage.name),
        routes: [...routes.keys()],
        identitySources: authorization?.type === 'CUSTOM' ? authorization.authorizer.identitySource : [],
      };
    }),
  };
}

/** A recording that is being written. */
export class RecordingFile {
  /**
   * Opens a file for a recording, which only its owner may read. Nothing is written yet.
   *
   * @throws GatewayError RECORDING_REFUSED if the file is something else: no other file is ever overwritten, and no link followed
   */
  public static open(path: string): RecordingFile {
    const { O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
    try {
      return new RecordingFile(path, fs.openSync(path, O_CREAT + O_EXCL + O_RDWR + O_NOFOLLOW, 0o600), true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw refused(path, `cannot be created (${(error as Error).message})`);
    }
    if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw refused(path, 'is a symbolic link, which is not followed');
    let descriptor: number;
    try {
      // A named pipe would otherwise wait for its other end.
      descriptor = fs.openSync(path, O_RDWR + O_NOFOLLOW + O_NONBLOCK);
    } catch (error) {
      throw refused(path, `cannot be opened (${(error as Error).message})`);
    }
    const reason = reasonAgainst(descriptor);
    if (reason === undefined) return new RecordingFile(path, descriptor, false);
    fs.closeSync(descriptor);
    throw refused(path, reason);
  }

  private isClosed = false;

  private constructor(public readonly path: string, private readonly descriptor: number, private readonly isNew: boolean) {}

  /** Writes the first line; an earlier recording of this file is gone from then on. */
  public begin(header: RecordingHeader): number {
    fs.fchmodSync(this.descriptor, 0o600);
    fs.ftruncateSync(this.descriptor);
    const line = Buffer.from(`${JSON.stringify(header)}\n`);
    fs.writeSync(this.descriptor, line, 0, line.length, 0);
    return line.length;
  }

  /** @param position in bytes; @throws what the system says, for example that the disk is full */
  public async write(bytes: Buffer, position: number): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const at = written;
      written += await new Promise<number>((resolve, reject) => {
        fs.write(this.descriptor, bytes, at, bytes.length - at, position + at, (error, count) => (error ? reject(error) : resolve(count)));
      });
    }
  }

  /** Removes what an incomplete write has left behind. */
  public cut(length: number): void {
    fs.ftruncateSync(this.descriptor, length);
  }

  public close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    fs.closeSync(this.descriptor);
  }

  /** Closes a file in which nothing was recorded; an earlier recording in it stays. */
  public abandon(): void {
    this.close();
    if (this.isNew) fs.rmSync(this.path, { force: true });
  }
}

/** Why an existing file is not written to. */
function reasonAgainst(descriptor: number): string | undefined {
  if (!fs.fstatSync(descriptor).isFile()) return 'is not a file';
  const start = Buffer.alloc(256);
  const text = start.toString('utf8', 0, fs.readSync(descriptor, start, 0, start.length, 0));
  return text.startsWith(`{"recording":"${RECORDING}",`) ? undefined : 'exists and is not a recording, so it is not overwritten';
}

function refused(path: string, reason: string): GatewayError {
  return new GatewayError('RECORDING_REFUSED', `${path} ${reason}; give the recording the name of a new file`);
}

/** Reads a header; a reason if the line is none. */
export function readHeader(line: string): RecordingHeader | string {
  const header = parsedJson(line);
  if (!isRecord(header) || header.recording !== RECORDING) return 'this is not a recording of cdk-websocket-service local --record';
  if (!Number.isSafeInteger(header.version)) return 'the recording has no version';
  if (header.version !== VERSION) {
    return `the recording has version ${String(header.version)}, and this version of cdk-websocket-service reads ${VERSION}; update it`;
  }
  if (header.bodies !== 'kept' && header.bodies !== 'masked') return 'the recording does not say whether it keeps bodies';
  if (typeof header.time !== 'number') return 'the recording does not say when it began';
  return header as unknown as RecordingHeader;
}
