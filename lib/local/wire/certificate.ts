import { createPrivateKey, generateKeyPair, X509Certificate } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { promisify } from 'util';

/** The certificate of the gateway's TLS, with its key. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Path of the certificate without its key, for `NODE_EXTRA_CA_CERTS` and for clients that are to trust it. */
  readonly file: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

const DAY = 24 * 60 * 60 * 1000;

/** Some clients reject certificates that are valid for more than 825 days. */
const VALID_DAYS = 820;

/**
 * The certificate in a folder, created by the first gateway that needs it. It is valid for localhost and `host` only and is not
 * an authority, so that a leaked key is worth little: clients that trust the certificate trust it alone.
 *
 * Gateways that start at the same time may each make a certificate; later ones find the last that was written.
 */
export async function certificateIn(folder: string, host: string, now = Date.now()): Promise<Certificate> {
  // The zone of an IPv6 address is local to this machine.
  const names = [...new Set([...LOOPBACK, host.replace(/%.*$/, '')])];
  const name = names.length > LOOPBACK.length ? `certificate-${host.replace(/[^\w.-]/g, '_')}` : 'certificate';
  const file = path.join(folder, `${name}.pem`);
  removeAuthorities(folder, file);
  return found(file, names, now) ?? written(file, await selfSigned(names, now));
}

function found(file: string, names: string[], now: number): Certificate | undefined {
  try {
    const [key, cert] = [fs.readFileSync(keyFile(file), 'utf8'), fs.readFileSync(file, 'utf8')];
    const parsed = new X509Certificate(cert);
    const covered = names.every((name) => (isAddress(name) ? parsed.checkIP(name) : parsed.checkHost(name)));
    const lasting = Date.parse(parsed.validTo) - now > 30 * DAY && Date.parse(parsed.validFrom) <= now;
    return !parsed.ca && covered && lasting && parsed.checkPrivateKey(createPrivateKey(key)) ? { key, cert, file } : undefined;
  } catch {
    // Absent, half written by another gateway, or broken: a new certificate takes its place.
    return undefined;
  }
}

/**
 * Removes certificates of earlier versions, which were authorities: their keys could sign for any name, and may still be trusted.
 *
 * @param current the file that `found` checks
 */
function removeAuthorities(folder: string, current: string): void {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    const file = path.join(folder, name);
    if (!/^certificate.*(?<!\.key)\.pem$/.test(name) || file === current || !isAuthority(file)) continue;
    for (const each of [keyFile(file), file]) fs.rmSync(each, { force: true });
  }
}

/** Whether a host is an IP address. `isIP` of Node.js would compile an expression for 5 milliseconds, at each start of the gateway. */
function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}

function isAuthority(file: string): boolean {
  try {
    return new X509Certificate(fs.readFileSync(file)).ca;
  } catch {
    return false;
  }
}

function written(file: string, { key, cert }: { key: string; cert: string }): Certificate {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  replace(keyFile(file), key);
  replace(file, cert);
  return { key, cert, file };
}

/** Writes a file in one step, so that readers see the old text or the new one. */
function replace(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  fs.writeFileSync(unfinished, text, { mode: 0o600 });
  fs.renameSync(unfinished, file);
}

function keyFile(file: string): string {
  return file.replace(/\.pem$/, '.key.pem');
}

async function selfSigned(names: string[], now: number): Promise<{ key: string; cert: string }> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  // Loaded only here, since most starts find a certificate.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { pki, md } = require('node-forge') as typeof import('node-forge');
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = `01${now.toString(16).padStart(14, '0')}`;
  certificate.validity.notBefore = new Date(now - DAY);
  certificate.validity.notAfter = new Date(now + (VALID_DAYS - 1) * DAY);
  const subject = [{ name: 'commonName', value: 'cdk-websocket-service local gateway' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'subjectAltName', altNames: names.map((name) => (isAddress(name) ? { type: 7, ip: name } : { type: 2, value: name })) },
  ]);
  certificate.sign(pki.privateKeyFromPem(pair.privateKey), md.sha256.create());
  return { key: pair.privateKey, cert: pki.certificateToPem(certificate) };
}
