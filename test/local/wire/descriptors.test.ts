import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';
import { createInterface } from 'readline';
import { Descriptors } from '../../../lib/local/wire/descriptors';
import { folderOf } from '../../_helpers/assembly-folder';
import { TestClient, until } from '../_helpers/local-server';

test('leaves descriptors for everything that is no client', () => {
  // GIVEN
  const descriptors = new Descriptors(() => 100);

  // WHEN
  const taken = Array.from({ length: 60 }, () => descriptors.take()).filter((isTaken) => isTaken).length;

  // THEN
  expect(taken).toBe(50);
  expect(descriptors.take()).toBe(false);
  descriptors.free();
  expect(descriptors.take()).toBe(true);
});

test('where the limit is unknown, there is none', () => {
  const descriptors = new Descriptors(() => Infinity);

  expect(Array.from({ length: 1_000 }, () => descriptors.take()).every((isTaken) => isTaken)).toBe(true);
});

/** Serves an API, prints its URL and its notices, and takes all descriptors that are left, or frees them, when it is told to. */
const PROGRAM = `
const fs = require('fs');
const { startGateway } = require(${JSON.stringify(path.resolve(__dirname, '../../../lib/local'))});
const taken = [];
void startGateway({ app: process.argv[1], directory: process.argv[1], onEvent: (event) => {
  if (event.type === 'notice') console.log('notice ' + event.code);
} }).then(({ url }) => console.log(url));
process.stdin.on('data', (text) => {
  if (String(text).startsWith('free')) while (taken.length > 0) fs.closeSync(taken.pop());
  else try { for (;;) taken.push(fs.openSync('/dev/null')); } catch {}
  console.log('done');
});
`;

describe('a gateway with few descriptors', () => {
  let child: ChildProcess;
  const lines: string[] = [];
  let url: string;

  beforeAll(async () => {
    const ApiId = { Ref: 'Api' };
    const app = folderOf({
      'manifest.json': { artifacts: { Test: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Test.json' } } } },
      'Test.json': {
        Resources: {
          Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
          Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId, StageName: 'dev', AutoDeploy: true } },
        },
      },
    });
    child = spawn('bash', ['-c', 'ulimit -n 160; exec "$0" "$@"', process.execPath, '-e', PROGRAM, app], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(child.stdout!).on('line', (line) => lines.push(line));
    await until(() => lines.some((line) => line.startsWith('ws:')), 'the gateway to start');
    url = lines.find((line) => line.startsWith('ws:'))!;
  });
  afterAll(() => child.kill('SIGKILL'));

  test('refuses further clients with one notice, and serves new ones when others have left', async () => {
    // WHEN
    const opened = await Promise.allSettled(Array.from({ length: 100 }, () => TestClient.open(url)));

    // THEN
    const clients = opened.flatMap((one) => one.status === 'fulfilled' ? [one.value] : []);
    expect(clients).toHaveLength(80);
    expect(lines.filter((line) => line === 'notice descriptors-exhausted')).toHaveLength(1);
    await Promise.all(clients.map((client) => client.close()));
    await (await TestClient.open(url)).close();
    expect(child.exitCode).toBeNull();
  });

  test('outlives a system that has none left at all', async () => {
    // GIVEN
    lines.length = 0;
    child.stdin!.write('take\n');
    await until(() => lines.includes('done'), 'the descriptors to be taken');

    // WHEN
    const results = await Promise.allSettled([1, 2, 3].map(() => TestClient.open(url)));

    // THEN
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    lines.length = 0;
    child.stdin!.write('free\n');
    await until(() => lines.includes('done'), 'the descriptors to be free');
    await (await TestClient.open(url)).close();
    expect(child.exitCode).toBeNull();
  });
});
