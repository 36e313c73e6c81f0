import { spawnSync } from 'child_process';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');
const TSX = path.join(ROOT, 'node_modules', '.bin', 'tsx');

test('the suite of examples/testing for the test runner of Node.js passes', () => {
  // WHEN
  const { status, stdout } = spawnSync(TSX, ['--test', '--test-reporter=tap', 'examples/testing/door.node.ts'], { cwd: ROOT, encoding: 'utf8' });

  // THEN
  expect(stdout).toMatch(/^# pass 2$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(status).toBe(0);
});
