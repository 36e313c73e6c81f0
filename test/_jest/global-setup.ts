import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { compileWhatChanged } from '../../projenrc/quick-compile';

/** Before all suites. Jest runs lib/ from its sources; what suites start as a process, or read as a file, is compiled. */
export default function setup(): void {
  compileWhatChanged();
  // A folder of its own for whatever suites leave behind; the teardown removes it.
  process.env.TMPDIR = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'test-run-')));
  // Nobody reads where a construct was made, and source maps make each stack dear.
  process.env.CDK_DISABLE_STACK_TRACE = '1';
}
