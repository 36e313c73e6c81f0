import { setTimeout as delay } from 'timers/promises';
import { AppSource } from './app-source';
import { LambdaFunction, LocalApp } from './assembly/local-app';
import { FirstApp, manifestVersion } from './first-app';
import { FunctionPool } from './functions/pool';
import { GatewayEvent } from './gateway-event';
import { readProject } from './watch/cdk-project';
import { SourceChange } from './watch/change';
import { BuildReport, HandlerBuilds } from './watch/handler-builds';
import { PackageWatcher } from './watch/package-watcher';
import { SourceMaps } from './watch/source-maps';
import { SourceWatcher } from './watch/source-watcher';

export interface UpdatesOptions {
  /** The folder of the app. */
  readonly directory: string;
  readonly source: AppSource;
  /** Absolute path that the folders of new versions of handlers begin with. */
  readonly outPrefix: string;
  /** Reads the assembly. */
  readonly read: () => LocalApp;
  /** Serves another app, or fails and keeps the current one. `prepare` runs when the addresses are known, before anything is served. */
  readonly serve: (app: LocalApp, prepare: () => Promise<void>) => Promise<void>;
  readonly pool: FunctionPool;
  readonly emit: (event: GatewayEvent) => void;
}

/** The most saves in a row that cancel a synthesis, so that continual saves do not prevent a new app. */
const CANCELLED_IN_A_ROW = 3;
/** Milliseconds after which a synthesis counts as hanging, and any save cancels it. */
const HANGING = 30_000;
/** Milliseconds that a new app waits for the processes of its new functions before it is served. */
const START_PATIENCE = 5_000;

/** Keeps what is served in step with its sources (`watch`). */
export class Updates {
  private readonly maps: SourceMaps;
  private builds?: HandlerBuilds;
  private watcher?: SourceWatcher;
  private packages?: PackageWatcher;
  private app!: LocalApp;
  /** The functions that the pool runs. Their code may be newer than that in the assembly. */
  private running = new Map<string, LambdaFunction>();
  /** Sources of handlers that were saved and are not built yet. */
  private readonly saved = new Set<string>();
  /** Why to synthesize or read the app again next. */
  private next?: 'app' | 'assembly';
  /** The synthesis that runs. A later save cancels it. */
  private synthesis?: { readonly startedAt: number; readonly cancelled: AbortController };
  private cancelledInARow = 0;
  private synthesizing: Promise<void> = Promise.resolve();
  private working: Promise<void> = Promise.resolve();
  private failing = false;
  private readonly stopping = new AbortController();

  public constructor(private readonly options: UpdatesOptions) {
    this.maps = new SourceMaps(options.directory);
  }

  /** Begins in the background. A failure is reported as a notice. */
  public start(first: FirstApp): void {
    this.app = first.app;
    this.watcher = first.watcher;
    this.running = new Map(this.app.functions);
    this.working = this.begin(first).catch((error: Error) => this.giveUp(error));
  }

  /** Maps the lines of a stack back to the sources, as far as they are known. */
  public mapStack(functionId: string, lines: readonly string[]): string[] {
    return this.maps.mapStack(functionId, lines);
  }

  /** Starts new processes with the same code for some functions. @returns those functions */
  public restart(isConcerned: (fn: LambdaFunction) => boolean): readonly LambdaFunction[] {
    const restarted = [...this.running.values()].filter((fn) => this.options.pool.isStarted(fn.id) && isConcerned(fn));
    restarted.forEach((fn) => this.options.pool.replace(fn));
    return restarted;
  }

  public async stop(): Promise<void> {
    this.stopping.abort();
    this.synthesis?.cancelled.abort();
    this.packages?.close();
    await this.watcher?.close();
    await Promise.all([this.working, this.synthesizing]);
    await this.builds?.dispose();
  }

  private enqueue({ kind, files }: SourceChange): void {
    if (kind === 'handlers') this.enqueueHandlers(files);
    else this.enqueueSynthesis(kind);
  }

