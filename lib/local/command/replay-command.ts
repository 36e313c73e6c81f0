import type { Host } from './main';
import type { GatewayEvent } from '../gateway-event';
import type { GatewayOptions } from '../gateway-options';
import { Difference, differencesText } from '../recording/differences';
import { harmless, harmlessReport, jsonLine } from '../terminal/harmless';

/** Plays a recording against the handlers of an app. */
export interface ReplayCommand {
  readonly file: string;
  readonly options: Pick<GatewayOptions, 'app' | 'stack' | 'envVars' | 'dynamodb' | 'lambda'> & { readonly authorize?: boolean };
  readonly json: boolean;
}

export type Replay = (file: string, options: ReplayCommand['options'] & Pick<GatewayOptions, 'signal' | 'onEvent'>) => Promise<{
  readonly differences: readonly Difference[];
  readonly played: number;
}>;

/** Runs `replay`. @returns the exit code: 0 if nothing differs */
export async function runReplay({ file, options, json }: ReplayCommand, host: Host): Promise<0 | 1> {
  const stop = new AbortController();
  const dispose = host.onStop(() => {
    if (stop.signal.aborted) host.exit(130);
    stop.abort();
  });
  const show = (event: GatewayEvent): void => {
    if (json) host.stdout.write(jsonLine(event));
    else if (event.type === 'notice') host.stdout.write(`${harmlessReport(event.text)}\n`);
  };
  try {
    const { differences, played } = await host.replay(file, { ...options, signal: stop.signal, onEvent: show });
    const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
    if (json) host.stdout.write(jsonLine({ type: 'replayed', file, played, differences }));
    else host.stdout.write(`${harmless(differencesText(differences))}${harmlessReport(file)}: ${played} steps, ${count}\n`);
    return differences.length === 0 ? 0 : 1;
  } finally {
    dispose();
  }
}
