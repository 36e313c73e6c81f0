import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Writable } from 'stream';
import { main, type Host } from '../../lib/local/command/main';
import { migration } from '../../lib/local/migrate';

const FIXTURES = path.join(__dirname, '..', 'fixtures', 'serverless');

let folder: string;
beforeEach(() => { folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'migrate-'))); });
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const collect = (take: (text: string) => void) => new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      take(chunk);
      done();
    },
  });
  const host = {
    version: '1.2.3', stdout: collect((text) => { out += text; }), stderr: collect((text) => { err += text; }), coloured: false, migration,
  } as Partial<Host> as Host;
  const code = await main(['migrate', ...args], host);
  return { code, out, err };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)!;
}

// A service with much besides, and overrides of resources and extensions.
test.each(['services/tagged-roles', 'inputs/overrides'])('the app of %s changes its stack in place', async (fixture) => {
  fs.cpSync(path.join(FIXTURES, fixture), folder, { recursive: true });

  const { code, out } = await run(path.join(folder, 'serverless.yml'), '--compiled', path.join(folder, 'compiled.v3.json'));

  expect(lastLine(out)).toMatch(/^\d+ kept, \d+ changed in place, 0 added, 0 removed, 0 replaced$/);
  expect(code).toBe(0);
  expect(fs.readdirSync(path.join(folder, 'cdk')).sort()).toEqual([
    '.gitignore', '.migrated.json', 'MIGRATION.md', 'bin', 'cdk.json', 'lib', 'package.json', 'tsconfig.json',
  ]);
});

test('a rewrite that loses a resource is caught', async () => {
  // GIVEN
  const compiled = path.join(FIXTURES, 'services/official-authorizer/compiled.v3.json');
  const { WebsocketsApi: _api, ...Resources } = (JSON.parse(fs.readFileSync(compiled, 'utf8')) as { Resources: Record<string, object> }).Resources;
  fs.writeFileSync(path.join(folder, 'rewritten.json'), JSON.stringify({ Resources }));

  const { code, out } = await run('--check', '--compiled', compiled, '--template', path.join(folder, 'rewritten.json'));

  expect({ code, line: lastLine(out) }).toEqual({ code: 1, line: expect.stringContaining(' 1 removed, 0 replaced') });
});

test.each([
  ['service: chat\nprovider: { name: google }\n', /^.*serverless\.yml:2:\d+: /],
  ['service: chat\nprovider: { name: aws }\nfunctions:\n  a: { handler: h.h, events: [{ websocket: { route: $connect, authorizer: nope } }] }\n', /^.*serverless\.yml:4:\d+: .*nope/],
])('what is wrong with a file is one line, and nothing is written', async (text, message) => {
  fs.writeFileSync(path.join(folder, 'serverless.yml'), text);

  const { code, out, err } = await run(path.join(folder, 'serverless.yml'));

  expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringMatching(message) });
  expect(fs.readdirSync(folder)).toEqual(['serverless.yml']);
});

test('a file that is not there is one line', async () => {
  expect(await run(path.join(folder, 'serverless.yml'))).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^[^\n]*serverless\.yml[^\n]*\n$/) });
});