  /** Builds run one after the other. A pending build includes later saves. No build waits for a synthesis. */
  private enqueueHandlers(files: readonly string[]): void {
    const isPending = this.saved.size > 0;
    files.forEach((file) => this.saved.add(file));
    if (isPending) return;
    this.working = this.working.then(async () => {
      const changed = [...this.saved];
      this.saved.clear();
      await this.rebuild(changed);
      this.follow();
    }).catch((error: Error) => this.giveUp(error));
  }

  /** Cancels a running synthesis: the app has changed since, or the synthesis hangs. */
  private enqueueSynthesis(kind: 'app' | 'assembly'): void {
    this.next = kind;
    if (!this.synthesis) {
      this.synthesizing = this.runSyntheses().catch((error: Error) => this.giveUp(error));
    } else if (this.cancelledInARow < CANCELLED_IN_A_ROW || Date.now() - this.synthesis.startedAt > HANGING) {
      this.synthesis.cancelled.abort();
    }
  }

  private async runSyntheses(): Promise<void> {
    while (this.next && !this.stopping.signal.aborted) {
      const kind = this.next;
      const cancelled = new AbortController();
      this.next = undefined;
      this.synthesis = { startedAt: Date.now(), cancelled };
      try {
        await this.synthesize(kind, cancelled.signal);
      } finally {
        this.synthesis = undefined;
      }
      this.cancelledInARow = cancelled.signal.aborted ? this.cancelledInARow + 1 : 0;
      this.follow();
    }
  }

  /** Builds handlers after a change of packages. After an installation, restarts functions that load packages and synthesizes the app. */
  private enqueuePackages(installed: boolean): void {
    this.working = this.working.then(async () => {
      if (this.stopping.signal.aborted) return;
      const report = await this.builds!.rebuildFromFiles();
      this.run(report);
      if (installed) this.restartLoaders(report);
      this.follow();
    }).catch((error: Error) => this.giveUp(error));
    if (installed && this.options.source.command) this.enqueueSynthesis('app');
  }

  /** Restarts the functions that may load packages of the app and were not replaced by a build. */
  private restartLoaders({ changed }: BuildReport): void {
    const loaded = this.builds!.loadedPackages();
    const restarted = this.restart(({ id, runtime }) => runtime.startsWith('nodejs') && loaded.get(id)?.length !== 0 && !changed.has(id));
    if (restarted.length === 0) return;
    this.notice('packages-installed', 'packages were installed: functions that load packages at run time got new processes '
      + `(${restarted.length})`);
  }

  /** Watches the current inputs of handlers. */
  private follow(): void {
    this.watcher?.follow();
    this.packages?.follow(this.builds!.packagedFiles(), [...this.builds!.loadedPackages().values()].flat());
  }

  /** Builds before changes are reported, so that the sources of handlers are known, and again afterwards for saves in between. */
  private async begin({ app, manifest }: FirstApp): Promise<void> {
    const { directory, outPrefix, source } = this.options;
    this.builds = new HandlerBuilds(app.functions.values(), {
      outPrefix,
      sourceMaps: this.maps,
      onRestart: () => this.notice('esbuild-restarted', 'the esbuild process had exited and was restarted'),
    });
    await this.rebuild();
    if (this.stopping.signal.aborted) return;
    this.watcher ??= this.newWatcher();
    this.watcher.listen(this.builds, (change) => this.enqueue(change));
    this.packages = new PackageWatcher({ directory, onChange: (installed) => this.enqueuePackages(installed) });
    this.follow();
    await this.watcher.start();
    if (!source.command && manifestVersion(source.assembly) !== manifest) this.enqueueSynthesis('assembly');
    await this.rebuild();
  }

  private newWatcher(): SourceWatcher {
    const { directory, source } = this.options;
    return new SourceWatcher({
      directory,
      assembly: source.assembly,
      command: false,
      exclude: readProject(directory).exclude,
      onError: (text) => this.notice('watch-incomplete', text),
    });
  }

