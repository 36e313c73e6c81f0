import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { readServerlessFile } from '../../../lib/serverless/read-service';
import { serviceFolder } from '../../serverless/_helpers/service-folder';

/** The command line of Serverless 3 or osls 4: a script that Node.js runs. */
const CLI = process.env.SERVERLESS_CLI;
const RUNS = Number(process.env.SERVERLESS_RUNS ?? 30);
const ENVIRONMENT = { PATH: process.env.PATH, HOME: process.env.HOME, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', MINE: 'env' };

if (CLI === undefined) {
  test.skip('variables are compared with "serverless print": SERVERLESS_CLI names no script', () => undefined);
} else {
  test('random variables resolve as the command line of Serverless says', () => {
    fc.assert(fc.property(fc.array(line(), { minLength: 4, maxLength: 12 }), (values) => {
      // GIVEN
      const folder = serviceFolder({ 'serverless.yml': service(values), 'a.yml': 'x: 1\ny: {z: "${self:service}"}\n' });

      // WHEN
      const theirs = printed(folder);
      const ours = read(folder);

      // THEN
      expect(ours).toEqual(theirs);
    }), { numRuns: RUNS, seed: Number(process.env.PROPERTY_SEED ?? 1), endOnFailure: true });
  }, RUNS * 60_000);
}

function service(values: readonly string[]): string {
  return ['service: svc', 'provider: {name: aws, runtime: nodejs20.x}', 'params: {default: {p: plain}}', 'configValidationMode: "off"',
    'functions: {a: {handler: h.h, events: [{websocket: $connect}]}}', 'custom:', '  m: {n: [1, {o: two}]}',
    ...values.map((value, index) => `  k${index}: ${JSON.stringify(value)}`), ''].join('\n');
}

/** Texts that are mostly variables, some of them wrong. */
function line(): fc.Arbitrary<string> {
  const key = fc.constantFrom('k0', 'k1', 'k2', 'k3', 'm', 'm.n', 'm.n.1.o', 'none', 'm.none');
  const source = fc.oneof(
    key.map((each) => `self:custom.${each}`), fc.constantFrom('opt:stage', 'env:MINE', 'env:NONE', 'sls:stage', 'param:p', 'aws:region',
      'file(a.yml):x', 'file(a.yml):y', 'file(no.yml)', 'strToBool(true)', 'self:custom.${self:custom.k1}'));
  const last = fc.constantFrom('', ', 5', ', null', ', \'t, }\'', ', "q"', ', false', ',');
  const variable = fc.tuple(fc.array(source, { minLength: 1, maxLength: 3 }), last).map(([sources, end]) => `\${${sources.join(', ')}${end}}`);
  const part = fc.oneof({ weight: 4, arbitrary: variable },
    { weight: 3, arbitrary: fc.constantFrom('text', '$', '\\', '\\\\', '${AWS::Region}', '${Foo}', ' ', '{', '}', '${', '$$') });
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
}

function printed(folder: string): unknown {
  const run = spawnSync(process.execPath, [path.resolve(String(CLI)), 'print', '--format', 'json'], { cwd: folder, env: ENVIRONMENT, encoding: 'utf8' });
  return run.status === 0 ? (JSON.parse(run.stdout) as { custom: unknown }).custom : 'an error';
}

function read(folder: string): unknown {
  try {
    return readServerlessFile({ path: path.join(folder, 'serverless.yml'), environment: ENVIRONMENT }).config.custom;
  } catch (error) {
    if ((error as Error).name !== 'ServerlessFileError') {
      throw error;
    }
    return 'an error';
  }
}
