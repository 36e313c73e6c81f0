import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { findCredentials } from '../../../lib/runtime/aws/credentials';

const HOST = 'abc.execute-api.eu-west-1.amazonaws.com';
const environment = { ...process.env };

/** In the place of ECS's agent. */
let container: http.Server;
let url: string;
let asked: (string | undefined)[];
let answer: { status?: number; body: object | string; delay?: number };

beforeAll(async () => {
  container = http.createServer((request, response) => {
    asked.push(request.headers.authorization);
    setTimeout(() => {
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', 'connection': 'close' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    }, answer.delay ?? 0);
  });
  await new Promise<void>((resolve) => void container.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(container.address() as AddressInfo).port}/creds`;
});
afterAll(() => new Promise((resolve) => container.close(resolve)));

beforeEach(() => {
  asked = [];
  process.env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
  // What the process keeps.
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for('cdk-websocket-service.credentials')];
});
afterEach(() => {
  process.env = environment;
  jest.useRealTimers();
});

function credentials(n: number, minutes: number): object {
  return { AccessKeyId: `AK${n}`, SecretAccessKey: `s${n}`, Token: `t${n}`, Expiration: new Date(Date.now() + minutes * 60_000).toISOString() };
}

test('those of the environment come first', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S', AWS_SESSION_TOKEN: 'T', AWS_CONTAINER_CREDENTIALS_FULL_URI: url });

  expect(await findCredentials(HOST)).toEqual({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' });
  expect(asked).toEqual([]);
});

test('those of a container are asked for once, with its token', async () => {
  Object.assign(process.env, { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic x y' });
  answer = { body: credentials(1, 60), delay: 20 };

  const found = await Promise.all(Array.from({ length: 10 }, () => findCredentials(HOST)));

  expect(found.map(({ accessKeyId, secretAccessKey, sessionToken }) => [accessKeyId, secretAccessKey, sessionToken]))
    .toEqual(Array(10).fill(['AK1', 's1', 't1']));
  expect(asked).toEqual(['Basic x y']);
});

test('a file has the token of EKS', async () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'token-')), 'token');
  fs.writeFileSync(file, 'from-the-file\n');
  Object.assign(process.env, { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file });
  answer = { body: credentials(1, 60) };

  await findCredentials(HOST);

  expect(asked).toEqual(['from-the-file']);
});

test('they are renewed five minutes before they expire, and serve to their end when that fails', async () => {
  // GIVEN
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = url;
  answer = { body: credentials(1, 60) };
  await findCredentials(HOST);
  const start = Date.now();

  // WHEN they are valid for another 6 minutes, then 4, while the container fails
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'queueMicrotask'] });
  jest.setSystemTime(start + 54 * 60_000);
  expect(await findCredentials(HOST)).toMatchObject({ accessKeyId: 'AK1' });
  expect(asked).toHaveLength(1);
  jest.setSystemTime(start + 56 * 60_000);
  answer = { status: 500, body: 'oops' };
  expect(await findCredentials(HOST)).toMatchObject({ accessKeyId: 'AK1' });
  expect(asked.length).toBeGreaterThan(1);

  // THEN new ones are taken, and expired ones never
  answer = { body: credentials(2, 60) };
  expect(await findCredentials(HOST)).toMatchObject({ accessKeyId: 'AK2' });
  jest.setSystemTime(start + 117 * 60_000);
  answer = { status: 500, body: 'oops' };
  await expect(findCredentials(HOST)).rejects.toMatchObject({
    code: 'CONFIGURATION', message: `there are no credentials: ${url}: it answered 500 without a key`,
  });
});

test('no credentials are asked for in the open', async () => {
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = 'http://example.com/creds';

  await expect(findCredentials(HOST)).rejects.toMatchObject({
    code: 'CONFIGURATION', message: 'there are no credentials: http://example.com/creds is neither https nor an address of this machine',
  });
});

test.each(['localhost:3001', '127.0.0.1:3001', '[::1]:3001'])('the local gateway at %s takes placeholders', async (host) => {
  expect(await findCredentials(host)).toEqual({ accessKeyId: 'local', secretAccessKey: 'local' });
});

test('a profile is read by the SDK, if it is installed', () => {
  // GIVEN, in a process of its own: jest knows no import()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-'));
  fs.writeFileSync(path.join(folder, 'credentials'), '[mine]\naws_access_key_id = PROFILE\naws_secret_access_key = secret\n');
  const script = "const { findCredentials } = require('./lib/runtime/aws/credentials');"
    + `findCredentials('${HOST}').then(({ accessKeyId }) => console.log(accessKeyId), ({ code, message }) => console.log(code, message));`;
  const run = (cwd: string, env: Record<string, string>): string => execFileSync(
    process.execPath, ['-e', script.replace('./lib', path.resolve('lib'))], { cwd, env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' });

  // WHEN, THEN
  expect(run(process.cwd(), { AWS_PROFILE: 'mine', AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') })).toBe('PROFILE\n');
});
