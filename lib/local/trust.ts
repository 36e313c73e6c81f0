import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { rootCertificates } from 'tls';
import { Certificate, certificateIn } from './wire/certificate';

/** What makes handlers trust the gateway. */
export interface Trust {
  readonly certificate: Certificate;
  /** For `NODE_EXTRA_CA_CERTS`: with what the shell's variable of that name held. */
  readonly extraFile: string;
  /** For programs that take one file for all authorities (`AWS_CA_BUNDLE`). */
  readonly bundleFile: string;
}

/**
 * Finds or makes the certificate, and writes the files that handlers are pointed to.
 *
 * @param folder where this gateway may write; it is gone when the gateway is closed
 */
export async function trust(host: string, folder: string, shell: NodeJS.ProcessEnv): Promise<Trust> {
  const certificate = await keptCertificate(host, folder, shell);
  const extra = readable(shell.NODE_EXTRA_CA_CERTS);
  // A copy: gateways that start at the same time may each have made the one in the cache.
  const extraFile = write(path.join(folder, 'extra-ca.pem'), [extra ?? '', certificate.cert]);
  const bundle = readable(shell.AWS_CA_BUNDLE) ?? rootCertificates.join('\n');
  return { certificate, extraFile, bundleFile: write(path.join(folder, 'ca-bundle.pem'), [bundle, extra ?? '', certificate.cert]) };
}

/** In the user's cache, so that it is made once; where that cannot be written, one for this gateway alone. */
async function keptCertificate(host: string, folder: string, shell: NodeJS.ProcessEnv): Promise<Certificate> {
  const cache = shell.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  try {
    return await certificateIn(path.join(cache, 'cdk-websocket-service'), host);
  } catch {
    return certificateIn(folder, host);
  }
}

function readable(file: string | undefined): string | undefined {
  try {
    return file ? fs.readFileSync(file, 'utf8') : undefined;
  } catch {
    // Node.js warns of it and goes on.
    return undefined;
  }
}

function write(file: string, parts: string[]): string {
  fs.writeFileSync(file, parts.join('\n'));
  return file;
}
