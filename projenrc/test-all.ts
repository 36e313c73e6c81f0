/**
 * `npm run test:all` runs all steps; `npm run test:all -- --smoke` a little of each but the first, which is what CI does after `npm test`.
 * Names choose among the steps: `npm run test:all -- node22 python`.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');
const JEST = 'node node_modules/.bin/jest --ci';

interface Step {
  readonly command: string;
  /** A little of it. */
  readonly smoke?: string;
  readonly environment?: Record<string, string>;
  /** What it needs that this machine lacks. */
  readonly obstacle?: string;
}

const seed = process.env.PROPERTY_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
const lacks = (command: string, ...args: string[]): string | undefined => (
  spawnSync(command, args, { stdio: 'ignore' }).status === 0 ? undefined : `there is no ${[command, ...args].join(' ')}`
);

const steps: Record<string, Step> = {
  test: { command: 'npm test', environment: { THOROUGH: '1' } },
  newest: { command: `${JEST} --config jest.newest.config.json`, environment: { CDK_VALIDATION: 'false' } },
  properties: {
    command: `${JEST} ${suitesWithProperties()} --testTimeout 1800000 --setupFiles "<rootDir>/test/_jest/long-properties.js"`,
    smoke: `${JEST} test/local/protocol/json-path --setupFiles "<rootDir>/test/_jest/long-properties.js"`,
    environment: { PROPERTY_FACTOR: '20', PROPERTY_SEED: seed },
  },
  client: {
    command: `${JEST} test/client/recovery test/client/nothing-missed`,
    environment: { RECOVERY_RUNS: '1000', CLIENT_RUNS: '300', PROPERTY_SEED: seed },
  },
  node22: onNode(22),
  node24: onNode(24),
  python: {
    command: 'npm run test:python',
    smoke: `npx projen package:python && ${JEST} test/tools/python --testPathIgnorePatterns /node_modules/`,
    obstacle: lacks('python3', '-m', 'venv', '--help'),
  },
  storeFromPython: {
    command: `${JEST} test/tools/store-from-python --testPathIgnorePatterns /node_modules/`,
    obstacle: lacks('python3', '-c', 'import boto3'),
  },
  // Installs the Serverless Framework 3 and osls, unless OSLS and SERVERLESS_V3 name their folders.
  serverless: {
    command: `${JEST} test/tools/serverless --testPathIgnorePatterns /node_modules/`,
    environment: { SERVERLESS_RUNS: '200', PROPERTY_SEED: seed },
  },
  takeover: {
    command: `${JEST} test/tools/takeover --testPathIgnorePatterns /node_modules/`,
    smoke: `${JEST} test/tools/takeover --testPathIgnorePatterns /node_modules/ --testNamePattern seed`,
    obstacle: lacks('python3', '-m', 'venv', '--help'),
  },
  java: { command: `${JEST} test/tools/java --testPathIgnorePatterns /node_modules/`, obstacle: lacks('java', '-version') },
  cfnLint: { command: `${JEST} test/tools/cfn-lint --testPathIgnorePatterns /node_modules/`, obstacle: lacks('cfn-lint', '--version') },
};

/** The gateway and the construct on another version of Node.js, whose package on npm brings the binary. */
function onNode(version: number): Step {
  const jest = `npx --yes --package node@${version} -- ${JEST}`;
  return {
    command: `${jest} /test/local /test/lambda /test/websocket-service /test/private /examples/ test/examples test/node-test`,
    // One gateway, and one synthesis.
    smoke: `${jest} /examples/testing/ /examples/serverless-ws-test/`,
  };
}

function suitesWithProperties(): string {
  const files = fs.readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  return files.filter((file) => fs.readFileSync(path.join(ROOT, 'test', file), 'utf8').includes("from 'fast-check'")).map((file) => `test/${file}`).join(' ');
}

function main(args: readonly string[]): void {
  const isSmoke = args.includes('--smoke');
  const wanted = args.filter((name) => name !== '--smoke');
  const unknown = wanted.filter((name) => !(name in steps));
  if (unknown.length > 0) throw new Error(`there is no step ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}`);

  const lines = Object.entries(steps).filter(([name]) => wanted.length === 0 || wanted.includes(name)).flatMap(([name, step]) => {
    const command = isSmoke ? step.smoke : step.command;
    return command === undefined ? [] : [run(name, command, step)];
  });
  console.log(`\n${lines.join('\n')}`);
}

/** Runs a step; says how it went. */
function run(name: string, command: string, { environment = {}, obstacle }: Step): string {
  if (obstacle !== undefined) return `${name}: skipped, ${obstacle}`;
  const drawn = environment.PROPERTY_SEED === undefined ? '' : `, PROPERTY_SEED=${environment.PROPERTY_SEED}`;
  console.log(`\n${name}: ${command}${drawn}`);
  const before = Date.now();
  const { status } = spawnSync(command, { cwd: ROOT, shell: true, stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exitCode = 1;
  return `${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - before) / 1000)} s${drawn}`;
}

main(process.argv.slice(2));
