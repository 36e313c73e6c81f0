import { spawn } from 'child_process';
import * as http from 'http';
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
  const agent = new http.Agent({ keepAlive: true });
  const call = (operation: string, input: object): Promise<Record<string, unknown>> => post(agent, port, operation, JSON.stringify(input));
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
      agent.destroy();
      child.kill('SIGTERM');
      await ended;
      process.removeListener('exit', kill);
    },
  };
}

function post(agent: http.Agent, port: number, operation: string, body: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'authorization': 'AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20300101T000000Z',
      'content-length': Buffer.byteLength(body),
    };
    const request = http.request({ host: '127.0.0.1', port, method: 'POST', path: '/', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => text += chunk).on('end', () => {
        const value = JSON.parse(text) as Record<string, unknown>;
        if (response.statusCode === 200) resolve(value);
        else reject(failure(operation, value));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function failure(operation: string, { __type, message, Message, Item, CancellationReasons }: Record<string, unknown>): Error {
  const name = String(__type).replace(/^.*#/, '');
  return Object.assign(new Error(`${operation}: ${String(message ?? Message)}`), { name, item: Item, reasons: CancellationReasons });
}
