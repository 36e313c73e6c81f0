import * as fs from 'fs';
import * as path from 'path';
import type { BundleFile } from '../../private/bundling/esbuild';
import type { LambdaFunction } from '../assembly/local-app';

interface Version {
  readonly directory?: string;
  /** Unknown for an asset: its files are read when there is a build to compare them with. */
  readonly files?: readonly BundleFile[];
}

/** The code that each function runs. Each new version gets a folder of its own, since old processes may still read the previous one. */
export class CodeVersions {
  private readonly running = new Map<string, Version>();
  private readonly written = new Set<string>();
  private count = 0;

  /**
   * @param prefix absolute path that the names of folders begin with. Beside the assets, the relative paths in a bundle's own source map
   * stay right.
   */
  public constructor(private readonly prefix: string) {}

  /** The functions run the code in the assembly from now on. */
  public reset(functions: readonly LambdaFunction[]): void {
    this.running.clear();
    for (const { id, code } of functions) this.running.set(id, 'directory' in code ? { directory: code.directory } : {});
  }

  /** @returns the folder with these files, and whether they differ from what the function runs */
  public async store(functionId: string, files: readonly BundleFile[]): Promise<{ directory: string; changed: boolean }> {
    const { directory, files: known } = this.running.get(functionId) ?? {};
    const same = directory !== undefined && (known ? sameFiles(known, files) : await onDisk(directory, files));
    const folder = same ? directory : await this.write(functionId, files);
    this.running.set(functionId, { directory: folder, files });
    return { directory: folder, changed: !same };
  }

  public async dispose(): Promise<void> {
    await Promise.all([...this.written].map((folder) => fs.promises.rm(folder, { recursive: true, force: true })));
  }

  private async write(functionId: string, files: readonly BundleFile[]): Promise<string> {
    const folder = `${this.prefix}.${encodeURIComponent(functionId)}.${++this.count}`;
    this.written.add(folder);
    // A gateway that was killed may have left a folder of this name.
    await fs.promises.rm(folder, { recursive: true, force: true });
    for (const file of files) {
      const target = path.join(folder, file.path);
      await fs.promises.mkdir(path.dirname(target), { recursive: true });
      await fs.promises.writeFile(target, file.contents);
    }
    return folder;
  }
}

function sameFiles(known: readonly BundleFile[], files: readonly BundleFile[]): boolean {
  return known.length === files.length
    && known.every((file, index) => file.path === files[index].path && Buffer.compare(file.contents, files[index].contents) === 0);
}

async function onDisk(directory: string, files: readonly BundleFile[]): Promise<boolean> {
  const same = await Promise.all(files.map(async (file) => {
    const contents = await fs.promises.readFile(path.join(directory, file.path)).catch(() => undefined);
    return contents !== undefined && Buffer.compare(contents, file.contents) === 0;
  }));
  return same.every(Boolean);
}
