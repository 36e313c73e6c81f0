import * as path from 'path';
import { filesWithoutMetadata, metadataWarning } from '../../../lib/private/bundling/decorator-metadata';
import { EsbuildOptions } from '../../../lib/private/bundling/esbuild';
import { AppFolder } from '../../_helpers/app-folder';

const ON = '{ "compilerOptions": { "emitDecoratorMetadata": true } }';
const OFF = '{ "compilerOptions": { "emitDecoratorMetadata": false } }';
const SILENT = '{ "compilerOptions": { "strict": true } }';
const DECORATED = 'class A { @field() text!: string }';

let app: AppFolder;
afterEach(() => app.leave());

/** Whether the decorators of `src/a.ts` are found to lose their types. */
function loses(files: Record<string, string>, options: EsbuildOptions = {}, names = ['src/a.ts']): string[] {
  app = new AppFolder({ 'src/a.ts': DECORATED, ...files });
  return filesWithoutMetadata(names.map((name) => path.join(app.path, name)), options, app.path).map((file) => path.relative(app.path, file));
}

const YES = ['src/a.ts'];

test.each<[string, Record<string, string>, string[]]>([
  ['the nearest one', { 'tsconfig.json': ON }, YES],
  ['the nearest one, not one above', { 'tsconfig.json': ON, 'src/tsconfig.json': SILENT }, []],
  ['with comments and commas too many', { 'tsconfig.json': '// a\n{ /* "x" */ "compilerOptions": { "emitDecoratorMetadata": true, /* b */ }, }' }, YES],
  ['where it is off', { 'tsconfig.json': OFF }, []],
  ['where it is only a comment', { 'tsconfig.json': '{ "compilerOptions": { /* "emitDecoratorMetadata": true */ } }' }, []],
  ['where text looks like a comment', { 'tsconfig.json': '{ "x": "https://a/*", "compilerOptions": { "emitDecoratorMetadata": true } }' }, YES],
  ['that is broken', { 'tsconfig.json': '{' }, []],
  ['that is not there', {}, []],
  ['that extends another', { 'tsconfig.json': '{ "extends": "./base" }', 'base.json': ON }, YES],
  ['that extends another and says otherwise', { 'tsconfig.json': `{ "extends": "./base.json", ${OFF.slice(1)}`, 'base.json': ON }, []],
  ['that extends several, of which the last wins', { 'tsconfig.json': '{ "extends": ["./a.json", "./b.json"] }', 'a.json': OFF, 'b.json': ON }, YES],
  ['that extends several, of which the last says nothing', { 'tsconfig.json': '{ "extends": ["./a.json", "./b.json"] }', 'a.json': ON, 'b.json': SILENT }, YES],
  ['that extends a file of a package', { 'tsconfig.json': '{ "extends": "@tsconfig/nest/base.json" }', 'node_modules/@tsconfig/nest/base.json': ON }, YES],
  ['that extends a package', { 'tsconfig.json': '{ "extends": "nest" }', 'node_modules/nest/tsconfig.json': ON, 'node_modules/nest/package.json': '{}' }, YES],
  ['that extends a package by its exports', {
    'tsconfig.json': '{ "extends": "nest/strict" }',
    'node_modules/nest/package.json': '{ "exports": { "./strict": "./configs/strict.json" } }',
    'node_modules/nest/configs/strict.json': ON,
  }, YES],
  ['whose package is not there', { 'tsconfig.json': '{ "extends": "nest" }' }, []],
  ['that extends itself', { 'tsconfig.json': '{ "extends": "./tsconfig.json" }' }, []],
])('reads the tsconfig.json %s', (_, files, expected) => {
  expect(loses(files)).toEqual(expected);
});

test.each<[string, EsbuildOptions, string[]]>([
  ['tsconfig', { tsconfig: 'other.json' }, YES],
  ['tsconfigRaw', { tsconfigRaw: ON }, YES],
  ['tsconfigRaw that says nothing', { tsconfigRaw: '{}' }, []],
])('the option `%s` decides', (_, options, expected) => {
  expect(loses({ 'tsconfig.json': options.tsconfig ? OFF : ON, 'other.json': ON }, options)).toEqual(expected);
});

test.each<[string, string, string]>([
  ['a parameter', 'src/b.ts', 'class A { constructor(@inject("x") private x: string) {} }'],
  ['an expression', 'src/b.ts', 'class A { @(field as any) x = 1 }'],
  ['a class', 'src/b.ts', '@injectable()\nexport class A {}'],
  ['an accessor of a namespace', 'src/b.mts', 'class A {\n  @t.field\n  x = 1 }'],
])('finds the decorator of %s', (_, name, text) => {
  expect(loses({ 'tsconfig.json': ON, [name]: text }, {}, [name])).toEqual([name]);
});

test.each<[string, string, string]>([
  ['a comment', 'src/b.ts', '/**\n * @param x it\n */\n// @ts-ignore\nexport const a = 1;'],
  ['the name of a package, and an address', 'src/b.ts', "import '@aws-sdk/x';\nconst mail = 'a@example.com';"],
  ['a file of JavaScript', 'src/b.js', DECORATED],
  ['a package', 'node_modules/p/b.ts', DECORATED],
])('finds none in %s', (_, name, text) => {
  expect(loses({ 'tsconfig.json': ON, [name]: text }, {}, [name])).toEqual([]);
});

test('is one warning', () => {
  app = new AppFolder({});

  expect(metadataWarning([])).toEqual([]);
  expect(metadataWarning(['src/a.ts', path.join('src', 'b.ts'), 'src/a.ts'])).toEqual([{
    id: 'decoratorMetadata',
    text: 'esbuild ignores `emitDecoratorMetadata`, so the decorators in src/a.ts and src/b.ts get no type metadata; '
      + 'set `bundling: { preCompilation: true }`, and TypeScript compiles the sources first',
  }]);
});
