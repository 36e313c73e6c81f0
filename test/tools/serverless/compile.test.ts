import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { compileWithCli, installedClis, type CliResult } from './_cli';
import { randomServices } from './_random-services';
import { SERVICES } from './_services';
import { compileService } from '../../../lib/serverless/compiling/compile';
import { ServerlessFileError } from '../../../lib/serverless/file-error';
import type { Dialect } from '../../../lib/serverless/service';
import type { JsonObject } from '../../../lib/serverless/template';
import { comparable, configOf, serviceOfConfig } from '../../_helpers/serverless-service';

jest.setTimeout(600_000);

const DIALECTS: readonly Dialect[] = ['serverless', 'osls'];
const RUNS = Number(process.env.SERVERLESS_RUNS ?? 150);
const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'serverless-clis-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const clis = installedClis(folder);
const describeIf = clis === undefined ? describe.skip : describe;

/** Both compilers reject these, and so do we. */
const REJECTED: readonly string[] = ['files without vpc', 'both', 'an extension of nothing'];

describeIf.each(DIALECTS)('services of each kind, %s', (dialect) => {
  const names = Object.keys(SERVICES);
  const configs = names.map((name) => configOf(SERVICES[name]));
  let results: CliResult[];
  beforeAll(() => {
    results = compileWithCli(clis![dialect], configs);
  });

  test.each(names.map((name, index) => [name, index] as const))('%s', (name, index) => {
    const result = results[index];
    expect('error' in result).toBe(REJECTED.includes(name) || (dialect === 'osls' && name === 'a conditional destination'));
    expectEqual(result, configs[index], dialect);
  });
});

describeIf.each(DIALECTS)('services that nobody wrote, %s', (dialect) => {
  test(`${RUNS} of seed ${SEED}`, () => {
    const configs = fc.sample(randomServices(), { numRuns: RUNS, seed: SEED }).map(unshared);

    const results = compileWithCli(clis![dialect], configs);

    results.forEach((result, index) => expectEqual(result, configs[index], dialect));
    expect(results).toHaveLength(RUNS);
  });
});

/** Parsed as a file is: no two values are one object, which Serverless would merge into at once. */
function unshared(config: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(config)) as JsonObject;
}

/** Structure and the order of lists: all but what artifacts and time decide. What the CLI rejects, we reject. */
function expectEqual(result: CliResult, config: JsonObject, dialect: Dialect): void {
  if ('error' in result) {
    // A service that only a schema rejects is a fault of this test.
    expect({ config, error: result.error }).not.toEqual({ config, error: expect.stringContaining('Configuration error') });
    expect(() => compileService(serviceOfConfig(config), dialect)).toThrow(ServerlessFileError);
    return;
  }
  const expected = comparable(result.template);
  const template = comparable(compileService(serviceOfConfig(config), dialect));
  expect({ config, template }).toEqual({ config, template: expected });
}
