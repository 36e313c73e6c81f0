import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from './gateway-error';
import { Settings } from './gateway-options';
import { appCommand, isAssembly, readProject } from './watch/cdk-project';
import { synthesize, withTools } from './watch/synthesis';

/** Where the assembly comes from. */
export interface AppSource {
  /** The folder of the assembly. */
  readonly assembly: string;
  /** How it is made; absent if the assembly was given as it is. */
  readonly command?: SynthesisCommand;
}

export interface SynthesisCommand {
  /** As the developer wrote it: `npx tsx bin/app.ts`. */
  readonly text: string;
  /** Writes the assembly. */
  readonly run: (signal?: AbortSignal) => Promise<void>;
}

/**
 * The assembly to serve, and the command that synthesizes it if one was given or `cdk.json` has one.
 *
 * @throws GatewayError ASSEMBLY_NOT_FOUND, INVALID_OPTION
 */
export function appSource({ app, directory }: Settings): AppSource {
  const text = app ?? appCommand(directory);
  if (text.trim() === '') throw new GatewayError('INVALID_OPTION', 'app: it is empty; write the command that synthesizes the app, or the folder of an assembly');
  const place = path.resolve(directory, text);
  if (isAssembly(place)) return { assembly: place };
  if (isFolderName(text, place, directory)) {
    throw new GatewayError('ASSEMBLY_NOT_FOUND', `${text} is not a cloud assembly: it has no manifest.json; run \`cdk synth\` first`);
  }
  const assembly = path.resolve(directory, readProject(directory).output);
  const run = async (signal?: AbortSignal): Promise<void> => {
    await synthesize({ app: text, directory, output: assembly, environment: process.env, signal });
  };
  return { assembly, command: { text, run } };
}

/** One word that is no program: no command that synthesizes the app. */
function isFolderName(command: string, place: string, directory: string): boolean {
  if (/\s/.test(command.trim())) return false;
  const folders = withTools(directory, process.env.PATH).split(path.delimiter);
  return ![place, ...folders.map((folder) => path.join(folder, command))].some((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
}
