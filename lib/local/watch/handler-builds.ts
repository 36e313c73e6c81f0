import * as path from 'path';
import { performance } from 'perf_hooks';
import { CodeVersions } from './code-versions';
import { HandlerCode, HandlerGroup, HandlerInputs } from './handler-group';
import { installedPackage } from './package-watcher';
import type { SourceMaps } from './source-maps';
import { esbuildFault, findEsbuild, loadEsbuild } from '../../private/bundling/esbuild';
import type { HandlerBuild, LambdaFunction } from '../assembly/local-app';

/** The result of a build. */
export interface BuildReport {
  /** Functions that must run other files than before, by `LambdaFunction.id`. */
  readonly changed: ReadonlyMap<string, { readonly directory: string }>;
  /** Functions with errors keep the code that they have. */
  readonly errors: readonly BuildError[];
  /** Milliseconds. */
  readonly duration: number;
}

interface BuildError {
  readonly functionIds: readonly string[];
  /** As esbuild prints it: file, line, column and code frame. */
  readonly text: string;
}

interface HandlerBuildsOptions {
  /** Absolute path that the names of output folders begin with; `dispose` removes the folders. */
  readonly outPrefix: string;
  /** Gets the source maps of the code that functions run. */
  readonly sourceMaps?: SourceMaps;
  /** Called when esbuild's process had exited and was restarted for a build. */
  readonly onRestart?: () => void;
}

type BuiltFunction = LambdaFunction & { readonly build: HandlerBuild };

/** Functions whose handlers have equal build options: they share a `HandlerGroup`. */
interface FunctionGroup {
  /** Made of everything that decides what is built. */
  readonly key: string;
  readonly functions: readonly BuiltFunction[];
}

/** Builds handlers again when their sources change: as the construct built them, without running the app. */
export class HandlerBuilds {
  private readonly versions: CodeVersions;
  private readonly groups = new Map<string, HandlerGroup>();
  private functionGroups: readonly FunctionGroup[] = [];
  private sources: ReadonlySet<string> = new Set();
  private queue: Promise<unknown> = Promise.resolve();
  private pending?: Promise<BuildReport>;
  /** The saved files that the pending build is for; `undefined`: any file may have been saved. */
  private saved?: readonly string[] = [];
  private readonly errors = new Map<string, readonly string[]>();

  /** Functions without `build` are ignored. */
  public constructor(functions: Iterable<LambdaFunction>, private readonly options: HandlerBuildsOptions) {
    this.versions = new CodeVersions(options.outPrefix);
    this.assign(functions);
  }

  /**
   * Builds the handlers that saved files belong to. A call while another one is pending shares its build. What esbuild refuses is in the
   * report; the promise rejects only if `outPrefix` cannot be written.
   *
   * @param files absolute paths of the saved files (default: all handlers are built, as needed for saves since the synthesis)
   */
  public rebuild(files?: readonly string[]): Promise<BuildReport> {
    this.saved = files && this.saved ? [...this.saved, ...files] : undefined;
    this.pending ??= this.enqueue(() => {
      const saved = this.saved;
      this.pending = undefined;
      this.saved = [];
      return this.buildAll(saved);
    });
    return this.pending;
  }

  /** Builds all handlers without esbuild's cache, which is stale after an installation: npm gives all files the same modification time. */
  public rebuildFromFiles(): Promise<BuildReport> {
    return this.enqueue(async () => {
      await Promise.all([...this.groups.values()].map((group) => group.dispose()));
      return this.buildAll();
    });
  }

  /** Takes over the functions of a new assembly: they run the code in it, and later changes are changes to that code. */
  public update(functions: Iterable<LambdaFunction>): Promise<BuildReport> {
    return this.enqueue(async () => {
      this.assign(functions);
      const keys = new Set(this.functionGroups.map(({ key }) => key));
      const gone = [...this.groups].filter(([key]) => !keys.has(key));
      for (const [key] of gone) this.groups.delete(key);
      await Promise.all(gone.map(([, group]) => group.dispose()));
      return this.buildAll();
    });
  }

  /** Absolute real paths of the sources in all bundles, without packages in node_modules. */
  public inputs(): ReadonlySet<string> {
    return this.sources;
  }

  /** Absolute paths of the files of packages in all bundles. */
  public packagedFiles(): ReadonlySet<string> {
    return new Set(this.inputsOfFunctions().flatMap(({ parts }) => [...parts.packaged]));
  }

