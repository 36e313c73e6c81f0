import { execFileSync, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { AppFolder } from '../_helpers/app-folder';

const ROOT = path.join(__dirname, '..', '..');
const USAGES = ['typed-handlers.ts', 'typed-sending.ts'];
const NEWEST = path.join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
const LIBRARY = 'node_modules/cdk-websocket-service';

/** For a strict project without any types of Node.js or of browsers, which looks at declarations too. */
const STRICT = {
  strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, target: 'es2022', lib: ['es2022'], types: [],
};

let app: AppFolder;
beforeAll(() => {
  app = new AppFolder({
    'commonjs/package.json': '{"type":"commonjs"}',
    'module/package.json': '{"type":"module"}',
    ...Object.fromEntries(['commonjs', 'module'].flatMap((type) => USAGES.map((usage) => (
      [`${type}/${usage}`, fs.readFileSync(path.join(__dirname, '_helpers', usage), 'utf8')])))),
  });
  declare(path.join(app.path, LIBRARY));
});
afterAll(() => app.leave());

/** The declarations as jsii compiles them, and what package.json says of them. */
function declare(folder: string): void {
  const { exports, typesVersions } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
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
  }), path.join(ROOT, 'lib', 'runtime', 'index.ts')]);
  fs.writeFileSync(path.join(folder, 'lib/runtime/index.d.mts'), "export * from './index.js';\n");
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'cdk-websocket-service', exports, typesVersions }));
}

function flags(options: Record<string, unknown>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

const KINDS: ReadonlyArray<[string, string, string]> = ['commonjs', 'module'].flatMap((type) => [
  [type, 'node16', 'node16'], [type, 'nodenext', 'nodenext'], [type, 'esnext', 'bundler'],
] as Array<[string, string, string]>);

test.each(KINDS)('TypeScript 7: %s, module %s, resolution %s', (type, module, moduleResolution) => {
  const { stdout, status } = spawnSync(process.execPath, [
    NEWEST, ...flags({ ...STRICT, types: '', module, moduleResolution }), ...USAGES.map((usage) => path.join(app.path, type, usage)),
  ], { encoding: 'utf8' });

  expect([stdout, status]).toEqual(['', 0]);
});

const { ModuleKind, ModuleResolutionKind } = ts;
const library = new Map<string, ts.SourceFile | undefined>();

// It takes ten times as long as TypeScript 7, which has lost the second kind.
test.each<[string, string, ts.ModuleKind, ts.ModuleResolutionKind]>([
  ['module', 'nodenext', ModuleKind.NodeNext, ModuleResolutionKind.NodeNext],
  ['commonjs', 'node10', ModuleKind.CommonJS, ModuleResolutionKind.Node10],
])('TypeScript 6: %s, resolution %s', (type, _, module, moduleResolution) => {
  // GIVEN
  const options: ts.CompilerOptions = {
    ...STRICT, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], module, moduleResolution, ignoreDeprecations: '6.0',
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  // Parsed once for all kinds.
  host.getSourceFile = (file, ...rest) => {
    if (!path.basename(file).startsWith('lib.')) return getSourceFile(file, ...rest);
    if (!library.has(file)) library.set(file, getSourceFile(file, ...rest));
    return library.get(file);
  };

  // WHEN
  const program = ts.createProgram(USAGES.map((usage) => path.join(app.path, type, usage)), options, host);

  // THEN
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => (
    `${file?.fileName}:${file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : ''} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  ));
  expect(found).toEqual([]);
});
