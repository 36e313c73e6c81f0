import { parseArgs } from 'util';
import { readAssembly } from './assembly';
import { routeTable } from './route-table';
import { synthesizedApis } from './synthesized-api';

const HELP = `cdk-websocket-service routes [--app DIR]

Prints the WebSocket APIs of a synthesized app: URLs, and for each route its target, function and authorizer.

  --app DIR   the cloud assembly that \`cdk synth\` wrote (default: cdk.out)
  --help      this text

Exit codes: 0 done, 1 there is no such assembly or no WebSocket API in it, 2 usage.
`;

/** What the command line tool says and how it ends. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly output: string;
}

/** Runs the command line tool; only `cli` touches the process. */
export function main(args: string[]): Outcome {
  let app: string;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { app: { type: 'string', default: 'cdk.out' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) return { code: 0, output: HELP };
    if (positionals.length !== 1 || positionals[0] !== 'routes') return { code: 2, output: `${commandComplaint(positionals)}\n\n${HELP}` };
    app = values.app;
  } catch (error) {
    return { code: 2, output: `${(error as Error).message}\n\n${HELP}` };
  }
  return routes(app);
}

/** The entry point of `bin/`. */
export function cli(): void {
  const { code, output } = main(process.argv.slice(2));
  (code === 0 ? process.stdout : process.stderr).write(output);
  process.exitCode = code;
}

function routes(app: string): Outcome {
  try {
    const apis = synthesizedApis(readAssembly(app));
    if (apis.length === 0) return { code: 1, output: `${app} has no WebSocket API\n` };
    return { code: 0, output: `${apis.map(routeTable).join('\n\n')}\n` };
  } catch (error) {
    return { code: 1, output: `${(error as Error).message}\n` };
  }
}

function commandComplaint(positionals: string[]): string {
  return positionals.length === 0 ? 'Which command?' : `There is no command "${positionals.join(' ')}".`;
}