  private async rebuild(files?: string[]): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.run(await this.builds!.rebuild(files));
  }

  private async synthesize(kind: 'app' | 'assembly', signal: AbortSignal): Promise<void> {
    const startedAt = Date.now();
    const before = this.app;
    try {
      if (kind === 'app') {
        const { command } = this.options.source;
        this.options.emit({ type: 'synthesis', time: startedAt, command: command?.text });
        await command?.run(signal);
      }
      const after = this.options.read();
      await this.options.serve(after, () => this.startNew(after));
      this.app = after;
    } catch (error) {
      this.removeNew();
      if (!signal.aborted) this.reportSynthesis(startedAt, before, before, (error as Error).message);
      return;
    }
    // Queued after the builds that run, whose results are older.
    const report = await this.builds!.update(this.app.functions.values());
    this.replaceFunctions(this.app);
    this.reportSynthesis(startedAt, before, this.app);
    this.run(report);
  }

  /** Starts the functions that are new in an app. Old routes are served meanwhile, new ones once their functions are ready. */
  private async startNew({ functions }: LocalApp): Promise<void> {
    const added = [...functions].filter(([id]) => !this.running.has(id));
    for (const [id, fn] of added) this.running.set(id, fn);
    const late = delay(START_PATIENCE, undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
    if (added.length > 0) await Promise.race([this.options.pool.start(new Map(added)), late]);
  }

  /** Removes the functions of an app that is not served after all. */
  private removeNew(): void {
    for (const id of this.running.keys()) {
      if (!this.app.functions.has(id)) this.remove(id);
    }
  }

  /** Replaces the functions with new code. Functions whose build failed keep their code. */
  private run({ changed, errors, duration }: BuildReport): void {
    // Ctrl-C ends esbuild too, which must not be reported as an error of handlers.
    if (this.stopping.signal.aborted) return;
    for (const [id, code] of changed) {
      const fn = this.app.functions.get(id);
      if (fn) this.replace({ ...fn, code });
    }
    // A build without errors after one with errors is reported even if it gives the code that runs already.
    const isFixed = this.failing && errors.length === 0;
    this.failing = errors.length > 0;
    if (changed.size === 0 && !this.failing && !isFixed) return;
    const functions = [...changed.keys()].map((id) => this.app.functions.get(id)?.path ?? id);
    this.options.emit({ type: 'rebuild', time: Date.now(), functions, duration, errors: errors.map(({ text }) => text) });
  }

  private replaceFunctions({ functions }: LocalApp): void {
    for (const id of this.running.keys()) {
      if (!functions.has(id)) this.remove(id);
    }
    for (const fn of functions.values()) {
      if (JSON.stringify(this.running.get(fn.id)) !== JSON.stringify(fn)) this.replace(fn);
    }
  }

  private replace(fn: LambdaFunction): void {
    this.running.set(fn.id, fn);
    this.options.pool.replace(fn);
  }

  private remove(id: string): void {
    this.running.delete(id);
    this.options.pool.remove(id);
  }

  private reportSynthesis(startedAt: number, before: LocalApp, after: LocalApp, error?: string): void {
    const [old, fresh] = [routesOf(before), routesOf(after)];
    this.options.emit({
      type: 'resynthesis',
      time: Date.now(),
      duration: Date.now() - startedAt,
      added: fresh.filter((route) => !old.includes(route)),
      removed: old.filter((route) => !fresh.includes(route)),
      error,
    });
  }

  private giveUp(error: Error): void {
    this.notice('watch-failed', `a change could not be applied: ${error.message}`);
  }

  private notice(code: string, text: string): void {
    if (this.stopping.signal.aborted) return;
    this.options.emit({ type: 'notice', time: Date.now(), code, subject: this.options.directory, text });
  }
}

function routesOf({ apis }: LocalApp): string[] {
  return apis.flatMap((api) => [...api.routes.keys()].map((key) => (apis.length === 1 ? key : `${api.name} ${key}`)));
}
