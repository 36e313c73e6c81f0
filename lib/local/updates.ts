import { setTimeout as delay } from 'timers/promises';
import { AppSource } from './app-source';
import { LambdaFunction, LocalApp } from './assembly/model';
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
  /** What the folders of new versions of handlers begin with. */
  readonly outPrefix: string;
  /** Reads the assembly. */
  readonly read: () => LocalApp;
  /** Serves another app, or fails and keeps the current one. Calls `prepare` when the addresses are known, before anything is served. */
  readonly serve: (app: LocalApp, prepare: () => Promise<void>) => Promise<void>;
  readonly pool: FunctionPool;
  readonly tell: (event: GatewayEvent) => void;
}

/** The most saves in a row that cancel a synthesis, so that continual saves do not prevent a new app. */
const BROKEN_OFF_IN_A_ROW = 3;
/** Milliseconds after which a synthesis counts as hanging. */
const HANGING = 30_000;
/** The longest that routes to new functions wait for their processes, in milliseconds. */
const START_PATIENCE = 5_000;

/** Keeps what is served in step with its sources (`watch`). */
export class Updates {
  private readonly maps: SourceMaps;
  private builds?: HandlerBuilds;
  private watcher?: SourceWatcher;
  private packages?: PackageWatcher;
  private app!: LocalApp;
  /** What the pool runs: the code may be newer than the assembly's. */
  private running = new Map<string, LambdaFunction>();
  /** Sources of handlers that changed and are not built yet. */
  private readonly saved = new Set<string>();
  /** The reason for the next synthesis. */
  private wanted?: 'app' | 'assembly';
  /** The synthesis that runs: a later save makes it pointless. */
  private synthesis?: { readonly startedAt: number; readonly brokenOff: AbortController };
  private brokenOffInARow = 0;
  private synthesizing: Promise<void> = Promise.resolve();
  private working: Promise<void> = Promise.resolve();
  private failing = false;
  private readonly stopping = new AbortController();

  public constructor(private readonly options: UpdatesOptions) {
    this.maps = new SourceMaps(options.directory);
  }

  /** Begins in the background: nobody waits for it, and what fails is told. */
  public start(first: FirstApp): void {
    this.app = first.app;
    this.watcher = first.watcher;
    this.running = new Map(this.app.functions);
    this.working = this.begin(first).catch((error: Error) => this.giveUp(error));
  }

  /** Leads a stack back to the sources, as far as they are known. */
  public mapStack(functionId: string, lines: readonly string[]): string[] {
    return this.maps.mapStack(functionId, lines);
  }

  /** Starts new processes with the same code for functions whose environment has changed. */
  public restart(concerns: (fn: LambdaFunction) => boolean): readonly LambdaFunction[] {
    const restarted = [...this.running.values()].filter(concerns);
    restarted.forEach((fn) => this.options.pool.replace(fn));
    return restarted;
  }

  public async stop(): Promise<void> {
    this.stopping.abort();
    this.synthesis?.brokenOff.abort();
    this.packages?.close();
    await this.watcher?.close();
    await Promise.all([this.working, this.synthesizing]);
    await this.builds?.dispose();
  }

  private enqueue({ kind, files }: SourceChange): void {
    if (kind === 'handlers') this.enqueueHandlers(files);
    else this.enqueueSynthesis(kind);
  }

  /** One build after the other; what waits takes later changes along. None waits for a synthesis. */
  private enqueueHandlers(files: readonly string[]): void {
    const isWaiting = this.saved.size > 0;
    files.forEach((file) => this.saved.add(file));
    if (isWaiting) return;
    this.working = this.working.then(async () => {
      const changed = [...this.saved];
      this.saved.clear();
      await this.rebuild(changed);
      this.follow();
    }).catch((error: Error) => this.giveUp(error));
  }

  /** The one that runs is broken off: it reads an app that is no longer there, or never ends. */
  private enqueueSynthesis(kind: 'app' | 'assembly'): void {
    this.wanted = kind;
    if (!this.synthesis) {
      this.synthesizing = this.synthesizeWhatIsWanted().catch((error: Error) => this.giveUp(error));
    } else if (this.brokenOffInARow < BROKEN_OFF_IN_A_ROW || Date.now() - this.synthesis.startedAt > HANGING) {
      this.synthesis.brokenOff.abort();
    }
  }

