import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as http from 'http';
import { AddressInfo } from 'net';
import * as path from 'path';
import type { AwsCallEvent } from '../../../../lib/local/functions/aws-calls';
import { writeGatewayAddress } from '../../../../lib/local/functions/process-environment';
import { markedEndpoint } from '../../../../lib/local/wire/management-api';
import { api, app, route, stage, testCertificate, TestServer } from '../../_helpers/local-server';
import { SamplePool } from '../_helpers/sample-pool';

const chat = api([route('$connect')], { stages: [stage(), stage({ name: 'beta' })] });
const closed = api([route('$connect')], { logicalId: 'Closed', apiId: 'kkllmmnnoo', disableExecuteApiEndpoint: true });
/** It has a stage of the same name, and so another port. */
const feed = api([route('$connect')], { logicalId: 'Feed', name: 'Feed', apiId: 'ffgghhiijj' });
const endpoint = (apiId: string, suffix = 'com') => `https://${apiId}.execute-api.eu-west-1.amazonaws.${suffix}`;

let server: TestServer;
let pool: SamplePool;
let calls: AwsCallEvent[];
let gatewayFile: string;
beforeEach(async () => {
  calls = [];
  server = await TestServer.start(app(chat, feed, closed), () => ({ statusCode: 200 }));
  const { file } = await testCertificate();
  pool = new SamplePool({
    environment: (fn) => ({
      PATH: process.env.PATH ?? '',
      CDK_WEBSOCKET_SERVICE_GATEWAY: gatewayFile,
      NODE_EXTRA_CA_CERTS: file,
      SSL_CERT_FILE: file,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
      ...fn.environment,
    }),
    onAwsCall: (_fn, event) => calls.push(event),
  });
  fs.symlinkSync(path.join(__dirname, '..', '..', '..', '..', 'node_modules'), path.join(pool.directory, 'node_modules'));
  gatewayFile = path.join(pool.directory, 'gateway.json');
  writeGatewayAddress(gatewayFile, '127.0.0.1', server.port, [chat, feed]);
});
afterEach(async () => {
  await pool.close();
  await server.stop();
});

/** The result of a handler, or its error message. */
async function answer(text: string, event: unknown = {}, properties = {}): Promise<unknown> {
  const result = await pool.run(text, properties, event);
  return result.ok ? JSON.parse(result.payload) : result.errorMessage;
}

const MANAGE = `
const { ApiGatewayManagementApiClient, ...commands } = require('@aws-sdk/client-apigatewaymanagementapi');
exports.handler = ({ endpoint, command, id }) => new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 1 })
  .send(new commands[command]({ ConnectionId: id, Data: 'posted' })).then(() => 'done', ({ name }) => name);`;

