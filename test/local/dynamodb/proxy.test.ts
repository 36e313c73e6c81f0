import * as http from 'http';
import { AddressInfo, Socket } from 'net';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbProxy, Unavailable } from '../../../lib/local/dynamodb/proxy';
import { api, app, route, TestServer, until } from '../_helpers/local-server';

/** What the database does with a call in the test at hand. */
let answer: (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;
let database: http.Server;
let sockets: Set<Socket>;
let gateway: TestServer;
let proxy: DynamoDbProxy;
let unavailable: Error | undefined;
let unknown: (readonly string[])[];

beforeEach(async () => {
  unavailable = undefined;
  unknown = [];
  sockets = new Set();
  database = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => body += chunk).on('end', () => answer(request, response, body));
  }).on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve));
  const endpoint = new URL(`http://127.0.0.1:${(database.address() as AddressInfo).port}`);
  proxy = new DynamoDbProxy({
    endpoint: () => (unavailable ? Promise.reject(unavailable) : Promise.resolve(endpoint)),
    onUnknownTable: (names) => {
      unknown.push(names);
      return `: no ${names.join(', ')} here`;
    },
  });
  gateway = await TestServer.start(app(api([route('$connect')])), () => ({ statusCode: 200 }));
  gateway.server.services.register('dynamodb', (request, response) => void proxy.serve(request, response));
});
afterEach(async () => {
  proxy.close();
  await gateway.stop();
  database.closeAllConnections();
  database.close();
});

const fails = (type: string, message: string) => JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message });

function sdk(maxAttempts = 1): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: gateway.url('/.aws/dynamodb', 'http'), region: 'eu-west-1', maxAttempts, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
}

