import { execFile, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as https from 'https';
import { AddressInfo } from 'net';
import * as path from 'path';
import { rootCertificates } from 'tls';
import { promisify } from 'util';
import { Trust, trust } from '../../lib/local/trust';
import { AppFolder } from '../_helpers/app-folder';

let folder: AppFolder;
beforeEach(() => { folder = new AppFolder({ 'corporate.pem': 'CORPORATE\n', 'gateway/.keep': '' }); });
afterEach(() => folder.leave());

const shell = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ XDG_CACHE_HOME: path.join(folder.path, 'cache'), ...more });

test('the certificate is kept in the cache of the user, and found there by the next gateway', async () => {
  // WHEN
  const first = await trust('127.0.0.1', 'gateway', shell());
  const second = await trust('127.0.0.1', 'gateway', shell());

  // THEN
  expect(first.certificate.file).toBe(path.join(folder.path, 'cache', 'cdk-websocket-service', 'certificate.pem'));
  expect(second.certificate).toEqual(first.certificate);
});

test('handlers trust the certificate, and the authorities of the shell', async () => {
  // WHEN
  const plain = await trust('127.0.0.1', 'gateway', shell());
  const alone = fs.readFileSync(plain.extraFile, 'utf8');
  const merged = await trust('127.0.0.1', 'gateway', shell({ NODE_EXTRA_CA_CERTS: 'corporate.pem' }));

  // THEN
  expect(alone).toBe(`\n${plain.certificate.cert}`);
  expect(fs.readFileSync(merged.extraFile, 'utf8')).toBe(`CORPORATE\n\n${merged.certificate.cert}`);
});

test('an unreadable file of the shell is left out', async () => {
  const { extraFile, certificate } = await trust('127.0.0.1', 'gateway', shell({ NODE_EXTRA_CA_CERTS: 'missing.pem' }));

  expect(fs.readFileSync(extraFile, 'utf8')).toBe(`\n${certificate.cert}`);
});

test('the bundle for other programs has the authorities of the system too', async () => {
  // WHEN
  const { bundleFile, certificate } = await trust('127.0.0.1', 'gateway', shell());

  // THEN
  const bundle = fs.readFileSync(bundleFile, 'utf8');
  expect(bundle).toContain(certificate.cert);
  expect(bundle).toContain(rootCertificates[0]);
});

test('the bundle of the shell takes the place of the authorities of the system', async () => {
  const { bundleFile, certificate } = await trust('127.0.0.1', 'gateway', shell({ AWS_CA_BUNDLE: 'corporate.pem' }));

  expect(fs.readFileSync(bundleFile, 'utf8')).toBe(`CORPORATE\n\n\n${certificate.cert}`);
});

test('of two gateways that start at the same time, each gives handlers the certificate that it uses', async () => {
  // WHEN
  const both = await Promise.all(['gateway', 'other'].map((name) => {
    fs.mkdirSync(name, { recursive: true });
    return trust('127.0.0.1', name, shell());
  }));

  // THEN
  for (const { extraFile, certificate } of both) expect(fs.readFileSync(extraFile, 'utf8')).toContain(certificate.cert);
});

test('where the cache cannot be written, the certificate is for this gateway alone', async () => {
  const { certificate } = await trust('127.0.0.1', 'gateway', { XDG_CACHE_HOME: path.join(folder.path, 'corporate.pem') });

  expect(certificate.file).toBe(path.join('gateway', 'certificate.pem'));
});

describe('a client with the files', () => {
  let given: Trust;
  let server: https.Server;
  let url: string;
  beforeEach(async () => {
    given = await trust('127.0.0.1', 'gateway', shell());
    server = https.createServer(given.certificate, (_request, response) => response.end('trusted'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => server.close());

  const run = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => (
    await promisify(execFile)(command, [...args], { env: { PATH: process.env.PATH, ...env } })).stdout.trim();

  /** Skipped, and said so, where there is no such program. */
  const having = (command: string, version: string) => (spawnSync(command, [version]).status === 0 ? test : test.skip);

  test('trusts the gateway: Node.js', async () => {
    const code = 'fetch(process.argv[1]).then((response) => response.text()).then(console.log)';
    expect(await run(process.execPath, ['-e', code, url], { NODE_EXTRA_CA_CERTS: given.extraFile })).toBe('trusted');
  });

  having('python3', '--version')('trusts the gateway: Python, as strict as 3.13 is', async () => {
    const code = 'import ssl, sys, urllib.request\ncontext = ssl.create_default_context()\n'
      + 'context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN\n'
      + 'print(urllib.request.urlopen(sys.argv[1], context=context).read().decode())';
    expect(await run('python3', ['-c', code, url], { SSL_CERT_FILE: given.bundleFile })).toBe('trusted');
  });
});
