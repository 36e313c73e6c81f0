import { spawn } from 'child_process';
import * as net from 'net';
import { portOwner } from '../../../lib/local/wire/port-errors';

test('the owner of a port is the process that listens', async () => {
  // GIVEN
  const script = 'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); });';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));

  // WHEN
  const owner = await portOwner(port);

  // THEN
  child.kill();
  expect(owner).toBe(`node (process ${child.pid})`);
});

test('a port on which nothing listens has no owner', async () => {
  // GIVEN
  const server = net.createServer().listen(0);
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  // THEN
  expect(await portOwner(port)).toBeUndefined();
});
