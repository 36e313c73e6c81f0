import * as path from 'path';
import { performance } from 'perf_hooks';
import { CodeVersions } from './code-versions';
import { HandlerCode, HandlerGroup } from './handler-group';
import type { HandlerInputs } from './handler-inputs';
import { installedPackage } from './package-watcher';
import type { SourceMaps } from './source-maps';
import { esbuildFault, findEsbuild, loadEsbuild } from '../../private/bundling/esbuild';
import type { HandlerBuild, LambdaFunction } from '../assembly/model';

/** What a build brought. */
export interface BuildReport {
  /** Functions that must run other files than before, by `LambdaFunction.id`. */
  readonly changed: ReadonlyMap<string, { readonly directory: string }>;
  /** What could not be built: these functions keep the code that they have. */
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
  /** Absolute path that the folders of what is built begin with; they are removed in the end. */
  readonly outPrefix: string;
  /** Gets the source map of what each function runs. */
  readonly sourceMaps?: SourceMaps;
  /** esbuild's process had exited and was restarted for this build. */
  readonly onRestart?: () => void;
}

type BuiltFunction = LambdaFunction & { readonly build: HandlerBuild };

/** Functions of handlers that are built alike. */
interface Team {
  /** Of everything that decides what is built: a team of the same key builds the same. */
  readonly key: string;
  readonly functions: readonly BuiltFunction[];
}

/** Builds handlers again when their sources change, as the construct built them, without the app. */
export class HandlerBuilds {
  private readonly versions: CodeVersions;
  private readonly groups = new Map<string, HandlerGroup>();
  private teams: readonly Team[] = [];
  private sources: ReadonlySet<string> = new Set();
  private running: Promise<unknown> = Promise.resolve();
  private waiting?: Promise<BuildReport>;
  /** What the waiting build is for; `undefined`: anything. */
  private saved?: readonly string[] = [];
  private readonly errors = new Map<string, readonly string[]>();

  /** Functions without `build` are left alone. */
  public constructor(functions: Iterable<LambdaFunction>, private readonly options: HandlerBuildsOptions) {
    this.versions = new CodeVersions(options.outPrefix);
    this.assign(functions);
  }

  /**
   * Builds what is saved by now, the first time what was saved after the synthesis; calls that come while one waits for its turn share it. What esbuild refuses is in the
   * report; rejects only if `outPrefix` cannot be written.
   *
   * @param files absolute paths of what was saved; handlers that have none of it are left alone (default: all are built)
   */
  public rebuild(files?: readonly string[]): Promise<BuildReport> {
    this.saved = files && this.saved ? [...this.saved, ...files] : undefined;
    this.waiting ??= this.enqueue(() => {
      const saved = this.saved;
      this.waiting = undefined;
      this.saved = [];
      return this.buildAll(saved);
    });
    return this.waiting;
  }

  /** Rebuilds everything after an installation. esbuild's cache may be stale, since npm gives all files the same modification time. */
  public rebuildFromFiles(): Promise<BuildReport> {
    return this.enqueue(async () => {
      await Promise.all([...this.groups.values()].map((group) => group.dispose()));
      return this.buildAll();
    });
  }

  /** The app was synthesized again: the functions run what is in the assembly, and changes are changes to that. */
  public update(functions: Iterable<LambdaFunction>): Promise<BuildReport> {
    return this.enqueue(async () => {
      this.assign(functions);
      const keys = new Set(this.teams.map(({ key }) => key));
      const gone = [...this.groups].filter(([key]) => !keys.has(key));
      for (const [key] of gone) this.groups.delete(key);
      await Promise.all(gone.map(([, group]) => group.dispose()));
      return this.buildAll();
    });
  }

  /** Absolute paths of the sources in all bundles, by their real paths, without packages in node_modules. */
  public inputs(): ReadonlySet<string> {
    return this.sources;
  }

  /** Absolute paths of the files of packages in all bundles. */
  public packagedFiles(): ReadonlySet<string> {
    return new Set(this.builtParts().flatMap(({ parts }) => [...parts.packaged]));
  }

