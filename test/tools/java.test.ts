import { execFile, spawnSync } from 'child_process';
import * as https from 'https';
import { AddressInfo } from 'net';
import * as path from 'path';
import { promisify } from 'util';
import { trust } from '../../lib/local/trust';
import { AppFolder } from '../_helpers/app-folder';

const isThere = spawnSync('java', ['-version']).status === 0 && spawnSync('keytool', ['-help']).status === 0;
if (!isThere) process.stderr.write('test/tools/java.test.ts is skipped: there is no java with keytool\n');

(isThere ? test : test.skip)('a client in Java trusts the gateway, by a store with its certificate', async () => {
  // GIVEN
  const folder = new AppFolder({
    'gateway/.keep': '',
    'Get.java': `
      import java.net.URI;
      import java.net.http.*;
      public class Get {
        public static void main(String[] args) throws Exception {
          HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).build();
          System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
      }`,
  });
  const { certificate } = await trust('127.0.0.1', 'gateway', { XDG_CACHE_HOME: path.join(folder.path, 'cache') });
  const server = https.createServer(certificate, (_request, response) => response.end('trusted'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const store = path.join(folder.path, 'store.p12');
  const run = promisify(execFile);

  try {
    // WHEN
    await run('keytool', ['-importcert', '-noprompt', '-alias', 'gateway', '-file', certificate.file, '-keystore', store, '-storepass', 'changeit']);
    const options = [`-Djavax.net.ssl.trustStore=${store}`, '-Djavax.net.ssl.trustStorePassword=changeit'];
    const { stdout } = await run('java', [...options, 'Get.java', `https://localhost:${(server.address() as AddressInfo).port}/`]);

    // THEN
    expect(stdout.trim()).toBe('trusted');
  } finally {
    server.close();
    folder.leave();
  }
});
