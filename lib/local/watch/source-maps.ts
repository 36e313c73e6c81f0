import { SourceMap } from 'module';
import * as path from 'path';
import { fileURLToPath } from 'url';

/** A source map that esbuild made. */
export interface MapFile {
  /** The map, as JSON. */
  readonly json: Uint8Array;
  /** Absolute folder that the sources are relative to. */
  readonly folder: string;
}

/** The end of a location in a stack: `/cdk.out/asset.1/index.js:1:2345`; ES modules have `file://` before the path. */
const POSITION = /:(\d+):(\d+)/g;
const FILE = /(?:file:\/\/\/|\/|[A-Za-z]:[\\/])[^\n()]*$/;

/** How versions of esbuild name a source that is a data URL. */
const ENTRY = /^(?:<|dataurl:)/;

/** The longest line, in characters, that is searched for locations: handlers may print lines longer than any of a stack. */
const LONGEST_LINE = 10_000;

/** The versions of a function whose maps are kept: the current one, and those that still finish invocations. */
const VERSIONS = 3;

/** Maps locations in bundles back to the sources. A map is parsed when the first stack needs it. */
export class SourceMaps {
  private readonly byFunction = new Map<string, Map<string, MapFile | SourceMap>>();
  private readonly folders = new WeakMap<SourceMap, string>();

  /** @param directory absolute folder of the app: sources are named relative to it */
  public constructor(private readonly directory: string) {}

  /** @param file absolute path of the bundle that the function runs from now on */
  public add(functionId: string, file: string, map: MapFile): void {
    const versions = this.byFunction.get(functionId) ?? new Map<string, MapFile | SourceMap>();
    versions.delete(file);
    versions.set(file, map);
    for (const old of [...versions.keys()].slice(0, -VERSIONS)) versions.delete(old);
    this.byFunction.set(functionId, versions);
  }

  /** The lines with locations in the function's bundle replaced by those in the sources; unknown locations stay as they are. */
  public mapStack(functionId: string, lines: readonly string[]): string[] {
    const versions = this.byFunction.get(functionId);
    if (!versions) return [...lines];
    return lines.map((line) => this.mapLine(versions, line));
  }

  /** Takes time linear in the length of the line, whatever a handler prints. */
  private mapLine(versions: Map<string, MapFile | SourceMap>, line: string): string {
    if (line.length > LONGEST_LINE) return line;
    let mapped = '';
    let rest = 0;
    for (const { 0: position, 1: row, 2: column, index } of line.matchAll(POSITION)) {
      const before = line.slice(rest, index);
      const file = before.slice(Math.max(...['(', ')', '\n'].map((end) => before.lastIndexOf(end))) + 1).match(FILE)?.[0];
      const source = file && this.source(versions, file, Number(row), Number(column));
      mapped += source ? before.slice(0, before.length - file!.length) + source : before + position;
      rest = index + position.length;
    }
    return mapped + line.slice(rest);
  }

  private source(versions: Map<string, MapFile | SourceMap>, file: string, line: number, column: number): string | undefined {
    try {
      return this.sourceIn(versions, file.startsWith('file:') ? fileURLToPath(file) : file, line, column);
    } catch {
      // Not the URL of a file, or not a source map: the handler printed something else.
      return undefined;
    }
  }

  private sourceIn(versions: Map<string, MapFile | SourceMap>, bundle: string, line: number, column: number): string | undefined {
    const map = this.read(versions, bundle);
    if (!map) return undefined;
    // Stacks count from one, source maps from zero.
    const found = map.findEntry(line - 1, column - 1);
    // Beyond the end of the code, `findEntry` gives the last entry. Our entry is a data URL.
    if (!('originalSource' in found) || found.generatedLine !== line - 1 || ENTRY.test(found.originalSource)) return undefined;
    const source = path.resolve(this.folders.get(map)!, found.originalSource);
    const name = path.relative(this.directory, source).split(path.sep).join('/');
    return `${name}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  }

  private read(versions: Map<string, MapFile | SourceMap>, file: string): SourceMap | undefined {
    const known = versions.get(file);
    if (!known || known instanceof SourceMap) return known;
    const map = new SourceMap(JSON.parse(Buffer.from(known.json).toString()));
    this.folders.set(map, known.folder);
    versions.set(file, map);
    return map;
  }
}