  private async synthesizeWhatIsWanted(): Promise<void> {
    while (this.wanted && !this.stopping.signal.aborted) {
      const kind = this.wanted;
      const brokenOff = new AbortController();
      this.wanted = undefined;
      this.synthesis = { startedAt: Date.now(), brokenOff };
      try {
        await this.synthesize(kind, brokenOff.signal);
      } finally {
        this.synthesis = undefined;
      }
      this.brokenOffInARow = brokenOff.signal.aborted ? this.brokenOffInARow + 1 : 0;
      this.follow();
    }
  }

  /** Bundles have other code then, and so has what functions load when they run, and what the app is made of. */
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

  /** Functions that may load packages of the app and were not replaced by a build. */
  private restartLoaders({ changed }: BuildReport): void {
    const loaded = this.builds!.loadedPackages();
    const restarted = this.restart(({ id, runtime }) => runtime.startsWith('nodejs') && loaded.get(id)?.length !== 0 && !changed.has(id));
    if (restarted.length > 0) this.notice('packages-installed', `packages were installed: functions that load packages at run time got new processes (${restarted.length})`);
  }

  private follow(): void {
    this.watcher?.follow();
    this.packages?.follow(this.builds!.packagedFiles(), [...this.builds!.loadedPackages().values()].flat());
  }

  /** Built before changes are reported, so that the sources of handlers are known, and again afterwards for saves in between. */
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
        this.options.tell({ type: 'synthesis', time: startedAt, command: command?.text });
        await command?.run(signal);
      }
      const after = this.options.read();
      await this.options.serve(after, () => this.startNew(after));
      this.app = after;
    } catch (error) {
      this.removeNew();
      if (!signal.aborted) this.tellSynthesis(startedAt, before, before, (error as Error).message);
      return;
    }
    // After the builds that run: what they bring is older.
    const report = await this.builds!.update(this.app.functions.values());
    this.replaceFunctions(this.app);
    this.tellSynthesis(startedAt, before, this.app);
    this.run(report);
  }

  /** Old routes are served meanwhile; a new route is served once its function is ready. */
  private async startNew({ functions }: LocalApp): Promise<void> {
    const added = [...functions].filter(([id]) => !this.running.has(id));
    for (const [id, fn] of added) this.running.set(id, fn);
    const late = delay(START_PATIENCE, undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
    if (added.length > 0) await Promise.race([this.options.pool.start(new Map(added)), late]);
  }

  /** Their app is not served after all. */
  private removeNew(): void {
    for (const id of this.running.keys()) {
      if (!this.app.functions.has(id)) this.remove(id);
    }
  }

  /** New code goes on line, old code where the new one is broken. */
  private run({ changed, errors, duration }: BuildReport): void {
    // Ctrl-C ends esbuild too: that is no error of a handler.
    if (this.stopping.signal.aborted) return;
    for (const [id, code] of changed) {
      const fn = this.app.functions.get(id);
      if (fn) this.replace({ ...fn, code });
    }
    // That what was broken is mended is worth a line, also if it is mended to what runs.
    const mended = this.failing && errors.length === 0;
    this.failing = errors.length > 0;
    if (changed.size === 0 && !this.failing && !mended) return;
    const functions = [...changed.keys()].map((id) => this.app.functions.get(id)?.path ?? id);
    this.options.tell({ type: 'rebuild', time: Date.now(), functions, duration, errors: errors.map(({ text }) => text) });
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

  private tellSynthesis(startedAt: number, before: LocalApp, after: LocalApp, error?: string): void {
    const [old, fresh] = [routesOf(before), routesOf(after)];
    this.options.tell({
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
    this.options.tell({ type: 'notice', time: Date.now(), code, subject: this.options.directory, text });
  }
}

function routesOf({ apis }: LocalApp): string[] {
  return apis.flatMap((api) => [...api.routes.keys()].map((key) => (apis.length === 1 ? key : `${api.name} ${key}`)));
}
