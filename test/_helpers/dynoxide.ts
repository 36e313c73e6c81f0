import { spawn } from 'child_process';
import * as net from 'net';
import * as path from 'path';
import { freePorts } from './free-ports';

/** An embedded DynamoDB in a process of its own, with the table of a connection store. */
export interface Dynoxide {
  readonly endpoint: string;
  readonly table: string;
  /** One operation, not signed: a third of the work of a signed one. Fails as `dynamoDb()` does. */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

const BINARY = path.join(__dirname, '..', '..', 'node_modules', '@dynoxide', `${process.platform}-${process.arch}`, 'dynoxide');
const TABLE = 'Connections';

export async function startDynoxide(): Promise<Dynoxide> {
  const port = await freePorts(1);
  const child = spawn(BINARY, ['--port', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  // It outlives its parent.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listening')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`dynoxide ended with ${code}: ${said}`)));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const sockets = new Sockets(port);
  const call = (operation: string, input: object): Promise<Record<string, unknown>> => sockets.post(operation, JSON.stringify(input));
  await call('CreateTable', {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    table: TABLE,
    call,
    async stop() {
      sockets.close();
      child.kill('SIGTERM');
      await ended;
      process.removeListener('exit', kill);
    },
  };
}

/** Requests on kept sockets, one at a time on each: of Node's own client, half of the work is for cases that there are none of here. */
class Sockets {
  private readonly idle: net.Socket[] = [];

  public constructor(private readonly port: number) {}

  public async post(operation: string, body: string): Promise<Record<string, unknown>> {
    const socket = this.idle.pop() ?? net.connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    const { status, text } = await new Promise<{ status: string; text: string }>((resolve, reject) => {
      const chunks: Buffer[] = [];
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('dynoxide closed a socket')));
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        const all = chunks.length === 1 ? chunk : Buffer.concat(chunks);
        const end = all.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = all.toString('latin1', 0, end);
        const from = end + 4;
        if (all.length - from >= Number(/content-length: *(\d+)/i.exec(head)![1])) resolve({ status: head.slice(9, 12), text: all.toString('utf8', from) });
      });
      socket.write(`${HEAD}\r\nx-amz-target: DynamoDB_20120810.${operation}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
    socket.removeAllListeners();
    this.idle.push(socket);
    const value = JSON.parse(text) as Record<string, unknown>;
    if (status === '200') return value;
    throw failure(operation, value);
  }

  public close(): void {
    this.idle.forEach((socket) => socket.destroy());
  }
}

/** Any signature is taken. */
const HEAD = [
  'POST / HTTP/1.1',
  'host: 127.0.0.1',
  'content-type: application/x-amz-json-1.0',
  'authorization: AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date: 20300101T000000Z',
].join('\r\n');

function failure(operation: string, { __type, message, Message, Item, CancellationReasons }: Record<string, unknown>): Error {
  const name = String(__type).replace(/^.*#/, '');
  return Object.assign(new Error(`${operation}: ${String(message ?? Message)}`), { name, item: Item, reasons: CancellationReasons });
}
