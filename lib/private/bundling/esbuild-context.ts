import * as path from 'path';
import type { BuildContext, Metafile } from 'esbuild';
import { Build, buildOptions, diagnostics, Esbuild, filesByHandler, loadEsbuildAnew } from './esbuild';
import type { EsbuildOptions } from './esbuild-options';
import type { Handler } from './handler';

/** A build that came to an end. */
export interface ContextBuild {
  /** `undefined`: there is a file that belongs to no single handler, each must be built alone. */
  readonly handlers?: Build['handlers'];
  readonly metafile: Metafile;
}

export interface EsbuildContextSettings {
  /** Where the module was loaded from: old versions of esbuild are loaded again when their process has died. */
  readonly file?: string;
  /** esbuild's process had exited and was restarted; reported once, although all contexts are reopened. */
  readonly onRestart?: () => void;
}

/** A build that failed as a whole. */
export interface FailedBuild {
  /** With code frames. */
  readonly errors: readonly string[];
  /** Absolute paths of the files that esbuild complains about. */
  readonly files: readonly string[];
}

/** The most restarts of esbuild's process during one build. */
const RESTARTS = 2;

/**
 * esbuild's JavaScript API keeps one service process for all of its contexts. When that process dies, the module does not restart it,
 * and every context of it is lost.
 */
class Service {
  public restarts = 0;
  private running: Promise<Esbuild>;

  public constructor(esbuild: Esbuild, private readonly file?: string) {
    this.running = Promise.resolve(esbuild);
  }

  /** What opens contexts now. */
  public get esbuild(): Promise<Esbuild> {
    return this.running;
  }

  /** @param restarts the count that the caller knows: a second caller finds the new process. @returns whether it was restarted */
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

/** The same build again and again: what `buildHandlers` makes, where esbuild reads and parses only what changed. */
export class EsbuildContext {
  private context?: Promise<BuildContext>;
  private readonly service: Service;

  /** @param directory esbuild's working directory, by its real path */
  public constructor(
    private readonly esbuild: Esbuild,
    private readonly handlers: Handler[],
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

  /** Ends the process; a running build fails. The next build starts a new one. */
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

const DEAD = `esbuild's process ended ${RESTARTS + 1} times during one build: is it killed, or is there too little memory? The next save starts it again`;

/** In the words of esbuild's `lib/shared/common.ts`, of every version from 0.17 on; an error of a build has `errors`. */
function isDeath(error: unknown): boolean {
  return error instanceof Error && !('errors' in error) && /^The service (?:was stopped|is no longer running)\b/.test(error.message);
}
