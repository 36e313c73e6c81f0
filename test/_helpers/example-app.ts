import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** Every example that is an app of its own. */
export const EXAMPLE_APPS = fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'app.ts')));

/** The stack of an example, run from its folder as `cdk synth` runs it. */
export function exampleStack(name: string): Stack {
  const before = process.cwd();
  process.chdir(path.join(EXAMPLES, name));
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require(path.join(EXAMPLES, name, 'app')) as { stack: Stack }).stack;
  } finally {
    process.chdir(before);
  }
}

/** The folder of an example's assembly. */
export function exampleAssembly(name: string): string {
  return (exampleStack(name).node.root as App).synth().directory;
}
