import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Notice } from '../../../lib/local/assembly/local-app';
import { EmbeddedDynamoDb } from '../../../lib/local/dynamodb/embedded';
import { until } from '../_helpers/local-server';

let folder: string;
let embedded: EmbeddedDynamoDb;
let notices: Notice[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'embedded-'));
  notices = [];
});
afterEach(async () => {
  await embedded.close();
  fs.rmSync(folder, { recursive: true });
});

const file = (): string => path.join(folder, 'dynoxide');

/** Starts a program in place of dynoxide: Node.js runs the script, whose arguments begin at 2. */
function start(script: string): void {
  fs.writeFileSync(file(), `#!${process.execPath}\n${script}`, { mode: 0o755 });
  embedded = new EmbeddedDynamoDb({ binary: { file: file(), version: '1' }, onNotice: (notice) => notices.push(notice) });
  embedded.serve([]);
}

const WAY_OUT = 'name another DynamoDB with --dynamodb URL (startGateway: dynamodb)';

test('another port is tried if one is taken', async () => {
  // GIVEN: every port is taken but the third
  const count = path.join(folder, 'count');
  start(`
    const count = ${JSON.stringify(count)};
    require('fs').appendFileSync(count, '.');
    if (require('fs').readFileSync(count).length < 3) {
      console.error('error: port ' + process.argv[5] + ' is already in use');
      process.exit(1);
    }
    console.error('Dynoxide listening on http://' + process.argv[3] + ':' + process.argv[5]);
    setInterval(() => undefined, 1000);`);

  // THEN
  expect((await embedded.endpoint()).href).toMatch(/^http:\/\/127\.\d+\.\d+\.\d+:\d{5}\/$/);
  expect(fs.readFileSync(count, 'utf8')).toBe('...');
  expect(notices).toEqual([]);
});

test('a program that does not start is a notice, and the error of each call', async () => {
  start('console.error("first line"); console.error("GLIBC_2.99 not found"); process.exit(3);');
  const why = `${file()} does not start: exit code 3: GLIBC_2.99 not found`;
  await expect(embedded.endpoint()).rejects.toMatchObject({ message: why, isTemporary: false });
  expect(notices).toEqual([{ code: 'dynamodb-failed', subject: file(), text: `${why}; ${WAY_OUT}` }]);
});

test('a file that is no program is the same failure', async () => {
  fs.writeFileSync(file(), '', { mode: 0o644 });
  embedded = new EmbeddedDynamoDb({ binary: { file: file(), version: '1' }, onNotice: (notice) => notices.push(notice) });
  embedded.serve([]);
  await expect(embedded.endpoint()).rejects.toMatchObject({
    message: expect.stringMatching(/^\S+\/dynoxide does not start: exit code 126: .*dynoxide: Permission denied$/), isTemporary: false,
  });
});

test('a program that keeps ending is given up', async () => {
  start('console.error("Dynoxide listening on http://x"); setTimeout(() => { console.error("disk full"); process.exit(1); }, 50);');
  await until(() => notices.length === 6, 'it to be given up', 20_000);
  expect(notices.map(({ code }) => code)).toEqual([...Array<string>(5).fill('dynamodb-restarted'), 'dynamodb-failed']);
  expect(notices.at(-1)?.text).toBe('the embedded DynamoDB has ended 6 times in a row (exit code 1: disk full) and is not restarted: the items of its tables are lost; '
    + WAY_OUT);
  await expect(embedded.endpoint()).rejects.toMatchObject({ message: 'the embedded DynamoDB has ended (exit code 1: disk full)', isTemporary: false });
});

test('a program that floods its output keeps running', async () => {
  start(`
    console.error('Dynoxide listening on http://x');
    for (let i = 0; i < 2000; i++) console.error('x'.repeat(1000));
    process.stderr.write('', () => require('fs').writeFileSync(${JSON.stringify(path.join(folder, 'done'))}, ''));
    setInterval(() => undefined, 1000);`);
  await embedded.endpoint();
  await until(() => fs.existsSync(path.join(folder, 'done')));
  expect(notices).toEqual([]);
});

test('a gateway that closes at once leaves no process', async () => {
  start('setTimeout(() => console.error("Dynoxide listening on http://x"), 50); setInterval(() => undefined, 1000);');
  await embedded.close();
  const running = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).some((name) => {
    try {
      return fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(file());
    } catch {
      return false;
    }
  });
  expect(running).toBe(false);
});
