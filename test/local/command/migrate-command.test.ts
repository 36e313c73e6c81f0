import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Writable } from 'stream';
import { main, type Host } from '../../../lib/local/command/main';
import type { Comparison, Migration } from '../../../lib/local/command/migrate-command';
import { GatewayError } from '../../../lib/local/gateway-error';
import type { ServerlessService } from '../../../lib/serverless/service';
import type { Template } from '../../../lib/serverless/template';
import { FULL, planOf, serviceOf } from '../migration/_helpers/plans';

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'migrate-command-')));
  fs.writeFileSync(path.join(folder, 'serverless.yml'), 'service: chat\n');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const SAFE: Comparison = {
  report: 'Kept:\n  A\n\n1 kept\n', json: { resources: [{ logicalId: 'A', type: 'AWS::SNS::Topic', verdict: 'kept' }] }, isSafe: true,
};

/** What the command asked for. */
interface Calls {
  readonly read: unknown[];
  readonly compared: Template[][];
  readonly synthesized: string[];
}

/** Runs the command with parts that do what these do. */
async function run(args: readonly string[], parts: Partial<Migration> = {}, service: Partial<ServerlessService> = {}) {
  const calls: Calls = { read: [], compared: [], synthesized: [] };
  const migration: Migration = {
    read: (options) => {
      calls.read.push(options);
      return serviceOf(folder, service);
    },
    compile: (_service, dialect) => ({ Description: dialect, Resources: {} }),
    plan: () => planOf(),
    packedFiles: () => [],
    readTemplate: (file) => ({ Description: path.basename(file), Resources: {} }),
    check: ({ compiled, template }) => {
      calls.compared.push([compiled, template]);
      return SAFE;
    },
    synthesize: async (makeApp, stackName) => {
      calls.synthesized.push(`${stackName}: ${[...makeApp('/tmp/elsewhere').files.keys()].join(' ')}`);
      return { template: { Description: 'ours', Resources: {} } };
    },
    ...parts,
  };
  let [out, err] = ['', ''];
  const host = {
    version: '1.2.3',
    stdout: collect((text) => { out += text; }),
    stderr: collect((text) => { err += text; }),
    coloured: false,
    migration,
  } as Partial<Host> as Host;
  const code = await main(['migrate', ...args], host);
  return { code, out: out.replaceAll(folder, 'DIR'), err: err.replaceAll(folder, 'DIR'), calls };
}

function collect(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      take(chunk);
      done();
    },
  });
}

function yml(): string {
  return path.join(folder, 'serverless.yml');
}

function filesOf(name: string): string[] {
  const all = fs.readdirSync(path.join(folder, name), { recursive: true }) as string[];
  return all.filter((file) => fs.statSync(path.join(folder, name, file)).isFile()).sort();
}

const BY_OUR_RULES = 'There is no .serverless/cloudformation-template-update-stack.json: the app is compared with the template that Serverless 3 '
  + 'makes by our own rules. `serverless package` makes that file; --dialect names the other one.\n';

test('writes an app beside the file, and then prints what it changes', async () => {
  // WHEN
  const { code, out, err, calls } = await run([yml(), '--stage', 'prod', '--param', 'size=5']);

  // THEN
  expect({ code, err }).toEqual({ code: 0, err: BY_OUR_RULES });
  expect(out).toBe(`Written to DIR/cdk:
  bin/chat.ts
  lib/chat-stack.ts
  cdk.json
  package.json
  tsconfig.json
  .gitignore
  MIGRATION.md

The steps from here to the deployment: DIR/cdk/MIGRATION.md

Compared with what Serverless 3 makes by our own rules:

Kept:
  A

1 kept
`);
  expect(calls.read).toEqual([{ path: yml(), stage: 'prod', params: { size: '5' } }]);
  expect(calls.compared).toEqual([[{ Description: 'serverless', Resources: {} }, { Description: 'ours', Resources: {} }]]);
  expect(filesOf('cdk')).toEqual([
    '.gitignore', '.migrated.json', 'MIGRATION.md', 'bin/chat.ts', 'cdk.json', 'lib/chat-stack.ts', 'package.json', 'tsconfig.json',
  ]);
  expect(JSON.parse(fs.readFileSync(path.join(folder, 'cdk/package.json'), 'utf8'))).toMatchObject({
    dependencies: { 'cdk-websocket-service': '^1.2.3' },
  });
});

test('the app names the folder of the service relative to its own', async () => {
  await run([yml(), '--out', path.join(folder, 'apps/chat'), '--stage', 'prod', '--param', "who=it's", '--variable', 'cf:net.Id=vpc-1']);

  expect(fs.readFileSync(path.join(folder, 'apps/chat/lib/chat-stack.ts'), 'utf8'))
    .toContain("const SERVICE_FOLDER = path.join(__dirname, '..', '..', '..');\n");
  expect(fs.readFileSync(path.join(folder, 'apps/chat/MIGRATION.md'), 'utf8')).toContain("migrate ../../serverless.yml --stage prod --param 'who=it'\\''s' --variable cf:net.Id=vpc-1 --check");
});

