import * as net from 'net';

/**
 * The first of so many neighbouring ports that nobody listens on. Below those that the system gives to whoever asks for any, and each
 * process begins elsewhere, so that two suites or checkouts do not meet.
 */
export async function freePorts(count: number): Promise<number> {
  for (let first = 20_000 + (process.pid * 17) % 10_000; first < 32_000; first += count) {
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
  throw new Error(`no ${count} neighbouring ports are free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
