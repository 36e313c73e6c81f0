import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from './gateway-error';
import { Settings } from './gateway-options';
import { appCommand, isAssembly, readProject } from './watch/cdk-project';
import { synthesize, withTools } from './watch/synthesis';

/** The assembly to serve, and the command that makes it. */
export interface AppSource {
  /** The folder of the assembly. */
  readonly assembly: string;
  /** Absent if the option names an assembly. */
  readonly command?: SynthesisCommand;
}

export interface SynthesisCommand {
  /** The command as the developer wrote it: `npx tsx bin/app.ts`. */
  readonly text: string;
  /** Writes the assembly. */
  readonly run: (signal?: AbortSignal) => Promise<void>;
}

/**
 * Reads the option `app`, or else the `app` of `cdk.json`: a command, or the folder of an assembly.
 *
 * @throws GatewayError ASSEMBLY_NOT_FOUND, INVALID_OPTION
 */
export function appSource({ app, directory }: Settings): AppSource {
  const text = app ?? appCommand(directory);
  if (text.trim() === '') {
    throw new GatewayError('INVALID_OPTION', '`app` is empty; write the command that synthesizes the app, or the folder of an assembly');
  }
  const folder = path.resolve(directory, text);
  if (isAssembly(folder)) return { assembly: folder };
  if (!isCommand(text, folder, directory)) {
    throw new GatewayError('ASSEMBLY_NOT_FOUND', `${text} is not a cloud assembly: it has no manifest.json; run \`cdk synth\` first`);
  }
  const assembly = path.resolve(directory, readProject(directory).output);
  const run = async (signal?: AbortSignal): Promise<void> => {
    await synthesize({ app: text, directory, output: assembly, environment: process.env, signal });
  };
  return { assembly, command: { text, run } };
}

/** Whether a text is a command: several words, or a program. Otherwise it must be meant as the folder of an assembly. */
function isCommand(text: string, file: string, directory: string): boolean {
  if (/\s/.test(text.trim())) return true;
  const folders = withTools(directory, process.env.PATH).split(path.delimiter);
  return [file, ...folders.map((folder) => path.join(folder, text))]
    .some((program) => fs.statSync(program, { throwIfNoEntry: false })?.isFile());
}
