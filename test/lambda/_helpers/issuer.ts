import { generateKeyPairSync, KeyObject } from 'crypto';
import * as fs from 'fs';
import * as https from 'https';
import { AddressInfo } from 'net';
import * as os from 'os';
import * as path from 'path';
import * as jwt from 'jsonwebtoken';
import { certificateIn } from '../../../lib/local/wire/certificate';

/** A key pair to sign with. */
export interface SigningKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function rsaKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

/** An issuer of tokens: a real https server that publishes keys, with a certificate of its own. */
export class TestIssuer {
  /** @param folder where the certificate is kept */
  public static async start(folder = fs.mkdtempSync(path.join(os.tmpdir(), 'issuer-'))): Promise<TestIssuer> {
    const certificate = await certificateIn(folder, 'localhost');
    const issuer = new TestIssuer(certificate, certificate.file);
    await new Promise<void>((resolve) => { issuer.server.listen(0, '127.0.0.1', resolve); });
    return issuer;
  }

  /** The keys that it publishes. */
  public readonly keys: SigningKey[] = [rsaKey('first')];
  /** The paths that were asked for. */
  public readonly requests: string[] = [];
  /** What it answers with instead of its documents. */
  public fault?: { readonly status: number; readonly body: string };
  public discovery: Record<string, unknown> = {};
  private readonly server: https.Server;

  private constructor(certificate: https.ServerOptions, public readonly certificateFile: string) {
    this.server = https.createServer(certificate, (request, response) => {
      this.requests.push(request.url!);
      const { status, body } = this.fault ?? this.document(request.url!);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  }

  public get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}/tenant`;
  }

  public get jwksUri(): string {
    return `${this.url}/keys`;
  }

  /** A token of this issuer for the audience `chat`; `undefined` leaves a claim out. */
  public token(claims: Record<string, unknown> = {}, options: Partial<SigningKey> & { readonly header?: object } = {}): string {
    const { kid, privateKey } = { ...this.keys[0], ...options };
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: 'chat', sub: 'ann', iat: now, exp: now + 300, ...claims };
    const given = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
    return jwt.sign(given, privateKey, { header: { alg: 'RS256', kid, ...options.header } });
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => { this.server.close(() => resolve()); });
  }

  private document(url: string): { status: number; body: string } {
    const documents: Record<string, () => object> = {
      '/tenant/.well-known/openid-configuration': () => ({ issuer: this.url, jwks_uri: this.jwksUri, ...this.discovery }),
      '/tenant/keys': () => ({ keys: this.keys.map(({ kid, publicKey }) => ({ kid, use: 'sig', ...publicKey.export({ format: 'jwk' }) })) }),
    };
    return url in documents ? { status: 200, body: JSON.stringify(documents[url]()) } : { status: 404, body: '' };
  }
}
