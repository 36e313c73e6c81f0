import * as fs from 'fs';
import type { Metafile } from 'esbuild';
import { HandlerInputs, handlerInputs, isSource } from './handler-inputs';
import type { MapFile } from './source-maps';
import { BundleFile, BuiltHandler, Esbuild, virtualFolder } from '../../private/bundling/esbuild';
import { EsbuildContext, EsbuildContextSettings } from '../../private/bundling/esbuild-context';
import type { HandlerBuild } from '../assembly/model';

/** What a build made of one handler. */
export interface HandlerCode {
  readonly files: readonly BundleFile[];
  /** With code frames; not empty: there are no files. */
  readonly errors: readonly string[];
  /** If the handler's own options ask for none. */
  readonly map?: MapFile;
}

/** esbuild's options for patterns; JSON has none. */
const PATTERNS = ['mangleProps', 'reserveProps'];

/** Contexts of single handlers that stay open: each keeps what it parsed in memory. */
const OPEN_ALONE = 8;

/** Handlers that are built alike, kept open in esbuild: all together as the construct builds them, or alone those that changed. */
export class HandlerGroup {
  private readonly handlers: ReadonlyMap<string, HandlerBuild>;
  private readonly directory: string;
  private readonly options: Readonly<Record<string, unknown>>;
  private readonly together: EsbuildContext;
  /** The one that was used last is last. */
  private readonly alone = new Map<string, EsbuildContext>();
  private readonly parts = new Map<string, HandlerInputs>();
  private readonly broken = new Set<string>();
  /** A loader leaves files that belong to no single handler. */
  private neverTogether = false;
  /** Whether the assets come with source maps, which stay as they are. */
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
   * What was built, by handler id; broken handlers are always built. Never rejects.
   *
   * @param changed absolute paths of the sources that changed (default: any file may have)
   */
  public async build(changed?: ReadonlySet<string>): Promise<ReadonlyMap<string, HandlerCode>> {
    const due = [...this.handlers.values()].filter((build) => !changed || this.concerns(build, changed));
    // esbuild keeps what it parsed, but puts all bundles together anew.
    const whole = this.neverTogether || due.length * 2 <= this.handlers.size ? undefined : await this.together.build();
    if (whole && 'metafile' in whole && whole.handlers) return this.built(whole.handlers, whole.metafile);
    this.neverTogether ||= whole !== undefined && 'metafile' in whole;
    const codes = await Promise.all(due.map((build) => this.buildAlone(build)));
    await this.closeSome();
    return new Map(codes.flatMap((code) => [...code]));
  }

  /** Absolute paths of the sources in its bundles, or of what was in them before one broke. */
  public inputs(): string[] {
    return [...this.parts.values()].flatMap(({ sources }) => [...sources]);
  }

  /** The inputs of a handler's last build. */
  public partsOf(handlerId: string): HandlerInputs {
    return this.parts.get(handlerId) ?? { sources: new Set(), packaged: new Set(), external: new Set() };
  }

  /** Disposes of the esbuild context; the next build reads all files again. */
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
    // esbuild would speak of the entry that it was given, which is nobody's file.
    const built = fs.existsSync(file) ? await context.build() : { errors: [`${file} is not there (any more): what was built of it goes on`], files: [] };
    if ('metafile' in built) return this.built(built.handlers!, built.metafile);
    // A broken file does not say what it imports: what it imported before is watched on.
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

function handlerOf({ file, exportName, handlerId }: HandlerBuild): { file: string; exportName: string; id: string } {
  return { file, exportName, id: handlerId };
}

/**
 * The options with a source map of ours beside the code, which leaves the code as it is, byte for byte. The list of
 * inputs that `metafile` puts into an asset is nothing that a handler runs.
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
