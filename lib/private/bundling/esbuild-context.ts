import * as path from 'path';
import type { BuildContext, Metafile } from 'esbuild';
import { Build, buildOptions, BuiltExport, diagnostics, Esbuild, filesByHandler, loadEsbuildAnew } from './esbuild';
import type { EsbuildOptions } from './esbuild';

/** A build without errors. */
export interface ContextBuild {
  /** `undefined` if an output file belongs to no single handler, so that each handler must be built alone. */
  readonly handlers?: Build['handlers'];
  readonly metafile: Metafile;
}

export interface EsbuildContextSettings {
  /** The path of the module, since old versions of esbuild must be loaded again when their process has died. */
  readonly file?: string;
  /** Called when esbuild's process had exited and was restarted; once, although all contexts are reopened. */
  readonly onRestart?: () => void;
}

/** A build that failed as a whole. */
export interface FailedBuild {
  /** With code frames. */
  readonly errors: readonly string[];
  /** Absolute paths of the files with errors. */
  readonly files: readonly string[];
}

/** How often esbuild's process is restarted during one build. */
const RESTARTS = 2;

/**
 * The service process that all contexts of an esbuild module share. When the process dies, the module does not restart it, and all contexts
 * are lost.
 */
class Service {
  public restarts = 0;
  private running: Promise<Esbuild>;

  public constructor(esbuild: Esbuild, private readonly file?: string) {
    this.running = Promise.resolve(esbuild);
  }

  public get esbuild(): Promise<Esbuild> {
    return this.running;
  }

  /**
   * @param restarts the count when the caller's build began: a second caller finds the process restarted already
   * @returns whether this call restarted the process
   */
  public restart(restarts: number): boolean {
    if (restarts !== this.restarts) return false;
    this.restarts++;
    this.running = this.running.then(async (esbuild) => {
      await esbuild.stop?.();
      // Old versions have no `stop`: another copy of the module starts a process of its own.
      return typeof esbuild.stop === 'function' || this.file === undefined ? esbuild : loadEsbuildAnew(this.file);
    });
    return true;
  }
}

const services = new WeakMap<Esbuild, Service>();

/** An incremental `buildHandlers`, where esbuild reads and parses changed files only. */
export class EsbuildContext {
  private context?: Promise<BuildContext>;
  private readonly service: Service;

  /** @param directory the real path of esbuild's working directory */
  public constructor(
    private readonly esbuild: Esbuild,
    private readonly handlers: BuiltExport[],
    private readonly directory: string,
    private readonly options: EsbuildOptions,
    private readonly settings: EsbuildContextSettings = {},
  ) {
    this.service = services.get(esbuild) ?? new Service(esbuild, settings.file);
    services.set(esbuild, this.service);
  }

  /** Never rejects. */
  public async build(): Promise<ContextBuild | FailedBuild> {
    for (let deaths = 0; ; deaths++) {
      const { restarts } = this.service;
      try {
        this.context ??= this.open();
        const result = await (await this.context).rebuild();
        return { handlers: filesByHandler(result, this.handlers, this.directory, this.options), metafile: result.metafile! };
      } catch (error) {
        if (!isDeath(error)) return this.failure(error);
        this.context = undefined;
        if (this.service.restart(restarts)) this.settings.onRestart?.();
        if (deaths === RESTARTS) return { errors: [DEAD], files: [] };
      }
    }
  }

  /** Closes the context. A running build fails, and the next build opens a new context. */
  public async dispose(): Promise<void> {
    const { context } = this;
    this.context = undefined;
    await (await context?.catch(() => undefined))?.dispose();
  }

  private async open(): Promise<BuildContext> {
    return (await this.service.esbuild).context(buildOptions(this.handlers, this.directory, this.options));
  }

  private failure(error: unknown): FailedBuild {
    const { errors = [] } = error as { errors?: ReadonlyArray<{ location?: { file: string } | null }> };
    const files = errors.flatMap(({ location }) => (location ? [path.resolve(this.directory, location.file)] : []));
    return { errors: diagnostics(this.esbuild, error), files };
  }
}

const DEAD = `esbuild's process ended ${RESTARTS + 1} times during one build: is it killed, or is there too little memory? `
  + 'The next save starts it again';

/** Matches messages of esbuild's `lib/shared/common.ts`, in every version since 0.17. An error of a build has `errors`. */
function isDeath(error: unknown): boolean {
  return error instanceof Error && !('errors' in error) && /^The service (?:was stopped|is no longer running)\b/.test(error.message);
}
