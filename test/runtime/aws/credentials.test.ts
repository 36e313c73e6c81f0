import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { findCredentials } from '../../../lib/runtime/aws/credentials';

const HOST = 'abc.execute-api.eu-west-1.amazonaws.com';
const environment = { ...process.env };

beforeEach(() => process.env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'))));
afterEach(() => process.env = environment);

/** What a process of its own finds, until it is what is waited for: jest knows no import(). */
async function found(env: Record<string, string>, awaited = ''): Promise<string[]> {
  const script = `const { findCredentials } = require(${JSON.stringify(path.resolve('lib/runtime/aws/credentials.js'))});
    (async () => {
      for (let key; !key?.includes('${awaited}'); await new Promise((resolve) => setTimeout(resolve, 20))) {
        const { accessKeyId, sessionToken } = await findCredentials('${HOST}');
        if (key !== accessKeyId) console.log(accessKeyId, sessionToken);
        key = accessKeyId;
      }
    })().catch(({ code, message }) => console.log(code, message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' });
  return stdout.trim().split('\n');
}

test('those of the environment come first, and are read each time', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S', AWS_SESSION_TOKEN: 'T' });
  expect(await findCredentials(HOST)).toEqual({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' });

  process.env.AWS_ACCESS_KEY_ID = 'B';
  expect(await findCredentials(HOST)).toMatchObject({ accessKeyId: 'B' });
});

test.each(['localhost:3001', '127.0.0.1:3001', '127.1.2.3', '[::1]:3001'])('the local gateway at %s takes placeholders', async (host) => {
  expect(await findCredentials(host)).toEqual({ accessKeyId: 'local', secretAccessKey: 'local' });
});

test('those of a container are asked for with its token, kept, and renewed before they expire', async () => {
  // GIVEN credentials that are valid for an hour, after some that are for a minute
  const asked: (string | undefined)[] = [];
  const container = http.createServer((request, response) => {
    const minutes = asked.push(request.headers.authorization) === 1 ? 1 : 60;
    const Expiration = new Date(Date.now() + minutes * 60_000).toISOString();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ AccessKeyId: `AK${asked.length}`, SecretAccessKey: 's', Token: `t${asked.length}`, Expiration }));
  });
  await new Promise<void>((resolve) => void container.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(container.address() as AddressInfo).port}/creds`;

  // WHEN
  const lines = await found({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic x y' }, 'AK2')
    .finally(() => container.close());

  // THEN
  expect(lines).toEqual(['AK1 t1', 'AK2 t2']);
  expect(asked).toEqual(['Basic x y', 'Basic x y']);
});

test('a profile is read', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-'));
  fs.writeFileSync(path.join(folder, 'credentials'), '[mine]\naws_access_key_id = PROFILE\naws_secret_access_key = secret\n');

  expect(await found({ AWS_PROFILE: 'mine', AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') })).toEqual(['PROFILE undefined']);
});

test('without any, the error says what was looked for', async () => {
  const [line] = await found({ AWS_PROFILE: 'none', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' });

  expect(line).toBe('CONFIGURATION no credentials: AWS_ACCESS_KEY_ID is not set, and @aws-sdk/credential-provider-node says: '
    + 'Could not load credentials from any providers');
});
