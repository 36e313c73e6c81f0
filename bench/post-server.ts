// Answers each request with 200, over TLS: what posts are measured against. Started by bench/runtime.ts.
import * as https from 'https';
import { certificateIn } from '../lib/local/wire/certificate';

/** Milliseconds that an answer takes. */
const delay = Number(process.argv[3] ?? 0);

void certificateIn(process.argv[2], 'localhost').then(({ key, cert, file }) => {
  const server = https.createServer({ key, cert, keepAlive: true }, (request, response) => {
    request.resume();
    request.on('end', () => {
      if (delay > 0) setTimeout(() => response.end(), delay);
      else response.end();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as { port: number }).port, file })));
});