  /** The absolute folders of the packages that each function loads at run time, installed or not, by function id. */
  public loadedPackages(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.inputsOfFunctions().map(({ fn, parts }) => (
      [fn.id, [...parts.external].map((name) => installedPackage(name, fn.build.directory))]
    )));
  }

  /** Whether the last build had errors. Any file may then be the one that was missing. */
  public get broken(): boolean {
    return this.errors.size > 0;
  }

  public async dispose(): Promise<void> {
    await this.enqueue(async () => {
      await Promise.all([...this.groups.values()].map((group) => group.dispose()));
      this.groups.clear();
      this.functionGroups = [];
      await this.versions.dispose();
    });
  }

  /** Runs one job after the other, since esbuild's contexts keep state from build to build. */
  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private assign(functions: Iterable<LambdaFunction>): void {
    const built = [...functions].filter((fn): fn is BuiltFunction => fn.build !== undefined);
    this.versions.reset(built);
    this.errors.clear();
    this.functionGroups = grouped(built);
  }

  private inputsOfFunctions(): Array<{ readonly fn: BuiltFunction; readonly parts: HandlerInputs }> {
    return this.functionGroups.flatMap(({ key, functions }) => {
      const group = this.groups.get(key);
      return group ? functions.map((fn) => ({ fn, parts: group.partsOf(fn.build.handlerId) })) : [];
    });
  }

  private async buildAll(saved?: readonly string[]): Promise<BuildReport> {
    const startedAt = performance.now();
    // A file that is in no bundle was missing before, or is a setting, and may concern all bundles.
    const files = saved?.every((file) => this.sources.has(file)) ? new Set(saved) : undefined;
    const changed = new Map<string, { directory: string }>();
    await Promise.all(this.functionGroups.map(async (group) => {
      const codes = await this.buildGroup(group, files);
      for (const fn of group.functions) {
        const code = codes.get(fn.build.handlerId);
        if (!code) continue;
        if (code.errors.length > 0) this.errors.set(fn.id, code.errors);
        else this.errors.delete(fn.id);
        const directory = code.errors.length === 0 ? await this.store(fn, code) : undefined;
        if (directory) changed.set(fn.id, { directory });
      }
    }));
    this.sources = new Set([...this.groups.values()].flatMap((group) => group.inputs()));
    return { changed, errors: byText(this.errors), duration: performance.now() - startedAt };
  }

  /** @returns results by handler id */
  private async buildGroup({ key, functions }: FunctionGroup, files?: ReadonlySet<string>): Promise<ReadonlyMap<string, HandlerCode>> {
    const builds = functions.map(({ build }) => build);
    // The app's esbuild comes first, as in the synthesis: the gateway may have been started elsewhere.
    const places = [builds[0].directory, process.cwd(), __dirname];
    const fault = this.groups.has(key) ? undefined : esbuildFault(places);
    if (fault) return new Map(builds.map(({ handlerId }) => [handlerId, { files: [], errors: [fault] }]));
    const group = this.groups.get(key) ?? this.open(findEsbuild(places)!, builds);
    this.groups.set(key, group);
    return group.build(files);
  }

  private open(file: string, builds: readonly HandlerBuild[]): HandlerGroup {
    return new HandlerGroup(loadEsbuild(file), builds, { file, onRestart: this.options.onRestart });
  }

  /** @returns the folder of the function's code, if the code differs from what the function runs */
  private async store({ id }: BuiltFunction, { files, map }: HandlerCode): Promise<string | undefined> {
    const { directory, changed } = await this.versions.store(id, files);
    const bundle = files.find(({ path: name }) => /^index\.[cm]?js$/.test(name));
    if (map && bundle) this.options.sourceMaps?.add(id, path.join(directory, bundle.path), map);
    return changed ? directory : undefined;
  }
}

function grouped(functions: readonly BuiltFunction[]): FunctionGroup[] {
  const found = new Map<string, BuiltFunction[]>();
  for (const fn of functions) {
    const how = JSON.stringify([fn.build.directory, fn.build.options]);
    found.set(how, [...(found.get(how) ?? []), fn]);
  }
  return [...found].map(([how, members]) => {
    const handlers = new Set(members.map(({ build }) => JSON.stringify([build.handlerId, build.file, build.exportName, build.wrapper])));
    return { key: JSON.stringify([how, ...[...handlers].sort()]), functions: members };
  });
}

/** Each error once, with all functions that it concerns. */
function byText(errors: ReadonlyMap<string, readonly string[]>): BuildError[] {
  const found = new Map<string, string[]>();
  for (const [id, texts] of errors) {
    for (const text of texts) found.set(text, [...found.get(text) ?? [], id]);
  }
  return [...found].map(([text, functionIds]) => ({ functionIds, text }));
}
