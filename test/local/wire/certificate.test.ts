import { X509Certificate } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import * as tls from 'tls';
import { md, pki } from 'node-forge';
import { certificateIn } from '../../../lib/local/wire/certificate';
import { temporaryFolder } from '../_helpers/local-server';

const DAY = 24 * 60 * 60 * 1000;

let folder: string;
beforeEach(() => folder = path.join(temporaryFolder(), 'not-yet-there'));
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true }));

test('the certificate is for localhost in all its spellings, is not an authority, and is valid no longer than clients accept', async () => {
  // WHEN
  const { cert, file } = await certificateIn(folder, '127.0.0.1');

  // THEN
  const parsed = new X509Certificate(cert);
  expect(['localhost', 'example.com'].map((name) => parsed.checkHost(name))).toEqual(['localhost', undefined]);
  expect(['127.0.0.1', '::1', '192.168.1.7'].map((ip) => parsed.checkIP(ip))).toEqual(['127.0.0.1', '::1', undefined]);
  expect([parsed.ca, parsed.verify(parsed.publicKey), parsed.subject]).toEqual([false, true, 'CN=cdk-websocket-service local gateway']);
  const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY;
  expect(days).toBeLessThanOrEqual(825);
  expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.now());
  expect(file).toBe(path.join(folder, 'certificate.pem'));
  expect(fs.readFileSync(file, 'utf8')).toBe(cert);
});

test('only the user may read the files', async () => {
  // WHEN
  await certificateIn(folder, '127.0.0.1');

  // THEN
  const files = [folder, path.join(folder, 'certificate.pem'), path.join(folder, 'certificate.key.pem')];
  const modes = files.map((file) => fs.statSync(file).mode % 0o1000);
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  expect(fs.readdirSync(folder).sort()).toEqual(['certificate.key.pem', 'certificate.pem']);
});

test('the next gateway uses the same certificate', async () => {
  const first = await certificateIn(folder, '127.0.0.1');
  expect(await certificateIn(folder, 'localhost')).toEqual(first);
});

test.each([
  ['192.168.1.7', 'certificate-192.168.1.7.pem'],
  ['fe80::1', 'certificate-fe80__1.pem'],
  ['my-machine.lan', 'certificate-my-machine.lan.pem'],
])('host %s has one of its own, which covers localhost too', async (host, name) => {
  // WHEN
  const { cert, file } = await certificateIn(folder, host);

  // THEN
  const parsed = new X509Certificate(cert);
  expect(path.basename(file)).toBe(name);
  expect(/[:\d]/.test(host.slice(-1)) ? parsed.checkIP(host) : parsed.checkHost(host)).toBeTruthy();
  expect(parsed.checkHost('localhost')).toBe('localhost');
});

test('a certificate that ends within 30 days, is not valid yet or is broken is replaced', async () => {
  // GIVEN
  const now = Date.now();
  const first = await certificateIn(folder, '127.0.0.1', now);

  // THEN
  const later = await certificateIn(folder, '127.0.0.1', now + 800 * DAY);
  expect(later.cert).not.toBe(first.cert);
  const earlier = await certificateIn(folder, '127.0.0.1', now);
  expect(earlier.cert).not.toBe(later.cert);
  fs.writeFileSync(first.file, 'half of a cert');
  const whole = await certificateIn(folder, '127.0.0.1', now);
  expect(new X509Certificate(whole.cert).checkHost('localhost')).toBe('localhost');
});

test('a key that belongs to another is not taken', async () => {
  // GIVEN
  const [mine, other] = [await certificateIn(folder, '127.0.0.1'), await certificateIn(path.join(folder, 'other'), '127.0.0.1')];
  fs.writeFileSync(path.join(folder, 'certificate.key.pem'), other.key);

  // WHEN
  const made = await certificateIn(folder, '127.0.0.1');

  // THEN
  expect(made.cert).not.toBe(mine.cert);
  expect(() => tls.createSecureContext({ key: made.key, cert: made.cert })).not.toThrow();
});

test('gateways that start at the same time leave one that is whole', async () => {
  // WHEN
  await Promise.all([certificateIn(folder, '127.0.0.1'), certificateIn(folder, '127.0.0.1')]);

  // THEN
  const found = await certificateIn(folder, '127.0.0.1');
  expect(() => tls.createSecureContext({ key: found.key, cert: found.cert })).not.toThrow();
  expect(fs.readdirSync(folder).sort()).toEqual(['certificate.key.pem', 'certificate.pem']);
});

test('authorities of earlier versions are removed with their keys, whatever their host', async () => {
  // GIVEN
  const own = await certificateIn(folder, '127.0.0.1');
  const other = await certificateIn(folder, '192.168.1.7');
  for (const { file, key, cert } of [own, other]) {
    const certificate = pki.certificateFromPem(cert);
    certificate.setExtensions([{ name: 'basicConstraints', cA: true }, { name: 'keyUsage', keyCertSign: true }, certificate.getExtension('subjectAltName')!]);
    certificate.sign(pki.privateKeyFromPem(key), md.sha256.create());
    fs.writeFileSync(file, pki.certificateToPem(certificate));
  }

  // WHEN
  const made = await certificateIn(folder, 'localhost');

  // THEN
  expect([new X509Certificate(made.cert).ca, made.key === own.key]).toEqual([false, false]);
  expect(fs.readdirSync(folder).sort()).toEqual(['certificate.key.pem', 'certificate.pem']);
});

test('the zone of an address is left out', async () => {
  const { cert } = await certificateIn(folder, 'fe80::1%eth0');
  expect(new X509Certificate(cert).checkIP('fe80::1')).toBe('fe80::1');
});
