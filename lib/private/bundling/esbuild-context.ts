import * as path from 'path';
import type { BuildContext, Metafile } from 'esbuild';
import { Build, buildOptions, diagnostics, Esbuild, filesByHandler } from './esbuild';
import type { EsbuildOptions } from './esbuild-options';
import type { Handler } from './handler';

/** A build that came to an end. */
export interface ContextBuild {
  /** `undefined`: there is a file that belongs to no single handler, each must be built alone. */
  readonly handlers?: Build['handlers'];
  readonly metafile: Metafile;
}

/** A build that failed as a whole. */
export interface FailedBuild {
  /** With code frames. */
  readonly errors: readonly string[];
  /** Absolute paths of the files that esbuild complains about. */
  readonly files: readonly string[];
}

/** The same build again and again: what `buildHandlers` makes, where esbuild reads and parses only what changed. */
export class EsbuildContext {
  private context?: Promise<BuildContext>;

  /** @param directory esbuild's working directory, by its real path */
  public constructor(
    private readonly esbuild: Esbuild,
    private readonly handlers: Handler[],
    private readonly directory: string,
    private readonly options: EsbuildOptions,
  ) {}

  /** Never rejects. */
  public async build(): Promise<ContextBuild | FailedBuild> {
    try {
      this.context ??= this.esbuild.context(buildOptions(this.handlers, this.directory, this.options));
      const result = await (await this.context).rebuild();
      return { handlers: filesByHandler(result, this.handlers, this.directory, this.options), metafile: result.metafile! };
    } catch (error) {
      const { errors = [] } = error as { errors?: ReadonlyArray<{ location?: { file: string } | null }> };
      const files = errors.flatMap(({ location }) => (location ? [path.resolve(this.directory, location.file)] : []));
      return { errors: diagnostics(this.esbuild, error), files };
    }
  }

  /** Ends it; a build that runs fails. */
  public async dispose(): Promise<void> {
    const context = await this.context?.catch(() => undefined);
    await context?.dispose();
  }
}
