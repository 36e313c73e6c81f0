import * as fs from 'fs';
import { AppSource, SynthesisCommand } from './app-source';
import { LocalApp } from './assembly/local-app';
import { readApp } from './assembly/read-app';
import { GatewayError, GatewayErrorCode } from './gateway-error';
import { GatewayObserver } from './gateway-event';
import { Settings } from './gateway-options';
import { readProject } from './watch/cdk-project';
import { manifestOf } from './watch/change';
import { SourceWatcher } from './watch/source-watcher';

export interface FirstAppOptions {
  readonly source: AppSource;
  readonly settings: Settings;
  /** Reads the assembly. */
  readonly read: () => LocalApp;
  readonly emit: GatewayObserver;
  /** Whether to report an app that cannot be served and to wait for the next save, instead of failing the start. */
  readonly patient: boolean;
}

/** The first app that a gateway serves. */
export interface FirstApp {
  readonly app: LocalApp;
  /** A watcher since the start of the synthesis, so that no save is lost; absent if nothing is watched or there is no command. */
  readonly watcher?: SourceWatcher;
  /** The manifest that was read (`manifestVersion`). */
  readonly manifest: string;
}

/** Errors that a save of the app may fix. */
const FIXABLE: ReadonlySet<GatewayErrorCode> = new Set<GatewayErrorCode>([
  'APP_FAILED', 'ASSEMBLY_NOT_FOUND', 'ASSEMBLY_BROKEN', 'ASSET_NOT_FOUND', 'NO_WEBSOCKET_API', 'UNRESOLVABLE',
]);

/** Milliseconds after which a save cancels a running synthesis, which may never end. */
const HANGING = 10_000;

/** Before the first synthesis no source is known to belong to a handler. */
const NO_HANDLERS = { broken: false, inputs: () => new Set<string>() };

/**
 * Synthesizes the app, if it is a command, and reads it.
 *
 * @throws GatewayError, or the reason of the signal if that aborts
 */
export async function firstApp(options: FirstAppOptions): Promise<FirstApp> {
  const { source, settings, read } = options;
  if (!source.command) return { manifest: manifestVersion(source.assembly), app: read() };
  const watcher = settings.watch ? newWatcher(options) : undefined;
  // The watcher starts while the app is synthesized: it costs no time then, and misses no save.
  void watcher?.start();
  try {
    return { app: await synthesizedApp(source.command, options, watcher), watcher, manifest: manifestVersion(source.assembly) };
  } catch (error) {
    await watcher?.close();
    throw error;
  }
}

/** Reads an assembly. @throws GatewayError, also if no API in it has a stage to connect to */
export function readServed({ assembly }: AppSource, { stack, dynamodb }: Settings): LocalApp {
  const app = readApp(assembly, { stack, region: shellRegion(), tablesOnAws: dynamodb === 'aws' });
  if (app.apis.some(({ stages }) => stages.length > 0)) return app;
  const names = app.apis.map(({ name }) => name).join(', ');
  throw new GatewayError('NO_WEBSOCKET_API', `${names}: the API has no stage; add one for clients to connect to`);
}

/** The identity of an assembly's manifest. If it has changed, another program has synthesized the app. */
export function manifestVersion(assembly: string): string {
  const stats = fs.statSync(manifestOf(assembly), { bigint: true, throwIfNoEntry: false });
  return stats ? [stats.mtimeNs, stats.ctimeNs, stats.ino, stats.size].join() : '';
}

function newWatcher({ source: { assembly }, settings: { directory }, emit }: FirstAppOptions): SourceWatcher {
  return new SourceWatcher({
    directory,
    assembly,
    command: true,
    exclude: readProject(directory).exclude,
    // Files that were saved in this very millisecond belong to the synthesis that begins now.
    since: Date.now() + 1,
    onError: (text) => emit({ type: 'notice', time: Date.now(), code: 'watch-incomplete', subject: directory, text }),
  });
}

async function synthesizedApp(command: SynthesisCommand, options: FirstAppOptions, watcher?: SourceWatcher): Promise<LocalApp> {
  const { settings: { signal }, read, emit, patient } = options;
  for (;;) {
    const startedAt = Date.now();
    const cancelled = new AbortController();
    const changed: string[] = [];
    const saved = new Promise<void>((resolve) => watcher?.listen(NO_HANDLERS, ({ files }) => {
      changed.push(...files);
      resolve();
      if (Date.now() - startedAt > HANGING) cancelled.abort();
    }));
    emit({ type: 'synthesis', time: startedAt, command: command.text });
    try {
      await command.run(signal ? AbortSignal.any([signal, cancelled.signal]) : cancelled.signal);
      const app = read();
      watcher?.hold(changed);
      return app;
    } catch (error) {
      signal?.throwIfAborted();
      if (!cancelled.signal.aborted) {
        if (!patient || !(error instanceof GatewayError) || !FIXABLE.has(error.code)) throw error;
        emit({ type: 'resynthesis', time: Date.now(), duration: Date.now() - startedAt, added: [], removed: [], error: error.message });
      }
    }
    await Promise.race([saved, aborted(signal)]);
  }
}

/** Rejects when the signal aborts. */
function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
}

function shellRegion(): string | undefined {
  return process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
}