  /** By function id: the absolute folders of packages that it loads at run time, installed or not. */
  public loadedPackages(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.builtParts().map(({ fn, parts }) => (
      [fn.id, [...parts.external].map((name) => installedPackage(name, fn.build.directory))]
    )));
  }

  /** Whether the last build had errors: then any file may be the one that was missing. */
  public get broken(): boolean {
    return this.errors.size > 0;
  }

  public async dispose(): Promise<void> {
    await this.enqueue(async () => {
      await Promise.all([...this.groups.values()].map((group) => group.dispose()));
      this.groups.clear();
      this.teams = [];
      await this.versions.dispose();
    });
  }

  /** One after the other: esbuild builds on what it knows from before. */
  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.running.then(work);
    this.running = done.catch(() => undefined);
    return done;
  }

  private assign(functions: Iterable<LambdaFunction>): void {
    const built = [...functions].filter((fn): fn is BuiltFunction => fn.build !== undefined);
    this.versions.reset(built);
    this.errors.clear();
    this.teams = teams(built);
  }

  private builtParts(): Array<{ readonly fn: BuiltFunction; readonly parts: HandlerInputs }> {
    return this.teams.flatMap(({ key, functions }) => {
      const group = this.groups.get(key);
      return group ? functions.map((fn) => ({ fn, parts: group.partsOf(fn.build.handlerId) })) : [];
    });
  }

  private async buildAll(saved?: readonly string[]): Promise<BuildReport> {
    const begin = performance.now();
    // What no bundle has is a file that was missing, or a setting: it may concern all of them.
    const files = saved?.every((file) => this.sources.has(file)) ? new Set(saved) : undefined;
    const changed = new Map<string, { directory: string }>();
    await Promise.all(this.teams.map(async (team) => {
      const codes = await this.buildTeam(team, files);
      for (const fn of team.functions) {
        const code = codes.get(fn.build.handlerId);
        if (!code) continue;
        if (code.errors.length > 0) this.errors.set(fn.id, code.errors);
        else this.errors.delete(fn.id);
        const directory = code.errors.length === 0 ? await this.store(fn, code) : undefined;
        if (directory) changed.set(fn.id, { directory });
      }
    }));
    this.sources = new Set([...this.groups.values()].flatMap((group) => group.inputs()));
    return { changed, errors: byText(this.errors), duration: performance.now() - begin };
  }

  /** By handler id. */
  private async buildTeam({ key, functions }: Team, files?: ReadonlySet<string>): Promise<ReadonlyMap<string, HandlerCode>> {
    const builds = functions.map(({ build }) => build);
    // The app's esbuild, as in the synthesis; the gateway may have been started elsewhere.
    const places = [builds[0].directory, process.cwd(), __dirname];
    const complaint = this.groups.has(key) ? undefined : esbuildFault(places);
    if (complaint) return new Map(builds.map(({ handlerId }) => [handlerId, { files: [], errors: [complaint] }]));
    const group = this.groups.get(key) ?? this.open(findEsbuild(places)!, builds);
    this.groups.set(key, group);
    return group.build(files);
  }

  private open(file: string, builds: readonly HandlerBuild[]): HandlerGroup {
    return new HandlerGroup(loadEsbuild(file), builds, { file, onRestart: this.options.onRestart });
  }

  /** The function's new folder, if it is new. */
  private async store({ id }: BuiltFunction, { files, map }: HandlerCode): Promise<string | undefined> {
    const { directory, changed } = await this.versions.store(id, files);
    const bundle = files.find(({ path: name }) => /^index\.[cm]?js$/.test(name));
    if (map && bundle) this.options.sourceMaps?.add(id, path.join(directory, bundle.path), map);
    return changed ? directory : undefined;
  }
}

function teams(functions: readonly BuiltFunction[]): Team[] {
  const found = new Map<string, BuiltFunction[]>();
  for (const fn of functions) {
    const how = JSON.stringify([fn.build.directory, fn.build.options]);
    found.set(how, [...(found.get(how) ?? []), fn]);
  }
  return [...found].map(([how, members]) => {
    const handlers = new Set(members.map(({ build }) => JSON.stringify([build.handlerId, build.file, build.exportName])));
    return { key: JSON.stringify([how, ...[...handlers].sort()]), functions: members };
  });
}

/** Each error once, for all functions that it stops. */
function byText(errors: ReadonlyMap<string, readonly string[]>): BuildError[] {
  const found = new Map<string, string[]>();
  for (const [id, texts] of errors) {
    for (const text of texts) found.set(text, [...found.get(text) ?? [], id]);
  }
  return [...found].map(([text, functionIds]) => ({ functionIds, text }));
}
