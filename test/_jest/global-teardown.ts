import * as fs from 'fs';

/** After all suites: nothing of them stays in the temporary directory. */
export default function teardown(): void {
  fs.rmSync(process.env.TMPDIR!, { recursive: true, force: true, maxRetries: 5 });
}
