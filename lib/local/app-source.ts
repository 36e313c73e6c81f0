import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from './gateway-error';
import { Settings } from './gateway-options';
import { appCommand, isAssembly, readProject } from './watch/cdk-project';
import { synthesize } from './watch/synthesis';
import { withTools } from './watch/synthesis-environment';

/** Where the assembly comes from. */
export interface AppSource {
  /** The folder of the assembly. */
  readonly assembly: string;
  /** Makes it anew; absent if the assembly was given as it is. */
  readonly synthesize?: (signal?: AbortSignal) => Promise<void>;
}

/**
 * The assembly to serve, synthesized if a command was given or `cdk.json` has one.
 *
 * @throws GatewayError APP_FAILED, ASSEMBLY_NOT_FOUND, INVALID_OPTION
 */
export async function appSource({ app, directory, signal }: Settings): Promise<AppSource> {
  const command = app ?? appCommand(directory);
  if (command.trim() === '') throw new GatewayError('INVALID_OPTION', 'app: it is empty; write the command that synthesizes the app, or the folder of an assembly');
  const place = path.resolve(directory, command);
  if (isAssembly(place)) return { assembly: place };
  if (isFolderName(command, place, directory)) {
    throw new GatewayError('ASSEMBLY_NOT_FOUND', `${command} is no cloud assembly: it has no manifest.json; run \`cdk synth\` first`);
  }
  const assembly = path.resolve(directory, readProject(directory).output);
  const run = async (broken?: AbortSignal): Promise<void> => {
    await synthesize({ app: command, directory, output: assembly, environment: process.env, signal: broken });
  };
  await run(signal);
  return { assembly, synthesize: run };
}

/** One word that is no program: no command that synthesizes the app. */
function isFolderName(command: string, place: string, directory: string): boolean {
  if (/\s/.test(command.trim())) return false;
  const folders = withTools(directory, process.env.PATH).split(path.delimiter);
  return ![place, ...folders.map((folder) => path.join(folder, command))].some((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
}