test('--check writes nothing, and ends with 1 if something would be lost', async () => {
  const lost: Comparison = { ...SAFE, isSafe: false };

  const { code, out } = await run([yml(), '--check'], { check: () => lost });

  expect(code).toBe(1);
  expect(out).toBe('\nCompared with what Serverless 3 makes by our own rules:\n\nKept:\n  A\n\n1 kept\n');
  expect(fs.readdirSync(folder)).toEqual(['serverless.yml']);
});

test('--check --template judges any template, and makes no plan', async () => {
  const plan = (): never => { throw new Error('no plan is needed'); };

  const { calls, code } = await run([yml(), '--check', '--template', 'theirs.json', '--compiled', 'deployed.json'], { plan });

  expect(code).toBe(0);
  expect(calls).toEqual({
    read: [{ path: yml(), params: {} }],
    compared: [[{ Description: 'deployed.json', Resources: {} }, { Description: 'theirs.json', Resources: {} }]],
    synthesized: [],
  });
});

test('two templates need no service', async () => {
  const { calls, out } = await run(['--check', '--template', 'theirs.json', '--compiled', 'deployed.json', '--json']);

  expect(calls.read).toEqual([]);
  expect(out).toBe(`${JSON.stringify({ type: 'difference', comparedWith: 'deployed.json', ...SAFE.json })}\n`);
});

test('--json prints an object a line, notices too', async () => {
  const notices = [{ code: 'unknownKey', text: 'The key "cors" has no effect.', position: { file: yml(), line: 3, column: 5 } }];

  const { out, err } = await run([yml(), '--json', '--dialect', 'osls'], {}, { notices });

  expect(err).toBe('');
  expect(out.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: 'notice', text: 'serverless.yml:3:5: The key "cors" has no effect.' },
    { type: 'notice', text: expect.stringContaining('makes by our own rules') },
    { type: 'written', folder: 'DIR/cdk', files: expect.arrayContaining(['MIGRATION.md']) },
    { type: 'difference', comparedWith: 'what osls 4 makes by our own rules', ...SAFE.json },
  ]);
});

test('--fresh makes a new stack, and compares nothing', async () => {
  const { calls, out, err } = await run([yml(), '--fresh'], { plan: () => FULL });

  expect(calls).toMatchObject({ compared: [], synthesized: [expect.stringMatching(/^chat-dev-cdk: /)] });
  expect({ err, isCompared: out.includes('Compared') }).toEqual({ err: '', isCompared: false });
  expect(fs.readFileSync(path.join(folder, 'cdk/lib/chat-stack.ts'), 'utf8')).not.toContain('ServiceNaming');
});

describe('without aws-cdk-lib', () => {
  const synthesize: Migration['synthesize'] = async () => ({ missing: 'aws-cdk-lib' });

  test('the app is written, and a line says how to go on', async () => {
    const { code, out } = await run([yml()], { synthesize });

    expect(code).toBe(0);
    expect(out).toContain(`aws-cdk-lib is not installed here, so the app has not been synthesized. Go on with:

  cd DIR/cdk
  npm install && npx cdk synth --quiet && npx cdk-websocket-service migrate ../serverless.yml --check --template cdk.out/chat-dev.template.json
`);
  });

  test('--check is an error', async () => {
    expect(await run([yml(), '--check'], { synthesize })).toMatchObject({
      code: 1,
      out: '',
      err: `${BY_OUR_RULES}aws-cdk-lib is not installed here, so the app cannot be synthesized; install it (npm install --save-dev aws-cdk-lib), `
        + 'or give the template of an app: --check --template cdk.out/STACK.template.json\n',
    });
  });
});

describe('nothing is written', () => {
  const refused = new GatewayError('SERVICE_REFUSED', 'serverless.yml:3:5: no');

  test.each<[string, Partial<Migration>, number]>([
    ['if the file is wrong', { read: () => { throw refused; } }, 1],
    ['if the service cannot be planned', { plan: () => { throw refused; } }, 1],
    ['if the app cannot be synthesized', { synthesize: async () => { throw new GatewayError('APP_FAILED', 'it is broken'); } }, 1],
    ['if the compiled template is none', { compile: () => { throw new GatewayError('INVALID_OPTION', 'no template'); } }, 2],
  ])('%s', async (_case, parts, code) => {
    expect(await run([yml()], parts)).toMatchObject({ code, out: '' });
    expect(fs.readdirSync(folder)).toEqual(['serverless.yml']);
  });

  test('over files of somebody else, which are looked at before anything is synthesized', async () => {
    fs.mkdirSync(path.join(folder, 'cdk'));
    fs.writeFileSync(path.join(folder, 'cdk/app.ts'), 'mine');

    const { code, err, calls } = await run([yml()]);

    expect({ code, calls: calls.synthesized }).toEqual({ code: 2, calls: [] });
    expect(err).toBe(`${BY_OUR_RULES}--out DIR/cdk has files that migrate did not write (app.ts); name a new or an empty folder\n`);
  });
});

test('text of a hostile file cannot move the cursor', async () => {
  const { err } = await run([yml()], {}, { notices: [{ code: 'unknownKey', text: 'The key "\u001b[2J\u202e" is unknown.' }] });

  expect(err).toContain('The key "\\x1B[2J\\u202E" is unknown.\n');
});
