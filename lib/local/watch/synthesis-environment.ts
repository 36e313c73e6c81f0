import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** Region and account of apps that take them from where they are synthesized, if the shell says nothing. */
const DEFAULT_REGION = 'us-east-1';
const DEFAULT_ACCOUNT = '123456789012';

/** What the CDK CLI tells an app by its context when nothing is said otherwise. */
const CLI_CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  // Nothing is deployed: what only a deployment needs would take time.
  'aws:cdk:disable-version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
};

/** Linux takes no longer variables; the CDK library reads longer contexts from a file. Bytes, with room to spare. */
const LONGEST_CONTEXT = 100_000;

interface SynthesisEnvironment {
  readonly variables: NodeJS.ProcessEnv;
  /** Removes what was written for the run. */
  cleanUp(): void;
}

/**
 * The environment in which the CDK CLI runs an app.
 *
 * The CLI asks AWS for the account; here the shell may say it (`CDK_DEFAULT_ACCOUNT`), else it is a placeholder, so that
 * apps run that insist on one.
 *
 * @param directory absolute folder of the app
 * @param output absolute folder for the assembly
 * @param context of the project; what the CLI itself says wins
 */
export function synthesisEnvironment(
  directory: string, output: string, context: Readonly<Record<string, unknown>>, shell: NodeJS.ProcessEnv,
): SynthesisEnvironment {
  const { variables, cleanUp } = contextVariables(JSON.stringify({ ...context, ...CLI_CONTEXT }));
  return {
    variables: {
      // Python on Windows would print in another encoding.
      PYTHONIOENCODING: 'utf-8',
      // It checks what CloudFormation would refuse, and takes time.
      CDK_VALIDATION: 'false',
      ...shell,
      PATH: withTools(directory, shell.PATH),
      CDK_OUTDIR: output,
      CDK_DEFAULT_REGION: shell.CDK_DEFAULT_REGION ?? shell.AWS_REGION ?? shell.AWS_DEFAULT_REGION ?? DEFAULT_REGION,
      CDK_DEFAULT_ACCOUNT: shell.CDK_DEFAULT_ACCOUNT ?? DEFAULT_ACCOUNT,
      ...variables,
    },
    cleanUp,
  };
}

function contextVariables(json: string): SynthesisEnvironment {
  if (Buffer.byteLength(json) <= LONGEST_CONTEXT) return { variables: { CDK_CONTEXT_JSON: json }, cleanUp: () => undefined };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-context-'));
  const file = path.join(folder, 'context.json');
  fs.writeFileSync(file, json);
  return {
    variables: { CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION_ENV: file },
    cleanUp: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** The commands of installed packages, as `npx` and npm scripts see them. */
export function withTools(directory: string, before = ''): string {
  const folders: string[] = [];
  for (let folder = directory; ; folder = path.dirname(folder)) {
    folders.push(path.join(folder, 'node_modules', '.bin'));
    if (folder === path.dirname(folder)) break;
  }
  return [...folders, before].join(path.delimiter);
}
