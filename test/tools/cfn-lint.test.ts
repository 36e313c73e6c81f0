import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { EXAMPLE_APPS, exampleAssembly } from '../_helpers/example-app';

/** aws-cdk-lib lets a function wait for a role that it refers to. */
const IGNORED = ['W3005'];

/** A Python package, by AWS. */
const isThere = spawnSync('cfn-lint', ['--version']).status === 0;
if (!isThere) process.stderr.write('test/tools/cfn-lint.test.ts is skipped: there is no cfn-lint; pip install cfn-lint\n');

test('there are examples', () => {
  expect(EXAMPLE_APPS.length).toBeGreaterThan(3);
});

(isThere ? test.each(EXAMPLE_APPS) : test.skip.each(EXAMPLE_APPS))('cfn-lint finds nothing in examples/%s', (name) => {
  const directory = exampleAssembly(name);
  const templates = fs.readdirSync(directory).filter((file) => file.endsWith('template.json')).map((file) => path.join(directory, file));

  const { stdout, status } = spawnSync('cfn-lint', ['--ignore-checks', ...IGNORED, '--regions', 'us-east-1', '--', ...templates], { encoding: 'utf8' });

  expect(templates.length).toBeGreaterThan(0);
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