test('only what the database needs of a request reaches it, and only what a client needs comes back', async () => {
  // GIVEN
  let seen: http.IncomingHttpHeaders = {};
  answer = ({ headers }, response) => {
    seen = headers;
    response.writeHead(200, { 'access-control-allow-origin': '*', 'set-cookie': 'a=b', 'x-amzn-requestid': 'ID' }).end('{"TableNames":[]}');
  };

  // WHEN
  const response = await fetch(gateway.url('/.aws/dynamodb', 'http'), {
    method: 'POST',
    body: '{}',
    headers: {
      'Authorization': `AWS4-HMAC-SHA256 Credential=A/20231129/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      'Cookie': 'secret',
      'Origin': 'http://localhost:1234',
      'X-Amz-Target': 'DynamoDB_20120810.ListTables',
    },
  });

  // THEN
  expect(Object.keys(seen).sort()).toEqual(['authorization', 'connection', 'content-length', 'content-type', 'host', 'x-amz-target']);
  expect(await response.text()).toBe('{"TableNames":[]}');
  expect([...response.headers.keys()].sort()).toEqual(['connection', 'date', 'keep-alive', 'transfer-encoding', 'x-amzn-requestid']);
});

test('one connection to the database serves many calls', async () => {
  answer = (_, response) => response.end('{"TableNames":["a"]}');
  for (let i = 0; i < 5; i++) expect((await sdk().send(new ListTablesCommand())).TableNames).toEqual(['a']);
  expect(sockets.size).toBe(1);
});

test('an item of 400 KB goes both ways', async () => {
  const value = 'x'.repeat(400_000);
  answer = (_, response, body) => response.end(JSON.stringify({ Item: (JSON.parse(body) as { readonly Key: object }).Key }));
  const { Item } = await sdk().send(new GetItemCommand({ TableName: 't', Key: { pk: { S: value } } }));
  expect(Item).toEqual({ pk: { S: value } });
});

test('an error of the database stays as it is', async () => {
  answer = (_, response) => response.writeHead(400, { 'content-length': 200 }).end(fails('ValidationException', 'no').padEnd(200));
  await expect(sdk().send(new PutItemCommand({ TableName: 't', Item: {} }))).rejects.toMatchObject({ name: 'ValidationException', message: 'no' });
  expect(unknown).toEqual([]);
});

test('the error of an unknown table says more, and has no checksum any more', async () => {
  answer = (_, response) => {
    const text = fails('ResourceNotFoundException', 'Requested resource not found');
    response.writeHead(400, { 'content-length': text.length, 'x-amz-crc32': '1' }).end(text);
  };
  await expect(sdk().send(new GetItemCommand({ TableName: 't', Key: {} }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException', message: 'Requested resource not found: no t here',
  });
  expect(unknown).toEqual([['t']]);
});

test('a database that ends before it answers is a 500, which SDKs try again', async () => {
  // GIVEN
  let calls = 0;
  answer = (request, response) => {
    calls++;
    if (calls === 1) request.socket.destroy();
    else response.end('{"TableNames":[]}');
  };

  // THEN
  await expect(sdk(3).send(new ListTablesCommand())).resolves.toMatchObject({ TableNames: [], $metadata: { attempts: 2 } });
  calls = 0;
  await expect(sdk().send(new ListTablesCommand())).rejects.toMatchObject({
    name: 'InternalServerError', message: expect.stringMatching(/^the embedded DynamoDB ended during the call \(.+\)$/), $metadata: { httpStatusCode: 500 },
  });
});

test('half an answer is not taken for a whole one', async () => {
  answer = (request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('{"TableNames":[');
    setTimeout(() => request.socket.destroy(), 20);
  };
  await expect(sdk().send(new ListTablesCommand())).rejects.toThrow(/aborted|socket hang up|ECONNRESET/);
});

test('a client that leaves ends its call of the database', async () => {
  // GIVEN
  let closed = false;
  const asked = new Promise<void>((resolve) => {
    answer = (request) => {
      request.socket.on('close', () => { closed = true; });
      resolve();
    };
  });
  const leaving = new AbortController();
  const call = sdk().send(new ListTablesCommand(), { abortSignal: leaving.signal });

  // WHEN
  await asked;
  leaving.abort();

  // THEN
  await expect(call).rejects.toThrow();
  await until(() => closed);
});

test('without a database, a call fails once and for all; with one that starts, it is tried again', async () => {
  unavailable = new Unavailable('there is none', false);
  await expect(sdk(3).send(new ListTablesCommand())).rejects.toMatchObject({ name: 'LocalDynamoDbMissing', message: 'there is none', $metadata: { attempts: 1 } });
  unavailable = new Unavailable('not yet', true);
  await expect(sdk(2).send(new ListTablesCommand())).rejects.toMatchObject({ name: 'InternalServerError', message: 'not yet', $metadata: { attempts: 2 } });
});

test.each([
  ['GET', undefined, 400, 'UnknownOperationException'],
  ['POST', 'x'.repeat(17_000_001), 413, 'RequestEntityTooLarge'],
])('%s with too much, or of another kind, is refused', async (method, body, status, type) => {
  const response = await fetch(gateway.url('/.aws/dynamodb', 'http'), {
    method, body, headers: { Authorization: `AWS4-HMAC-SHA256 Credential=A/20231129/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}` },
  });
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, type]);
});

test('what all calls together hold is bounded, and counts until a call is over', async () => {
  // GIVEN: a call that the database does not answer
  let end = (): void => undefined;
  answer = (_request, response) => { end = () => response.end('{"TableNames":[]}'); };
  const endpoint = new URL(`http://127.0.0.1:${(database.address() as AddressInfo).port}`);
  const small = new DynamoDbProxy({ endpoint: () => Promise.resolve(endpoint), onUnknownTable: () => '', mostOpenBytes: 1_000 });
  gateway.server.services.register('dynamodb', (request, response) => void small.serve(request, response));
  const put = (bytes: number) => sdk().send(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'x'.repeat(bytes) } } }));
  const first = put(600);
  await until(() => sockets.size > 0);

  // THEN
  await expect(put(500)).rejects.toMatchObject({ name: 'ThrottlingException', message: 'all calls together have more than 1000 bytes' });
  end();
  await first;
  answer = (_request, response) => response.end('{}');
  await expect(put(600)).resolves.toBeDefined();
  small.close();
});
