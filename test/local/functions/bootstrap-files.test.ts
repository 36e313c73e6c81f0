import { spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as path from 'path';

const DIRECTORY = path.join(__dirname, '../../../lib/local/functions');
const FILES = fs.readdirSync(DIRECTORY).filter((file) => /^bootstrap.*\.js$/.test(file));

test.each(FILES)('%s can be loaded as it is published', async (file) => {
  // GIVEN
  const loading = spawn(process.execPath, ['-e', `require(${JSON.stringify(path.join(DIRECTORY, file))})`], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let told = '';
  loading.stderr!.setEncoding('utf8').on('data', (text: string) => { told += text; });
  // WHEN there is no gateway any more
  loading.stdio[3]!.destroy();
  // THEN
  const [status] = await once(loading, 'close') as [number | null];
  expect([status, told]).toEqual([0, '']);
});
