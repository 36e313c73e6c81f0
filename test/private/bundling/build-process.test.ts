import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundle, Bundles } from '../../../lib/private/bundling/bundler';
import { AppFolder } from '../../_helpers/app-folder';
import { filesOf, handler } from '../../_helpers/builds';

const ESBUILD = JSON.stringify(require.resolve('esbuild'));
const DECORATORS = '"experimentalDecorators": true, "emitDecoratorMetadata": true, "target": "es2022", "lib": ["es2022"], "types": [], "skipLibCheck": true';
const FILES = {
  'tsconfig.json': '{ "extends": ["@acme/tsconfig", "./strict.json"], "compilerOptions": { "module": "esnext", "moduleResolution": "bundler" } }',
  // What only concerns files that are written is no error.
  'strict.json': '{ "compilerOptions": { "strict": true, "declaration": true, "isolatedDeclarations": true, "outDir": "lib", "rootDir": "lib", "composite": true } }',
  'node_modules/@acme/tsconfig/package.json': '{}',
  'node_modules/@acme/tsconfig/tsconfig.json': `{ "compilerOptions": { ${DECORATORS} } }`,
  'src/reflect.ts': [
    'export const seen: string[] = [];',
    "(Reflect as any).metadata = (key: string, value: any) => () => { if (key === 'design:type') seen.push(value.name); };",
  ].join('\n'),
  'src/model.ts': "import './reflect';\nconst field = (): any => () => {};\nexport class Model { @field() name!: string; @field() at!: Date }\n",
  'src/a.ts': "import { Model } from './model';\nimport { seen } from './reflect';\nexport const main = () => [typeof Model, ...seen];\n",
  'src/b.ts': "export const main = () => 'b';\n",
  'src/plain.js': "export const main = () => 'plain';\n",
  'src/wrong.ts': "export const main = (): number => 'text';\n",
  'src/broken.ts': 'export const main = ;\n',
  'src/virtual.ts': "// @ts-ignore\nimport { text } from 'virtual:text';\nexport const main = () => text;\n",
  'build.mjs': `
    import fs from 'node:fs';
    import { createRequire } from 'node:module';
    const esbuild = createRequire(import.meta.url)(${ESBUILD});
    const plugin = {
      name: 'text',
      setup(build) {
        build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: 'virtual' }));
        build.onLoad({ filter: /./, namespace: 'virtual' }, async () => ({ contents: "export const text = 'made by a plugin';" }));
      },
    };
    export default async (options) => {
      console.log('a script may print');
      fs.appendFileSync('runs.log', options.entryPoints.length + ' ');
      return esbuild.build({ ...options, plugins: [...options.plugins, plugin] });
    };`,
};

let app: AppFolder;

beforeEach(() => {
  app = new AppFolder(FILES);
  fs.symlinkSync(path.resolve(__dirname, '../../../node_modules/typescript'), 'node_modules/typescript');
});
afterEach(() => app.leave());

function bundled(names: string[], bundling: BundlingOptions, buildScript?: string): Bundles {
  return bundle(new Stack(new App()), names.map((name) => ({
    handler: handler(name), bundling, runtime: Runtime.NODEJS_24_X, directory: '.', buildScript,
  })));
}

/** What the handler returns. */
function answer(build: Bundles, name: string): unknown {
  const { errors } = build.handlers.get(name)!;
  if (errors.length > 0) return errors;
  const file = `loaded/${name}.js`;
  app.write({ [file]: filesOf(build.handlers.get(name))['index.js'] });
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require(path.resolve(file)) as { main: () => unknown }).main();
}

