import * as fs from 'fs';
import { isBuiltin } from 'module';
import * as path from 'path';
import type { Metafile } from 'esbuild';
import type { MapFile } from './source-maps';
import { BuiltExport, BundleFile, BuiltHandler, Esbuild, virtualFolder } from '../../private/bundling/esbuild';
import { EsbuildContext, EsbuildContextSettings } from '../../private/bundling/esbuild-context';
import type { HandlerBuild } from '../assembly/local-app';

/** The inputs of a handler's bundle: absolute paths. */
export interface HandlerInputs {
  readonly sources: ReadonlySet<string>;
  /** Files of packages in node_modules. */
  readonly packaged: ReadonlySet<string>;
  /** External imports, as the code names them. */
  readonly external: ReadonlySet<string>;
}

/** The result of a build for one handler. */
export interface HandlerCode {
  readonly files: readonly BundleFile[];
  /** With code frames. If there are errors, there are no files. */
  readonly errors: readonly string[];
  /** Absent if the handler's own options ask for source maps. */
  readonly map?: MapFile;
}

/** The options of esbuild that are regular expressions, which JSON cannot hold. */
const PATTERNS = ['mangleProps', 'reserveProps'];

/** The most esbuild contexts of single handlers that stay open: each keeps what it parsed in memory. */
const OPEN_ALONE = 8;

/**
 * Handlers with equal build options, kept open in esbuild. If many have changed they are built together, as the construct builds them;
 * else each that changed is built alone.
 */
export class HandlerGroup {
  private readonly handlers: ReadonlyMap<string, HandlerBuild>;
  private readonly directory: string;
  private readonly options: Readonly<Record<string, unknown>>;
  private readonly together: EsbuildContext;
  /** Contexts of single handlers, the most recently used last. */
  private readonly alone = new Map<string, EsbuildContext>();
  private readonly parts = new Map<string, HandlerInputs>();
  private readonly broken = new Set<string>();
  /** Set when a loader left files that belong to no single handler, so that the output cannot be divided. */
  private neverTogether = false;
  /** Whether the handler's own options ask for source maps, which then stay as they are. */
  private readonly hasMaps: boolean;

  public constructor(
    private readonly esbuild: Esbuild, builds: readonly HandlerBuild[], private readonly settings: EsbuildContextSettings = {},
  ) {
    this.handlers = new Map(builds.map((build) => [build.handlerId, build]));
    this.directory = builds[0].directory;
    this.hasMaps = Boolean(builds[0].options.sourcemap);
    this.options = contextOptions(builds[0].options);
    this.together = this.open([...this.handlers.values()]);
  }

  /**
   * Builds what changed and what was broken; never rejects. @returns results by handler id
   *
   * @param changed absolute paths of the sources that changed (default: any file may have)
   */
  public async build(changed?: ReadonlySet<string>): Promise<ReadonlyMap<string, HandlerCode>> {
    const due = [...this.handlers.values()].filter((build) => !changed || this.concerns(build, changed));
    // A context links all of its bundles anew, so that it is faster to build a minority alone.
    const whole = this.neverTogether || due.length * 2 <= this.handlers.size ? undefined : await this.together.build();
    if (whole && 'metafile' in whole && whole.handlers) return this.built(whole.handlers, whole.metafile);
    this.neverTogether ||= whole !== undefined && 'metafile' in whole;
    const codes = await Promise.all(due.map((build) => this.buildAlone(build)));
    await this.closeSome();
    return new Map(codes.flatMap((code) => [...code]));
  }

  /** Absolute paths of the sources in all bundles; of a broken bundle, those of its last successful build. */
  public inputs(): string[] {
    return [...this.parts.values()].flatMap(({ sources }) => [...sources]);
  }

  /** The inputs of a handler's last build. */
  public partsOf(handlerId: string): HandlerInputs {
    return this.parts.get(handlerId) ?? { sources: new Set(), packaged: new Set(), external: new Set() };
  }

  /** Disposes of the esbuild contexts; the next build reads all files again. */
  public async dispose(): Promise<void> {
    await Promise.all([this.together, ...this.alone.values()].map((context) => context.dispose()));
  }

  private concerns({ handlerId }: HandlerBuild, changed: ReadonlySet<string>): boolean {
    const parts = this.parts.get(handlerId);
    return !parts || this.broken.has(handlerId) || [...changed].some((file) => parts.sources.has(file));
  }

