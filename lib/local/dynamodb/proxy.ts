import * as http from 'http';
import { traceCall } from './store-trace';
import { tableNames, withoutArns } from './table-names';
import { isRecord, parsedJson, textAt } from '../protocol/json';
import type { Trace } from '../trace';
import { refuseRequest } from '../wire/refusal';
import { readBody } from '../wire/request-body';
import { serviceError, ServiceError } from '../wire/service-endpoints';

export interface ProxyOptions {
  /** Resolves when dynoxide listens and its tables are made; rejects with an `Unavailable`. */
  readonly endpoint: () => Promise<URL>;
  /** @returns what is wrong, to be added to AWS's message */
  readonly onUnknownTable: (names: readonly string[]) => string;
  /**
   * Of all requests at a time. Handlers hold few; what has lost its bearings could fill the memory with calls that it never ends.
   *
   * @default 256 MB
   */
  readonly mostOpenBytes?: number;
  /** Absent: nothing is traced. */
  readonly trace?: Trace;
}

/** Why no database answers. */
export class Unavailable extends Error {
  /** @param isTemporary whether a call may succeed soon: SDKs try again */
  public constructor(message: string, public readonly isTemporary: boolean) {
    super(message);
  }
}

/** A batch of 25 items of 400 KB, and something for its JSON. */
const MOST_BYTES = 17_000_000;
const MOST_OPEN_BYTES = 268_435_456;
/** Bytes of an answer that is read as a whole: errors that quote no item are shorter. */
const SHORT = 2_000;
/** Milliseconds: far more than any call takes. */
const PATIENCE = 60_000;
const SOCKETS = 64;

/** Headers that dynoxide needs; `Origin`, cookies and the rest do not get there. */
const REQUEST_HEADERS = ['authorization', 'content-type', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'];
/** The others, such as `Access-Control-Allow-Origin: *`, do not get out. */
const RESPONSE_HEADERS = ['content-type', 'content-length', 'content-encoding', 'x-amzn-requestid', 'x-amz-crc32'];

/** Passes calls of DynamoDB on to dynoxide, whose address nobody else knows. */
export class DynamoDbProxy {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: SOCKETS, scheduling: 'lifo' });
  private readonly mostOpenBytes: number;
  private openBytes = 0;

  public constructor(private readonly options: ProxyOptions) {
    this.mostOpenBytes = options.mostOpenBytes ?? MOST_OPEN_BYTES;
  }

  /** Answers a call; never throws. */
  public async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    try {
      if (request.method !== 'POST') {
        const why = `${request.method} is not a call of DynamoDB`;
        refuseRequest(request, response, serviceError(400, 'UnknownOperationException', why));
        return;
      }
      if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
      const body = await readBody(request, MOST_BYTES, this.counter(response));
      if (!request.complete) {
        response.destroy();
        return;
      }
      if (!body) {
        send(response, this.openBytes > this.mostOpenBytes
          ? serviceError(400, 'ThrottlingException', `all calls together have more than ${this.mostOpenBytes} bytes`)
          : serviceError(413, 'RequestEntityTooLarge', `the request has more than ${MOST_BYTES} bytes`));
        return;
      }
      const endpoint = await this.options.endpoint();
      // The client may have left meanwhile.
      if (response.destroyed) return;
      const { trace } = this.options;
      this.pass(endpoint, request, withoutArns(body), response, trace?.isOn ? traceCall(trace, request, body, response) : undefined);
    } catch (error) {
      const isForGood = error instanceof Unavailable && !error.isTemporary;
      // 500 is tried again by SDKs, 400 is not.
      const [status, type] = isForGood ? [400, 'LocalDynamoDbMissing'] as const : [500, 'InternalServerError'] as const;
      send(response, serviceError(status, type, (error as Error).message));
    }
  }

  public close(): void {
    this.agent.destroy();
  }

  /** Counts the bytes of a request until its response is over. @returns a function that says whether more of them are kept */
  private counter(response: http.ServerResponse): (bytes: number) => boolean {
    let own = 0;
    response.once('close', () => { this.openBytes -= own; });
    return (bytes) => {
      own += bytes;
      this.openBytes += bytes;
      return this.openBytes <= this.mostOpenBytes;
    };
  }

  private pass(
    endpoint: URL, { headers }: http.IncomingMessage, body: Buffer, response: http.ServerResponse,
    read?: (answer: http.IncomingMessage) => void,
  ): void {
    const passed = http.request({
      host: endpoint.hostname,
      port: endpoint.port,
      path: '/',
      method: 'POST',
      agent: this.agent,
      timeout: PATIENCE,
      headers: { ...picked(headers, REQUEST_HEADERS), 'content-length': body.length },
    });
    passed.on('timeout', () => passed.destroy(new Error('no answer')));
    // If the client leaves.
    response.on('error', () => passed.destroy());
    response.on('close', () => { if (!response.writableFinished) passed.destroy(); });
    passed.on('error', ({ message }) => {
      // Half an answer must not look like a whole one.
      if (response.headersSent) response.destroy();
      else send(response, serviceError(500, 'InternalServerError', `the embedded DynamoDB ended during the call (${message})`));
    });
    passed.on('response', (answer) => {
      const length = Number(answer.headers['content-length'] ?? Infinity);
      answer.on('error', () => response.destroy());
      read?.(answer);
      if (answer.statusCode === 400 && length <= SHORT) this.explain(answer, body, response).catch(() => response.destroy());
      else answer.pipe(response.writeHead(answer.statusCode ?? 500, picked(answer.headers, RESPONSE_HEADERS)));
    });
    passed.end(body);
  }

  /** Sends a short error; that of an unknown table says what to do about it. */
  private async explain(answer: http.IncomingMessage, body: Buffer, response: http.ServerResponse): Promise<void> {
    const text = (await readBody(answer, SHORT) ?? '').toString();
    if (!answer.complete) throw new Error('half an answer');
    const error = parsedJson(text);
    const headers = picked(answer.headers, RESPONSE_HEADERS);
    if (!isRecord(error) || !textAt(error, '__type')?.endsWith('#ResourceNotFoundException')) {
      response.writeHead(400, headers).end(text);
      return;
    }
    const message = `${textAt(error, 'message') ?? 'Requested resource not found'}${this.options.onUnknownTable(tableNames(body))}`;
    const explained = JSON.stringify({ ...error, message });
    // The checksum was that of the other text.
    const { 'x-amz-crc32': _, ...others } = headers;
    response.writeHead(400, { ...others, 'content-length': Buffer.byteLength(explained) }).end(explained);
  }
}

function send(response: http.ServerResponse, { status, errorType, body }: ServiceError): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.0', 'Content-Length': Buffer.byteLength(body), 'x-amzn-ErrorType': errorType,
  }).end(body);
}

function picked(headers: http.IncomingHttpHeaders, names: readonly string[]): http.OutgoingHttpHeaders {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}