describe('preCompilation', () => {
  const PRE = { preCompilation: true };

  test('emits the types of decorators in all sources, by a tsconfig that extends a package and others', () => {
    const build = bundled(['src/a.main', 'src/b.main', 'src/plain.main'], PRE);

    expect(['src/a.main', 'src/b.main', 'src/plain.main'].map((name) => answer(build, name))).toEqual([['function', 'String', 'Date'], 'b', 'plain']);
    expect(build.warnings).toEqual([]);
  });

  test('without it the types are lost, with a warning', () => {
    const build = bundled(['src/a.main', 'src/b.main'], {});

    expect(answer(build, 'src/a.main')).toEqual(['function']);
    expect(build.warnings.map(({ id, text }) => `${id}: ${text.split(';')[0]}`)).toEqual([
      'decoratorMetadata: esbuild ignores `emitDecoratorMetadata`, so the decorators in src/model.ts get no type metadata',
    ]);
  });

  test('reads the tsconfig that is named', () => {
    app.write({ 'tsconfig.json': '{}', 'build/tsconfig.json': '{ "extends": "../named.json" }', 'named.json': `{ "compilerOptions": { ${DECORATORS} } }` });

    expect(answer(bundled(['src/a.main'], { ...PRE, tsconfig: 'build/tsconfig.json' }), 'src/a.main')).toEqual(['function', 'String', 'Date']);
  });

  test('leaves nothing beside the sources, and source maps lead to the TypeScript', () => {
    const files = filesOf(bundled(['src/a.main'], { ...PRE, sourceMap: true }).handlers.get('src/a.main'));
    const { sources, sourcesContent } = JSON.parse(files['index.js.map']) as { sources: string[]; sourcesContent: string[] };

    expect(fs.readdirSync('src').filter((name) => name.endsWith('.js'))).toEqual(['plain.js']);
    const model = sources.findIndex((source) => source.endsWith('src/model.ts'));
    expect(sourcesContent[model]).toBe(FILES['src/model.ts']);
  });

  test('an error of TypeScript belongs to its handler only', () => {
    const build = bundled(['src/wrong.main', 'src/b.main'], PRE);

    expect(answer(build, 'src/wrong.main')).toEqual([
      "✘ [ERROR] src/wrong.ts(1,35): error TS2322: Type 'string' is not assignable to type 'number'. [plugin typescript]",
    ]);
    expect(answer(build, 'src/b.main')).toBe('b');
  });

  test('needs a tsconfig.json', () => {
    fs.unlinkSync('tsconfig.json');

    expect(answer(bundled(['src/b.main'], PRE), 'src/b.main')).toEqual([
      `✘ [ERROR] \`preCompilation\` needs a tsconfig.json, and there is none above ${path.resolve('src/b.ts')}; `
      + 'name one as `bundling.tsconfig` [plugin typescript]',
    ]);
  });
});

describe('a build script', () => {
  test('builds with plugins, in one run for all handlers that are built alike', () => {
    const build = bundled(['src/virtual.main', 'src/b.main'], {}, 'build.mjs');

    expect([answer(build, 'src/virtual.main'), answer(build, 'src/b.main')]).toEqual(['made by a plugin', 'b']);
    expect(fs.readFileSync('runs.log', 'utf8')).toBe('2 ');
  });

  test('builds what esbuild alone builds where it adds nothing', () => {
    const options = { sourceMap: true, format: OutputFormat.ESM, esbuildArgs: { '--mangle-props': '^_' } };

    expect(filesOf(bundled(['src/b.main'], options, 'build.mjs').handlers.get('src/b.main')))
      .toEqual(filesOf(bundled(['src/b.main'], options).handlers.get('src/b.main')));
  });

  test('goes with preCompilation', () => {
    const build = bundled(['src/a.main', 'src/virtual.main'], { preCompilation: true }, 'build.mjs');

    expect([answer(build, 'src/a.main'), answer(build, 'src/virtual.main')]).toEqual([['function', 'String', 'Date'], 'made by a plugin']);
  });

  test('what esbuild refuses is an error of that handler, with a code frame', () => {
    const build = bundled(['src/broken.main', 'src/b.main'], {}, 'build.mjs');

    expect(answer(build, 'src/broken.main')).toEqual([
      '✘ [ERROR] Unexpected ";"\n\n    src/broken.ts:1:20:\n      1 │ export const main = ;\n        ╵                     ^',
    ]);
    expect(answer(build, 'src/b.main')).toBe('b');
  });

  test('in CommonJS', () => {
    app.write({ 'build.cjs': `module.exports = (options) => require(${ESBUILD}).build(options);` });

    expect(answer(bundled(['src/b.main'], {}, 'build.cjs'), 'src/b.main')).toBe('b');
  });

  test.each([
    ['throws', "export default () => { throw new Error('no licence'); };", /^the build script .*bad\.mjs failed: Error: no licence\n/],
    ['exports nothing', 'export const build = 1;', /failed: Error: it exports no function as `default`: export default \(options\) => esbuild\.build\(options\)/],
    ['returns nothing', 'export default async () => {};', /failed: .*bad\.mjs returned no build: it must return what `esbuild\.build\(options\)` resolves to/],
    ['ends the process', 'export default () => process.exit(3);', /^.*bad\.mjs ended without an answer \(exit code 3\); it must not end the process$/],
    ['is no JavaScript', 'export default {', /^the build script .*bad\.mjs failed: SyntaxError/],
  ])('that %s fails once, for all handlers', (_, text, error) => {
    app.write({ 'bad.mjs': `import fs from 'node:fs';\nfs.appendFileSync('runs.log', 'x');\n${text}` });

    const build = bundled(['src/a.main', 'src/b.main'], {}, 'bad.mjs');

    expect(['src/a.main', 'src/b.main'].map((name) => answer(build, name))).toEqual(Array(2).fill([expect.stringMatching(error)]));
    if (!text.endsWith('{')) expect(fs.readFileSync('runs.log', 'utf8')).toBe('x');
  });
});