  private async buildAlone(build: HandlerBuild): Promise<ReadonlyMap<string, HandlerCode>> {
    const { handlerId, file } = build;
    const context = this.alone.get(handlerId) ?? this.open([build]);
    this.alone.delete(handlerId);
    this.alone.set(handlerId, context);
    // esbuild's own error would name the data URL of the entry instead of the file.
    const built = fs.existsSync(file)
      ? await context.build()
      : { errors: [`${file} does not exist (any more): its last build keeps running`], files: [] };
    if ('metafile' in built) return this.built(built.handlers!, built.metafile);
    // The imports of a broken file are unknown, so what it imported before stays watched.
    const { sources, ...parts } = this.partsOf(handlerId);
    this.parts.set(handlerId, { ...parts, sources: new Set([file, ...sources, ...built.files.filter(isSource)]) });
    this.broken.add(handlerId);
    return new Map([[handlerId, { files: [], errors: built.errors }]]);
  }

  private built(codes: ReadonlyMap<string, BuiltHandler>, metafile: Metafile): ReadonlyMap<string, HandlerCode> {
    const builds = [...codes.keys()].map((id) => this.handlers.get(id)!);
    for (const [id, parts] of handlerInputs(metafile, this.directory, builds)) this.parts.set(id, parts);
    for (const [id, { errors }] of codes) {
      if (errors.length > 0) this.broken.add(id);
      else this.broken.delete(id);
    }
    return this.codes(codes);
  }

  private async closeSome(): Promise<void> {
    const idle = [...this.alone].slice(0, -OPEN_ALONE);
    for (const [id] of idle) this.alone.delete(id);
    await Promise.all(idle.map(([, context]) => context.dispose()));
  }

  private codes(handlers: ReadonlyMap<string, BuiltHandler>): ReadonlyMap<string, HandlerCode> {
    return new Map([...handlers].map(([id, built]) => [id, this.hasMaps ? built : this.withoutMap(id, built)]));
  }

  private withoutMap(id: string, { files, errors }: BuiltHandler): HandlerCode {
    const map = files.find((file) => file.path.endsWith('.map'));
    const folder = virtualFolder(handlerOf(this.handlers.get(id)!), this.directory);
    return { files: files.filter((file) => file !== map), errors, map: map && { json: map.contents, folder } };
  }

  private open(builds: readonly HandlerBuild[]): EsbuildContext {
    return new EsbuildContext(this.esbuild, builds.map(handlerOf), this.directory, this.options, this.settings);
  }
}

function handlerOf({ file, exportName, handlerId, wrapper }: HandlerBuild): BuiltExport {
  return { file, exportName, id: handlerId, wrapper };
}

/**
 * The options, with a source map of ours beside the code, which leaves the code as it is, byte for byte. `metafile` is left out: the
 * list of inputs that it adds to an asset is nothing that a handler runs.
 */
function contextOptions(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const options = Object.fromEntries(Object.entries(written).map(([name, value]) => {
    return [name, PATTERNS.includes(name) ? pattern(value) : value];
  }));
  const maps = options.sourcemap ? {} : { sourcemap: 'external', sourcesContent: false };
  return { ...options, ...maps, metafile: undefined };
}

function pattern(value: unknown): unknown {
  const source = (value as { pattern?: unknown } | null)?.pattern;
  return typeof source === 'string' ? new RegExp(source) : value;
}

/**
 * The inputs of each handler's bundle, by handler id.
 *
 * The imports are followed because esbuild's list for an output lacks the files that leave no byte in it: those that only re-export.
 */
function handlerInputs({ inputs }: Metafile, directory: string, handlers: Iterable<HandlerBuild>): Map<string, HandlerInputs> {
  // Modules that were replaced by nothing (`(disabled):...`) and the data URLs of our entries (`<data:...>`) are not files.
  const names = Object.keys(inputs).filter((name) => !/^[<(]/.test(name));
  const files = new Map(names.map((name) => [path.resolve(directory, name), inputs[name]]));
  const imports = new Map([...files].map(([file, input]) => (
    [file, input.imports.map((imported) => path.resolve(directory, imported.path))]
  )));
  return new Map([...handlers].map(({ handlerId, file }) => {
    const found = [...reachable(file, imports)];
    const external = found.flatMap((source) => files.get(source)?.imports ?? [])
      .filter((imported) => imported.external && isPackage(imported.path));
    return [handlerId, {
      sources: new Set(found.filter(isSource)),
      packaged: new Set(found.filter((source) => !isSource(source))),
      external: new Set(external.map((imported) => imported.path)),
    }];
  }));
}

/** Whether a file is written by the developer and not installed. */
function isSource(file: string): boolean {
  return !file.split(path.sep).includes('node_modules');
}

function reachable(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([file]);
  // A loop over a set reaches what is added meanwhile.
  for (const reached of found) {
    for (const imported of imports.get(reached) ?? []) if (imports.has(imported)) found.add(imported);
  }
  return found;
}

function isPackage(name: string): boolean {
  return !isBuiltin(name) && /^[^./]/.test(name) && !path.isAbsolute(name);
}
