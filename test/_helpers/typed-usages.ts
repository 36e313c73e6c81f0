import { execFileSync, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { AppFolder } from './app-folder';

const ROOT = path.join(__dirname, '..', '..');
const NEWEST = path.join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');

/** Of a strict project without any types of Node.js or of browsers, which looks at declarations too. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  target: 'es2022',
  lib: ['es2022'] as readonly string[],
  types: [] as readonly string[],
};

type Options = Partial<typeof STRICT>;

/** Every kind of project that TypeScript 7 knows: type of the package, module, resolution. */
export const KINDS: ReadonlyArray<[string, string, string]> = ['commonjs', 'module'].flatMap((type) => [
  [type, 'node16', 'node16'], [type, 'nodenext', 'nodenext'], [type, 'esnext', 'bundler'],
] as Array<[string, string, string]>);

/** An old one and a new one; `npm run test:all` takes all. */
export const TESTED_KINDS = process.env.THOROUGH ? KINDS : [KINDS[0], KINDS[5]];

/** Usages of this library, in a CommonJS package and in a package of ES modules, with its declarations as jsii compiles them. */
export class TypedUsages {
  private readonly app: AppFolder;
  /** Parsed once for all kinds. */
  private readonly standard = new Map<string, ts.SourceFile | undefined>();

  /** @param files - text by name */
  public constructor(files: Readonly<Record<string, string>>) {
    this.app = new AppFolder({ 'commonjs/package.json': '{"type":"commonjs"}', 'module/package.json': '{"type":"module"}' });
    this.write(files);
    declare(path.join(this.app.path, 'node_modules', 'cdk-websocket-service'));
  }

  public write(files: Readonly<Record<string, string>>): void {
    for (const type of ['commonjs', 'module']) {
      this.app.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`${type}/${name}`, text])));
    }
  }

  /** Makes packages of this repository importable. */
  public link(...names: string[]): void {
    for (const name of names) {
      const link = path.join(this.app.path, 'node_modules', name);
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(path.join(ROOT, 'node_modules', name), link);
    }
  }

  public leave(): void {
    this.app.leave();
  }

  /** @returns What TypeScript 7 finds, `web/client.ts:12 TS2322 ...`. */
  public compile([type, module, moduleResolution]: readonly [string, string, string], names: readonly string[], options: Options = {}): string[] {
    const { stdout } = spawnSync(process.execPath, [
      NEWEST, ...flags({ ...STRICT, ...options, module, moduleResolution }), ...names.map((name) => path.join(this.app.path, type, name)),
    ], { encoding: 'utf8', cwd: this.app.path });
    const folder = `${type}/`;
    return stdout.split('\n').filter((line) => line !== '').map((line) => (
      line.replace(folder, '').replace(/^([^(]+)\((\d+),\d+\): error (TS\d+):/, '$1:$2 $3')));
  }

  /** The same by TypeScript 6, which takes ten times as long, and knows one kind more. */
  public compileWith6(
    [type, module, moduleResolution]: readonly [string, ts.ModuleKind, ts.ModuleResolutionKind], names: readonly string[],
  ): string[] {
    const options: ts.CompilerOptions = {
      ...STRICT, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: [], module, moduleResolution, ignoreDeprecations: '6.0',
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile } = host;
    host.getSourceFile = (file, ...rest) => {
      if (!path.basename(file).startsWith('lib.')) return getSourceFile(file, ...rest);
      if (!this.standard.has(file)) this.standard.set(file, getSourceFile(file, ...rest));
      return this.standard.get(file);
    };
    const folder = path.join(this.app.path, type);
    const program = ts.createProgram(names.map((name) => path.join(folder, name)), options, host);
    return ts.getPreEmitDiagnostics(program).map(({ file, start, code, messageText }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : '';
      return `${file ? path.relative(folder, file.fileName) : ''}:${line} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  }
}

/** The declarations, and what package.json says of them. */
function declare(folder: string): void {
  const { exports, typesVersions } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const doors = ['runtime', 'client'];
  execFileSync(process.execPath, [NEWEST, ...flags({
    declaration: true,
    emitDeclarationOnly: true,
    strict: true,
    target: 'es2022',
    module: 'node16',
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [path.join(ROOT, 'node_modules', '@types')],
    rootDir: path.join(ROOT, 'lib'),
    outDir: path.join(folder, 'lib'),
  }), ...doors.map((door) => path.join(ROOT, 'lib', door, 'index.ts'))]);
  for (const door of doors) fs.writeFileSync(path.join(folder, 'lib', door, 'index.d.mts'), "export * from './index.js';\n");
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'cdk-websocket-service', exports, typesVersions }));
}

function flags(options: Record<string, unknown>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
