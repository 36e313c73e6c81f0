import { parseCommand } from './arguments';
import { errorText, exitCode } from './errors';
import { HELP } from './help';
import { Host, serve } from './local';
import { readApp } from '../assembly/read-app';
import { harmless } from '../terminal/harmless';
import { routeTable } from '../terminal/served';

/** Stands for the region of an app that names none. */
const UNKNOWN_REGION = '<region>';

/** Runs the command line tool, which touches nothing but its host. @returns the exit code */
export async function main(args: readonly string[], host: Host): Promise<number> {
  try {
    const command = parseCommand(args);
    switch (command.name) {
      case 'help':
        host.stdout.write(HELP);
        return 0;
      case 'version':
        host.stdout.write(`${host.version}\n`);
        return 0;
      case 'routes':
        host.stdout.write(routes(command.app));
        return 0;
      case 'local':
        return await serve(command, host);
    }
  } catch (error) {
    host.stderr.write(errorText(error, args.includes('--json')));
    return exitCode(error);
  }
}

/** The WebSocket APIs of an assembly as text. */
function routes(directory: string): string {
  const { apis, functions } = readApp(directory, { region: UNKNOWN_REGION });
  return harmless(`${apis.map((api) => routeTable(api, functions)).join('\n\n')}\n`);
}
