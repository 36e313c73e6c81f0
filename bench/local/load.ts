// The load generator: a process of its own, so that it shares no event loop with what it measures. Started by load-process.ts.
import { Exchange } from './exchange';
import { LoadClient } from './load-client';
import { Opened, Request } from './load-process';

const clients: LoadClient[] = [];

process.on('message', (request: Request) => {
  void answer(request).then((result) => process.send!({ result }), (error: Error) => process.send!({ error: error.message }));
});

async function answer(request: Request): Promise<unknown> {
  switch (request.command) {
    case 'open': return open(request.url, request.total, request.atOnce);
    case 'exchange': return new Exchange(clients.slice(0, request.load.clients), request.load).run();
    case 'close': return close();
  }
}

/** Opens connections until there are so many in all. */
async function open(url: string, total: number, atOnce: number): Promise<Opened> {
  const start = performance.now();
  const wanted = total - clients.length;
  let begun = 0;
  let failure: string | undefined;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (begun < wanted && failure === undefined) {
      begun++;
      await LoadClient.open(url).then((client) => clients.push(client), (error: Error) => { failure = error.message; });
    }
  }));
  if (failure !== undefined) throw new Error(`${url}: connection ${clients.length + 1} of ${total}: ${failure}`);
  return { connections: wanted, seconds: (performance.now() - start) / 1000 };
}

async function close(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.close()));
}
