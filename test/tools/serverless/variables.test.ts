import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { readServerlessFile } from '../../../lib/serverless/reading/read-service';
import { serviceFolder } from '../../serverless/_helpers/service-folder';

/** The command line of Serverless 3 or osls 4: a script that Node.js runs. */
const CLI = process.env.SERVERLESS_CLI;
const RUNS = Number(process.env.SERVERLESS_RUNS ?? 30);
/** Serverless 3 and osls 4 wait forever for some variables that depend on each other; every other run ends within some seconds. */
const HANGS_AFTER_MS = 60_000;
const ENVIRONMENT = { PATH: process.env.PATH, HOME: process.env.HOME, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', MINE: 'env' };

if (CLI === undefined) process.stderr.write('test/tools/serverless/variables.test.ts is skipped: SERVERLESS_CLI names no script\n');

(CLI === undefined ? test.skip : test)('random variables resolve as the command line of Serverless says', () => {
  fc.assert(fc.property(values(), (lines) => {
    // GIVEN
    const folder = serviceFolder({ 'serverless.yml': service(lines), ...FILES });

    // WHEN
    const theirs = printed(folder);
    const ours = read(folder);

    // THEN
    expect(ours).toEqual(theirs);
  }), { numRuns: RUNS, seed: Number(process.env.PROPERTY_SEED ?? 1), endOnFailure: true });
}, RUNS * 2 * HANGS_AFTER_MS);

const FILES = {
  'a.yml': 'x: 1\ny: {z: "${self:service}"}\n',
  'b.json': '{"l": ["${self:custom.t}", 2]}',
  't.txt': 'hello ${self:service}\n',
};

function service(lines: readonly string[]): string {
  return ['service: svc', 'provider: {name: aws, runtime: nodejs20.x}', 'params: {default: {p: plain}}', 'configValidationMode: "off"',
    'functions: {a: {handler: h.h, events: [{websocket: $connect}]}}', 'custom:', '  m: {n: [1, {o: two}], t: deep}', '  t: t', '  name: t',
    '  yes: "true"', '  f: a.yml', ...lines.map((value, index) => `  k${index}: ${JSON.stringify(value)}`), ''].join('\n');
}

function values(): fc.Arbitrary<string[]> {
  return fc.integer({ min: 2, max: 6 }).chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => line(index))));
}

/** Texts that are mostly variables, some of them wrong. They refer to later ones, so that most have a value. */
function line(index: number): fc.Arbitrary<string> {
  const key = fc.constantFrom(`k${index + 1}`, `k${index + 2}`, `k${index + 3}`, 'm', 'm.n', 'm.n.1.o', 'm.n.0', 'none', 'm.none', 't', 'name');
  const other = fc.constantFrom('self:custom.t', 'opt:stage', 'env:MINE', 'env:NONE', 'sls:stage', 'param:p', 'aws:region', 'file(a.yml):x',
    'file(a.yml):y', 'file(no.yml)', 'file( \'a.yml\' ):y.z', 'strToBool(true)', 'strToBool(${self:custom.yes})', 'self:custom. t',
    'self:custom.${self:custom.name}', 'self:custom.m.${self:custom.name}', 'file(${self:custom.f}):x', 'self:provider.name',
    'file(b.json):l.0', 'file(t.txt)');
  const source = fc.oneof(key.map((each) => `self:custom.${each}`), { weight: 2, arbitrary: other });
  const last = fc.constantFrom('', ', 5', ', null', ', \'t, }\'', ', "q"', ', false', ', \'\'', ', -1.5', ' , "a\\"b"');
  const variable = fc.tuple(fc.array(source, { minLength: 1, maxLength: 3 }), last, fc.constantFrom(',', ', '))
    .map(([sources, end, comma]) => `\${${sources.join(comma)}${end}}`);
  const glue = fc.constantFrom('text', '$', '\\', '\\\\', '\\\\\\', '${AWS::Region}', '${Foo}', ' ', '{', '}', '$$', '-');
  const parts = fc.array(fc.oneof(variable, glue), { minLength: 1, maxLength: 4 }).map((each) => each.join(''));
  return fc.oneof(variable, fc.tuple(glue, variable).map((each) => each.join('')), parts);
}

function printed(folder: string): unknown {
  const args = [path.resolve(String(CLI)), 'print', '--format', 'json'];
  const run = spawnSync(process.execPath, args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', timeout: HANGS_AFTER_MS });
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
