import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';
import type { EsbuildOptions } from './esbuild';
import { list } from '../problem';

/** A warning for the service to add, by its id. */
export interface BundleWarning {
  readonly id: string;
  readonly text: string;
}

/** The setting in a tsconfig.json; `undefined` if it is absent. */
type Setting = boolean | undefined;

/** An `@` that begins a decorator: after the start of a line, a space or a bracket, and before a name or a bracket. */
const DECORATOR = /(?:^|[\s({,;])@[\p{ID_Start}_$(]/mu;
const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
const TYPESCRIPT = /\.[cm]?tsx?$/;

/**
 * The sources whose decorators lose their type metadata: esbuild knows no types and silently ignores `emitDecoratorMetadata`.
 * TypeORM, class-transformer, tsyringe and others then find `undefined`.
 *
 * @param files absolute paths of the bundled files
 * @param directory the base of relative paths in the options
 * @see https://esbuild.github.io/content-types/#typescript-caveats
 */
export function filesWithoutMetadata(files: readonly string[], options: EsbuildOptions, directory: string): string[] {
  const settingOf = settings(options, directory);
  return files.filter((file) => TYPESCRIPT.test(file) && !file.split(path.sep).includes('node_modules')
    && settingOf(file) === true && DECORATOR.test(readText(file).replace(COMMENTS, '')));
}

/** Whether `emitDecoratorMetadata` applies to a source. */
export function emitsMetadata(file: string, options: EsbuildOptions, directory: string): boolean {
  return settings(options, directory)(file) === true;
}

function settings({ tsconfig, tsconfigRaw }: EsbuildOptions, directory: string): (file: string) => Setting {
  const known = new Map<string, Setting>();
  const configs = new Map<string, string | undefined>();
  return (file) => {
    if (tsconfigRaw !== undefined) return parsed(String(tsconfigRaw)).compilerOptions?.emitDecoratorMetadata;
    const config = typeof tsconfig === 'string' ? path.resolve(directory, tsconfig) : nearestConfig(path.dirname(file), configs);
    return config === undefined ? undefined : setting(config, known);
  };
}

/** The warning about such files, if there are any. */
export function metadataWarning(files: readonly string[]): BundleWarning[] {
  const names = [...new Set(files)].map((file) => file.split(path.sep).join('/'));
  return names.length === 0 ? [] : [{
    id: 'decoratorMetadata',
    text: `esbuild ignores \`emitDecoratorMetadata\`, so the decorators in ${list(names)} get no type metadata; `
      + 'set `bundling: { preCompilation: true }`, and TypeScript compiles the sources first',
  }];
}

/** The tsconfig.json that esbuild reads for the files of this folder. */
function nearestConfig(folder: string, known: Map<string, string | undefined>): string | undefined {
  if (known.has(folder)) return known.get(folder);
  const config = path.join(folder, 'tsconfig.json');
  const parent = path.dirname(folder);
  const found = fs.existsSync(config) ? config : parent === folder ? undefined : nearestConfig(parent, known);
  known.set(folder, found);
  return found;
}

/** A file overrides the files that it extends, and later entries of `extends` override earlier ones. */
function setting(config: string, known: Map<string, Setting>, from: readonly string[] = []): Setting {
  if (known.has(config)) return known.get(config);
  const { compilerOptions, extends: bases } = parsed(readText(config));
  const inherited = [bases ?? []].flat().flatMap((base) => baseConfig(config, base))
    .filter((file) => !from.includes(file))
    .map((file) => setting(file, known, [...from, config]));
  const found = compilerOptions?.emitDecoratorMetadata ?? inherited.filter((one) => one !== undefined).pop();
  known.set(config, found);
  return found;
}

/** The file that an entry of `extends` names: a path, or a file of a package, by default its tsconfig.json. */
function baseConfig(config: string, base: unknown): string[] {
  if (typeof base !== 'string') return [];
  const isPath = /^\.{1,2}(?:\/|$)/.test(base) || path.isAbsolute(base);
  const written = path.resolve(path.dirname(config), base);
  const candidates = isPath ? [written, `${written}.json`, path.join(written, 'tsconfig.json')] : packageFiles(config, base);
  return candidates.filter((file) => fs.existsSync(file) && fs.statSync(file).isFile()).slice(0, 1);
}

function packageFiles(config: string, base: string): string[] {
  const { resolve } = createRequire(config);
  const folders = resolve.paths(base) ?? [];
  const resolved = ['', '.json', '/tsconfig.json'].flatMap((end) => {
    try {
      const file = resolve(base + end);
      return file.endsWith('.json') ? [file] : [];
    } catch {
      return [];
    }
  });
  return [...resolved, ...folders.flatMap((folder) => ['', '.json', '/tsconfig.json'].map((end) => path.join(folder, base + end)))];
}

interface Config {
  readonly extends?: unknown;
  readonly compilerOptions?: { readonly emitDecoratorMetadata?: boolean };
}

/** Accepts comments and trailing commas, as TypeScript does. Malformed files count as empty; esbuild reports them. */
function parsed(text: string): Config {
  const outside = /("(?:\\.|[^"\\])*")|\/\/.*|\/\*[\s\S]*?\*\/|,(?=\s*[}\]])/g;
  const plain = text.replace(/^\uFEFF/, '').replace(outside, (_, string?: string) => string ?? '');
  try {
    return (JSON.parse(plain.replace(outside, (_, string?: string) => string ?? '')) ?? {}) as Config;
  } catch {
    return {};
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
