import { createHash, createHmac } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SignatureV4 } from '@smithy/signature-v4';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether its socket had carried another one. */
  readonly isKept: boolean;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until it is sent. */
  readonly delay?: number;
  /** Whether the socket is destroyed instead, or in the middle of the answer. */
  readonly cut?: 'before' | 'within';
}

type Answering = (request: Arrived, index: number) => FakeAnswer | Promise<FakeAnswer>;

const OK: Answering = () => ({});

/** A server in the place of API Gateway, DynamoDB and Lambda. Answers 403 to a wrong signature, as `answer` says else. */
export class FakeAws {
  public static async start(address = '127.0.0.1'): Promise<FakeAws> {
    const fake = new FakeAws();
    fake.server.keepAliveTimeout = 60_000;
    fake.server.on('connection', (socket) => {
      fake.sockets.set(socket, 0);
      socket.on('close', () => fake.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => void fake.server.listen(0, address, resolve));
    return fake;
  }

  public readonly arrived: Arrived[] = [];
  /** What a request with a right signature is answered; by default 200. */
  public answer: Answering = OK;
  /** The most requests that were under way at the same time. */
  public most = 0;
  public secretAccessKey = 'secret';
  /** Difference of its clock, in milliseconds. */
  public clock = 0;

  private underWay = 0;
  private readonly sockets = new Map<Socket, number>();
  private readonly server: http.Server;

  private constructor() {
    this.server = http.createServer((request, response) => void this.serve(request, response));
  }

  public get url(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  public get openSockets(): number {
    return this.sockets.size;
  }

  /** Forgets what has arrived, and answers 200 again. */
  public reset(): void {
    this.arrived.length = 0;
    this.answer = OK;
    this.most = this.clock = 0;
  }

  /** Ends all sockets, as a server does with those that idle. */
  public cutSockets(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
  }

  public async stop(): Promise<void> {
    this.cutSockets();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const served = this.sockets.get(request.socket) ?? 0;
    this.sockets.set(request.socket, served + 1);
    this.most = Math.max(this.most, ++this.underWay);
    const given = new AbortController();
    response.on('close', () => given.abort());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise<void>((resolve) => void request.on('close', resolve).on('end', resolve));
    const arrived: Arrived = {
      method: request.method!,
      path: request.url!,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks),
      isKept: served > 0,
    };
    const answer = await this.reactionTo(arrived);
    if (answer.delay) await wait(answer.delay, undefined, { signal: given.signal }).catch(() => undefined);
    this.underWay--;
    if (answer.cut === 'before') return void request.socket.destroy();
    const headers = { ...answer.headers, date: new Date(Date.now() + this.clock).toUTCString() };
    response.writeHead(answer.status ?? 200, answer.cut ? { ...headers, 'content-length': '100' } : headers);
    if (answer.cut) return void response.write('half', () => request.socket.destroy());
    response.end(answer.body);
  }

  private async reactionTo(arrived: Arrived): Promise<FakeAnswer> {
    const skew = Math.abs(timeOf(arrived) - (Date.now() + this.clock));
    if (skew > 300_000) return failure(403, 'InvalidSignatureException', 'Signature expired');
    const wanted = await authorizationOf(arrived, this.secretAccessKey);
    if (arrived.headers.authorization !== wanted) return failure(403, 'InvalidSignatureException', `expected ${wanted}`);
    this.arrived.push(arrived);
    return this.answer(arrived, this.arrived.length - 1);
  }
}

/** An error as AWS writes it. */
export function failure(status: number, type: string, message: string, more: object = {}): FakeAnswer {
  return { status, headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` }, body: JSON.stringify({ message, ...more }) };
}

const CREDENTIAL = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/;
const OF_THE_SIGNER = ['x-amz-date', 'x-amz-security-token'];

/** What the SDK's signer makes of a request with the headers that were signed. */
async function authorizationOf({ method, path, headers, body }: Arrived, secretAccessKey: string): Promise<string> {
  const [, accessKeyId, region, service, names] = CREDENTIAL.exec(headers.authorization)!;
  const signed = Object.fromEntries(names.split(';').filter((name) => !OF_THE_SIGNER.includes(name)).map((name) => [name, headers[name]]));
  const credentials = { accessKeyId, secretAccessKey, sessionToken: headers['x-amz-security-token'] };
  const signer = new SignatureV4({ sha256: Sha256, credentials, region, service, applyChecksum: false });
  const request = { method, protocol: 'http:', hostname: headers.host, path, headers: signed, body, query: {} };
  return (await signer.sign(request, { signingDate: new Date(timeOf({ headers })) })).headers.authorization;
}

function timeOf({ headers }: Pick<Arrived, 'headers'>): number {
  return Date.parse(headers['x-amz-date'].replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}

/** What the SDK hashes with; quicker than its own in JavaScript. */
export class Sha256 {
  private readonly hash;

  public constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }

  public update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(data as string);
  }

  public digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  public reset(): void {
    throw new Error('not needed');
  }
}
