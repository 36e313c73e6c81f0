import { parseCommand } from './arguments';
import { errorText, exitCode } from './errors';
import { HELP } from './help';
import type { Host } from './host';
import { serve } from './local';
import { routes } from './routes';

/** Runs the command line tool; returns the exit code. Touches nothing but its host. */
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
