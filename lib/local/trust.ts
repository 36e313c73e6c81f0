import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { rootCertificates } from 'tls';
import { Certificate, certificateIn } from './wire/certificate';

/** The gateway's certificate, and the files by which handlers trust it. */
export interface Trust {
  readonly certificate: Certificate;
  /** For `NODE_EXTRA_CA_CERTS`: the certificate, and those in the file that the shell's variable of this name leads to. */
  readonly extraFile: string;
  /** For programs that read all authorities from one file (`AWS_CA_BUNDLE`). */
  readonly bundleFile: string;
}

/**
 * Finds or makes the certificate, and writes the files for handlers.
 *
 * @param folder a folder of this gateway, removed when the gateway is closed
 */
export async function trust(host: string, folder: string, shell: NodeJS.ProcessEnv): Promise<Trust> {
  const certificate = await keptCertificate(host, folder, shell);
  const extra = readable(shell.NODE_EXTRA_CA_CERTS);
  // The file has a copy of the certificate, since another gateway that starts now may replace the one in the cache.
  const extraFile = write(path.join(folder, 'extra-ca.pem'), [extra ?? '', certificate.cert]);
  const bundle = readable(shell.AWS_CA_BUNDLE) ?? rootCertificates.join('\n');
  return { certificate, extraFile, bundleFile: write(path.join(folder, 'ca-bundle.pem'), [bundle, extra ?? '', certificate.cert]) };
}

/** A certificate in the user's cache is made once for all gateways. If the cache is not writable, this gateway gets its own. */
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
    // Node.js, too, only warns of such a file.
    return undefined;
  }
}

function write(file: string, parts: string[]): string {
  fs.writeFileSync(file, parts.join('\n'));
  return file;
}
