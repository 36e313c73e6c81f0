import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../../../lib/local/gateway-error';
import { synthesize, SynthesisOptions } from '../../../lib/local/watch/synthesis';
import { AppFolder } from '../../_helpers/app-folder';

const CDK = JSON.stringify(path.dirname(require.resolve('aws-cdk-lib/package.json')));
const SHELL = { PATH: process.env.PATH };

/** An app that puts into its template what its environment says. */
const APP = `
const { App, Stack, CfnOutput } = require(${CDK});
const app = new App();
const stack = new Stack(app, 'Test', { env: { region: process.env.CDK_DEFAULT_REGION, account: process.env.CDK_DEFAULT_ACCOUNT } });
const context = (key) => JSON.stringify(app.node.tryGetContext(key)) ?? 'none';
new CfnOutput(stack, 'Greeting', { value: context('greeting') });
new CfnOutput(stack, 'Paths', { value: context('aws:cdk:enable-path-metadata') });
new CfnOutput(stack, 'Bundling', { value: context('aws:cdk:bundling-stacks') });
console.log('printed by the app');
console.error('complained by the app');
`;

let folder: AppFolder;

beforeEach(() => { folder = new AppFolder({ 'app.js': APP }); });
afterEach(() => folder.leave());

function run(options: Partial<SynthesisOptions> = {}): Promise<{ directory: string; output: string }> {
  const environment = { ...SHELL, HOME: folder.path };
  return synthesize({ app: 'node app.js', directory: folder.path, output: 'cdk.out', environment, ...options });
}

async function refusal(synthesis: Promise<unknown>): Promise<GatewayError> {
  return synthesis.then(() => { throw new Error('not refused'); }, (reason: GatewayError) => reason);
}

function outputs(): Record<string, string> {
  const { Outputs } = JSON.parse(fs.readFileSync('cdk.out/Test.template.json', 'utf8'));
  return Object.fromEntries(Object.entries<{ Value: string }>(Outputs).map(([name, { Value }]) => [name, Value]));
}

test('runs an app as the CDK CLI does', async () => {
  // GIVEN
  folder.write({ 'cdk.json': '{ "context": { "greeting": "hello" } }' });

  // WHEN
  const synthesis = await run();

  // THEN
  expect(synthesis.directory).toBe(path.resolve('cdk.out'));
  expect(synthesis.output.split('\n').sort()).toEqual(['', 'complained by the app', 'printed by the app']);
  expect(outputs()).toEqual({ Greeting: '"hello"', Paths: 'true', Bundling: '["**"]' });
  expect(JSON.parse(fs.readFileSync('cdk.out/manifest.json', 'utf8')).artifacts.Test.environment).toBe('aws://123456789012/us-east-1');
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  [
    'CDK_DEFAULT_*',
    { CDK_DEFAULT_ACCOUNT: '210987654321', CDK_DEFAULT_REGION: 'eu-west-1', AWS_REGION: 'eu-west-2' },
    'aws://210987654321/eu-west-1',
  ],
  ['AWS_REGION', { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, 'aws://123456789012/eu-west-2'],
  ['AWS_DEFAULT_REGION', { AWS_DEFAULT_REGION: 'eu-west-3' }, 'aws://123456789012/eu-west-3'],
])('the shell names account and region: %s', async (_, variables, environment) => {
  // WHEN
  await run({ environment: { ...SHELL, ...variables } });

  // THEN
  expect(JSON.parse(fs.readFileSync('cdk.out/manifest.json', 'utf8')).artifacts.Test.environment).toBe(environment);
});

test('a context that is too long for a variable reaches the app too', async () => {
  // GIVEN
  const greeting = 'x'.repeat(200_000);
  folder.write({ 'cdk.context.json': JSON.stringify({ greeting }) });

  // WHEN
  await run();

  // THEN
  expect(outputs()).toMatchObject({ Greeting: JSON.stringify(greeting), Paths: 'true' });
});

test('commands of installed packages are found', async () => {
  // GIVEN
  folder.write({ 'node_modules/.bin/tool': '#!/bin/sh\nexec node app.js "$@"\n' });
  fs.chmodSync('node_modules/.bin/tool', 0o755);

  // THEN
  expect((await run({ app: 'tool' })).directory).toBe(path.resolve('cdk.out'));
});

test('a JavaScript file is run with Node', async () => {
  expect((await run({ app: 'app.js' })).directory).toBe(path.resolve('cdk.out'));
});

test('the build command of cdk.json runs first', async () => {
  // GIVEN
  folder.write({ 'cdk.json': '{ "build": "echo built && cp app.js built.js" }' });

  // THEN
  expect((await run({ app: 'node built.js' })).output).toMatch(/^built\n/);
});

test('an app that fails is quoted, after a line of ours', async () => {
  // GIVEN
  folder.write({ 'broken.js': 'console.log("about to fail"); console.error("because of this"); process.exit(3);' });

  // THEN
  expect(await refusal(run({ app: 'node broken.js' }))).toMatchObject({
    code: 'APP_FAILED',
    message: `"node broken.js" in ${folder.path} ended with exit code 3:\nabout to fail\nbecause of this`,
  });
});

test.each([
  ['there was none', []],
  ['an old one is there', ['app.js']],
])('an app that writes no assembly is an error: %s', async (_, before) => {
  // GIVEN
  for (const app of before) await run({ app });
  folder.write({ 'idle.js': '' });

  // THEN
  expect(await refusal(run({ app: 'node idle.js' }))).toMatchObject({
    code: 'APP_FAILED', message: `"node idle.js" wrote no assembly into ${path.resolve('cdk.out')}; does it call app.synth()?`,
  });
});

test('a command that does not exist is an error with the words of the shell', async () => {
  const { code, message } = await refusal(run({ app: 'no-such-tool' }));

  expect(code).toBe('APP_FAILED');
  expect(message).toMatch(new RegExp(`^"no-such-tool" in ${folder.path} ended with exit code 127:\n.*no-such-tool: .*not found$`));
});

test('a folder that does not exist is an error', async () => {
  const directory = path.join(folder.path, 'gone');

  expect(await refusal(run({ directory, output: '../cdk.out' }))).toMatchObject({
    code: 'APP_FAILED', message: expect.stringMatching(/^"node app\.js" cannot be started in .*gone: /),
  });
});

test('an abort ends the app and what it started', async () => {
  // GIVEN
  folder.write({ 'slow.js': "setInterval(() => require('fs').appendFileSync('beats', '.'), 5);" });
  const abort = new AbortController();
  const synthesis = refusal(run({ app: 'node slow.js; true', signal: abort.signal }));
  while (!fs.existsSync('beats')) await new Promise((resolve) => setTimeout(resolve, 10));

  // WHEN
  abort.abort();

  // THEN
  expect((await synthesis).name).toBe('AbortError');
  const beats = fs.readFileSync('beats', 'utf8');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(fs.readFileSync('beats', 'utf8')).toBe(beats);
});

test('nothing runs if the signal is aborted before', async () => {
  expect((await refusal(run({ signal: AbortSignal.abort() }))).name).toBe('AbortError');
  expect(fs.existsSync('cdk.out')).toBe(false);
});
