import { AppSource } from './app-source';
import { LambdaFunction, LocalApp } from './assembly/model';
import { FunctionPool } from './functions/function-pool';
import { GatewayEvent } from './gateway-event';
import { readProject } from './watch/cdk-project';
import { SourceChange } from './watch/change';
import { BuildReport, HandlerBuilds } from './watch/handler-builds';
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
  /** Serves another app from now on. */
  readonly serve: (app: LocalApp) => Promise<void>;
  readonly pool: FunctionPool;
  readonly tell: (event: GatewayEvent) => void;
}

/** Keeps what is served in step with its sources (`watch`). */
export class Updates {
  private readonly maps: SourceMaps;
  private builds?: HandlerBuilds;
  private watcher?: SourceWatcher;
  private app!: LocalApp;
  /** What the pool runs: the code may be newer than the assembly's. */
  private running = new Map<string, LambdaFunction>();
  /** Sources of handlers that changed and are not built yet. */
  private readonly saved = new Set<string>();
  /** The synthesis that runs: a later save makes it pointless. */
  private synthesis?: AbortController;
  private synthesizing: Promise<void> = Promise.resolve();
  private working: Promise<void> = Promise.resolve();
  private failing = false;
  private readonly stopping = new AbortController();

  public constructor(private readonly options: UpdatesOptions) {
    this.maps = new SourceMaps(options.directory);
  }

  /** Begins in the background: nobody waits for it, and what fails is told. */
  public start(app: LocalApp): void {
    this.app = app;
    this.running = new Map(app.functions);
    this.working = this.begin(app).catch((error: Error) => this.giveUp(error));
  }

  /** Leads a stack back to the sources, as far as they are known. */
  public mapStack(functionId: string, lines: readonly string[]): string[] {
    return this.maps.mapStack(functionId, lines);
  }

  public async stop(): Promise<void> {
    this.stopping.abort();
    this.synthesis?.abort();
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
      this.watcher?.follow();
    }).catch((error: Error) => this.giveUp(error));
  }

  /** The one that runs is broken off: it reads an app that is no longer there, or never ends. */
  private enqueueSynthesis(kind: 'app' | 'assembly'): void {
    this.synthesis?.abort();
    const synthesis = new AbortController();
    this.synthesis = synthesis;
    this.synthesizing = this.synthesizing.then(async () => {
      if (synthesis.signal.aborted || this.stopping.signal.aborted) return;
      await this.synthesize(kind, synthesis.signal);
      this.watcher?.follow();
    }).catch((error: Error) => this.giveUp(error));
  }

  /** Built before anything is watched, so that it is known which sources are the handlers'; and after, for what was saved meanwhile. */
  private async begin({ functions }: LocalApp): Promise<void> {
    this.builds = new HandlerBuilds(functions.values(), {
      outPrefix: this.options.outPrefix,
      sourceMaps: this.maps,
      onRestart: () => this.notice('esbuild-restarted', 'the process of esbuild had ended and was started again'),
    });
    await this.rebuild();
    if (this.stopping.signal.aborted) return;
    this.watcher = this.newWatcher(this.builds);
    await this.watcher.start();
    await this.rebuild();
  }

  private newWatcher(handlers: HandlerBuilds): SourceWatcher {
    const { directory, source } = this.options;
    return new SourceWatcher({
      directory,
      assembly: source.assembly,
      command: source.synthesize !== undefined,
      exclude: readProject(directory).exclude,
      handlers,
      onChange: (change) => this.enqueue(change),
      onComplaint: (text) => this.notice('watch-incomplete', text),
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
        this.options.tell({ type: 'synthesis', time: startedAt });
        await this.options.source.synthesize?.(signal);
      }
      const after = this.options.read();
      await this.options.serve(after);
      this.app = after;
    } catch (error) {
      if (!signal.aborted) this.tellSynthesis(startedAt, before, before, (error as Error).message);
      return;
    }
    // After the builds that run: what they bring is older.
    const report = await this.builds!.update(this.app.functions.values());
    this.replaceFunctions(this.app);
    this.tellSynthesis(startedAt, before, this.app);
    this.run(report);
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
      if (functions.has(id)) continue;
      this.running.delete(id);
      this.options.pool.remove(id);
    }
    for (const fn of functions.values()) {
      if (JSON.stringify(this.running.get(fn.id)) !== JSON.stringify(fn)) this.replace(fn);
    }
  }

  private replace(fn: LambdaFunction): void {
    this.running.set(fn.id, fn);
    this.options.pool.replace(fn);
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
    this.notice('watch-failed', `a change was not taken over: ${error.message}`);
  }

  private notice(code: string, text: string): void {
    if (this.stopping.signal.aborted) return;
    this.options.tell({ type: 'notice', time: Date.now(), code, subject: this.options.directory, text });
  }
}

function routesOf({ apis }: LocalApp): string[] {
  return apis.flatMap((api) => [...api.routes.keys()].map((key) => (apis.length === 1 ? key : `${api.name} ${key}`)));
}