describe('the default endpoint of an API that is served', () => {
  test.each([
    ['of the region', endpoint('aabbccddee')],
    ['with its port', `${endpoint('aabbccddee')}:443`],
    ['in capitals', endpoint('AABBCCDDEE')],
    ['in China', endpoint('aabbccddee', 'com.cn')],
    ['of another region', endpoint('aabbccddee').replace('eu-west-1', 'us-gov-east-1')],
  ])('leads the SDK to the gateway: %s', async (_what, url) => {
    // GIVEN
    const client = await server.connect('/beta');
    const id = server.invoker.events[0].requestContext.connectionId;

    // THEN
    expect(await answer(MANAGE, { endpoint: `${url}/beta`, command: 'PostToConnectionCommand', id })).toBe('done');
    expect(await client.next()).toBe('posted');
    expect(await answer(MANAGE, { endpoint: `${url}/beta`, command: 'GetConnectionCommand', id })).toBe('done');
    expect(await answer(MANAGE, { endpoint: `${url}/beta`, command: 'DeleteConnectionCommand', id })).toBe('done');
    await client.closed;
    expect(calls).toEqual([]);
  });

  test('leads to the stages of that API, whatever the port', async () => {
    // GIVEN
    const client = await server.connect('/dev');
    const id = server.invoker.events[0].requestContext.connectionId;
    const command = 'PostToConnectionCommand';

    // THEN
    expect(await answer(MANAGE, { endpoint: `${endpoint('ffgghhiijj')}/dev`, command, id })).toBe('GoneException');
    expect(await answer(MANAGE, { endpoint: `${endpoint('ffgghhiijj')}/beta`, command, id })).toBe('ForbiddenException');
    expect(server.requests('post').map(({ api: name, status, reason }) => [name, status, reason])).toEqual([
      ['Feed', 410, `this connection belongs to stage dev of the API Api; its callback URL is https://localhost:${server.port}/dev`],
      [undefined, 403, `no stage is served at /beta: the endpoint of @connections is ${endpoint('ffgghhiijj')}/dev`],
    ]);
    await client.close();
  });

  test('1.1.7: is closed if it is switched off', async () => {
    // GIVEN
    writeGatewayAddress(gatewayFile, '127.0.0.1', server.port, [closed]);
    const facts = { endpoint: `${endpoint('kkllmmnnoo')}/dev`, command: 'PostToConnectionCommand', id: 'PJqB0fHsqRcCHlw=' };

    // THEN
    expect(await answer(MANAGE, facts)).toBe('ForbiddenException');
    expect(server.requests('post').map(({ reason }) => reason)).toEqual([
      'the default endpoint of the API kkllmmnnoo is switched off (DisableExecuteApiEndpoint), so only a custom domain leads to it (1.1.7)',
    ]);
  });

  test.each([
    ['fetch', 'exports.handler = async (url) => (await fetch(url)).status;'],
    ['tls by name, in an ES module', `
      import { connect } from 'tls';
      export const handler = (url) => new Promise((resolve, reject) => {
        const { hostname } = new URL(url);
        const socket = connect(443, hostname, { servername: hostname }, () => { resolve(socket.authorized && 426); socket.destroy(); });
        socket.on('error', reject);
      });`],
    ['HTTP by name', `
      const { get } = require('http');
      exports.handler = (url) => new Promise((resolve, reject) => get(url.replace('https', 'http'), (r) => resolve(r.resume().statusCode)).on('error', reject));`],
    ['a worker thread', `
      const { Worker } = require('worker_threads');
      const code = "const { parentPort, workerData } = require('worker_threads');"
        + "require('https').get(workerData, (r) => parentPort.postMessage(r.resume().statusCode)).on('error', (e) => parentPort.postMessage(e.message));";
      exports.handler = (workerData) => new Promise((resolve) => new Worker(code, { eval: true, workerData }).on('message', resolve));`],
    ['a WebSocket', `
      const { WebSocket } = require('ws');
      exports.handler = (url) => new Promise((resolve, reject) => {
        const socket = new WebSocket(url.replace('https', 'wss')).on('open', () => { resolve(426); socket.close(); }).on('error', reject);
      });`],
  ])('leads any other client to the gateway: %s', async (_what, text) => {
    if (text.includes('export const')) pool.write('f0/package.json', '{ "type": "module" }');

    expect(await answer(text, `${endpoint('aabbccddee')}/dev`)).toBe(426);
  });

  const LOOKUP = `
    const { get } = require('https');
    exports.handler = (url) => new Promise((resolve) => get(url, { lookup: (host, _options, done) => done(new Error('asked for ' + host)) }, (response) => {
      resolve(response.resume().statusCode);
    }).on('error', (error) => resolve(error.message)));`;

  test.each([
    ['an API that is not served', `${endpoint('zzzzzzzzzz')}/dev`],
    ['a VPC endpoint', 'https://aabbccddee-vpce-0123456789abcdef0.execute-api.eu-west-1.amazonaws.com/dev'],
    ['a name that ends with it', 'https://aabbccddee.execute-api.eu-west-1.amazonaws.com.evil.example/dev'],
  ])('of %s is not redirected', async (_what, url) => {
    expect(await answer(LOOKUP, url)).toBe(`asked for ${new URL(url).hostname}`);
  });

  test('changes for processes that run when the app is synthesized again', async () => {
    // GIVEN
    writeGatewayAddress(gatewayFile, '127.0.0.1', server.port, [chat]);
    const url = JSON.stringify(`${endpoint('ffgghhiijj')}/dev`);
    expect(await answer(LOOKUP, JSON.parse(url))).toBe(`asked for ${new URL(endpoint('ffgghhiijj')).hostname}`);

    // WHEN
    writeGatewayAddress(gatewayFile, '127.0.0.1', server.port, [chat, feed]);

    // THEN
    expect(await pool.pool.invoke('f0', url)).toMatchObject({ ok: true, payload: '426' });
  });
});

describe('calls to AWS', () => {
  const REFUSED = '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message></Error></ErrorResponse>';
  const LIST = `
    const { IAMClient, ListUsersCommand } = require('@aws-sdk/client-iam');
    exports.handler = (endpoint) => new IAMClient({ endpoint, region: 'us-east-1', maxAttempts: 1 }).send(new ListUsersCommand({})).then(() => 'done', ({ name }) => name);`;
  let aws: http.Server;
  let host: string;
  let serve: http.RequestListener;
  beforeEach(async () => {
    aws = http.createServer((request, response) => serve(request.resume(), response));
    await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(aws.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    aws.closeAllConnections();
    aws.close();
  });

  const call = () => ({ service: 'iam', host, accessKeyId: 'AKIDEXAMPLE' });

  test('that are refused are reported, also if the handler catches the error, and the SDK reads the response', async () => {
    serve = (_request, response) => response.writeHead(403, { 'Content-Type': 'text/xml' }).end(REFUSED);

    expect(await answer(LIST, `http://${host}`)).toBe('InvalidClientTokenId');
    expect(calls).toEqual([{ type: 'failed', call: call(), outcome: 'InvalidClientTokenId' }]);
  });

  test('that succeed, or fail for other reasons, are not reported', async () => {
    serve = (_request, response) => response.writeHead(403, { 'Content-Type': 'text/xml' }).end(REFUSED.replace('InvalidClientTokenId', 'AccessDenied'));

    expect(await answer(LIST, `http://${host}`)).toBe('AccessDenied');
    expect(calls).toEqual([]);
  });

  test('that reach no server are reported', async () => {
    await new Promise((resolve) => aws.close(resolve));

    await answer(LIST, `http://${host}`);
    expect(calls).toEqual([{ type: 'failed', call: call(), outcome: 'ECONNREFUSED' }]);
  });

  test('that have no response when the function times out are reported', async () => {
    serve = () => undefined;

    expect(await answer(LIST, `http://${host}`, { timeout: 800 })).toMatch(/Task timed out/);
    expect(calls).toEqual([{ type: 'failed', call: call(), outcome: 'timeout' }]);
  });

  test('to the gateway are reported once if they are not encrypted', async () => {
    const facts = { endpoint: `wss://localhost:${server.port}/dev`, command: 'PostToConnectionCommand', id: 'PJqB0fHsqRcCHlw=' };

    expect(await answer(MANAGE, facts)).toBe('GoneException');
    expect(await pool.pool.invoke('f0', JSON.stringify(facts))).toMatchObject({ payload: '"GoneException"' });
    const marked = markedEndpoint(`http://localhost:${server.port}/dev`, 'f0');
    expect(await pool.pool.invoke('f0', JSON.stringify({ ...facts, endpoint: marked }))).toMatchObject({ payload: '"GoneException"' });
    expect(calls).toEqual([{ type: 'plain', host: `localhost:${server.port}`, path: '/dev/@connections/PJqB0fHsqRcCHlw%3D' }]);
  });
});

const hasPython = (() => {
  try {
    return execFileSync('python3', ['--version'], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
})();

(hasPython ? describe : describe.skip)('Python', () => {
  const python = async (text: string, event: unknown, timeout = 10_000): Promise<unknown> => {
    pool.write('f0/index.py', text);
    const { id } = pool.add('f0', undefined, { runtime: 'python3.13', timeout });
    await pool.start();
    const result = await pool.pool.invoke(id, JSON.stringify(event));
    return result.ok ? JSON.parse(result.payload) : result.errorType;
  };

  test.each([
    ['urllib', `
import urllib.request, urllib.error
def handler(url, context):
    try:
        return urllib.request.urlopen(url).status
    except urllib.error.HTTPError as error:
        return error.code
`],
    ['asyncio', `
import asyncio, ssl
from urllib.parse import urlsplit
async def ask(url):
    host = urlsplit(url).hostname
    reader, writer = await asyncio.open_connection(host, 443, ssl=ssl.create_default_context())
    writer.write(("GET /dev HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n" % host).encode())
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])
def handler(url, context):
    return asyncio.run(ask(url))
`],
    ['a socket that compares the names itself', `
import socket, ssl
from urllib.parse import urlsplit
def handler(url, context):
    host = urlsplit(url).hostname
    plain = socket.socket()
    plain.connect((host, 443))
    with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
        return 426 if ("DNS", host) in secure.getpeercert()["subjectAltName"] else 0
`],
  ])('reaches the gateway by the default endpoint: %s', async (_what, text) => {
    expect(await python(text, `${endpoint('aabbccddee')}/dev`)).toBe(426);
  });

  test('connections to another API are not redirected', async () => {
    const text = `
import socket
def handler(host, context):
    try:
        return socket.getaddrinfo(host, 443)[0][4][1]
    except socket.gaierror:
        return 443
`;
    expect(await python(text, 'zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com')).toBe(443);
    expect(await pool.pool.invoke('f0', '"ffgghhiijj.execute-api.eu-west-1.amazonaws.com"')).toMatchObject({ payload: String(server.port) });
  });

  test('calls to AWS are reported that are refused, reach no server or have no response', async () => {
    // GIVEN
    const aws = http.createServer((request, response) => {
      if (request.url === '/hang') return;
      response.writeHead(400).end('{"__type":"com.amazon.coral.service#UnrecognizedClientException"}');
    });
    await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
    const { port } = aws.address() as AddressInfo;
    const text = `
import http.client
def handler(event, context):
    connection = http.client.HTTPConnection("127.0.0.1", event["port"])
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"}
    try:
        connection.request("GET", event["path"], headers=headers)
    except OSError:
        return "no answer"
    return connection.getresponse().read().decode()
`;

    // THEN
    expect(await python(text, { port, path: '/' }, 1000)).toBe('{"__type":"com.amazon.coral.service#UnrecognizedClientException"}');
    expect(await pool.pool.invoke('f0', JSON.stringify({ port: 1, path: '/' }))).toMatchObject({ payload: '"no answer"' });
    expect(await pool.pool.invoke('f0', JSON.stringify({ port, path: '/hang' }))).toMatchObject({ kind: 'timeout' });
    const call = { service: 'dynamodb', host: `127.0.0.1:${port}`, accessKeyId: 'AKIDEXAMPLE' };
    expect(calls).toEqual([
      { type: 'failed', call, outcome: 'UnrecognizedClientException' },
      { type: 'failed', call: { ...call, host: '127.0.0.1:1' }, outcome: 'ConnectionRefusedError' },
      { type: 'failed', call, outcome: 'timeout' },
    ]);
    aws.closeAllConnections();
    aws.close();
  });
});
