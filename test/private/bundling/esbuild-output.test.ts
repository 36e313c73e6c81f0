import * as fs from 'fs';
import * as path from 'path';
import { EsbuildOptions } from '../../../lib/private/bundling/esbuild';
import { AppFolder } from '../../_helpers/app-folder';
import { filesOf } from '../../_helpers/builds';
import { build, everything, HANDLERS, SOURCES } from '../_helpers/esbuild-builds';

let app: AppFolder | undefined;

afterEach(() => {
  app?.leave();
  app = undefined;
});

function open(files: Record<string, string>): AppFolder {
  app = new AppFolder(files);
  return app;
}

const VARIANTS: Array<[string, EsbuildOptions]> = [
  ['plain', {}],
  ['minified', { minify: true }],
  ['with a source map', { sourcemap: true }],
  ['minified, with a source map', { minify: true, sourcemap: true }],
  ['minified, with a source map in it', { minify: true, sourcemap: 'inline' }],
  ['as ES modules with a source map', { format: 'esm', outExtension: { '.js': '.mjs' }, sourcemap: true }],
];

describe('the output', () => {
  test.each(VARIANTS)('of a group is what each handler alone gives: %s', (_, options) => {
    open(SOURCES);

    const together = build(HANDLERS, options);

    const alone = HANDLERS.map((name) => everything(build([name], options)));
    expect(together.handlers.size).toEqual(HANDLERS.length);
    expect(everything(together)).toEqual(Object.assign({}, ...alone));
  });

  test('does not depend on the order of the group', () => {
    open(SOURCES);

    expect(everything(build([...HANDLERS].reverse(), { minify: true }))).toEqual(everything(build(HANDLERS, { minify: true })));
  });

  test.each(VARIANTS)('is the same in every checkout: %s', (_, options) => {
    const checkouts = ['.', 'a/longer/way/to it'].map((folder) => {
      const root = open(Object.fromEntries(Object.entries(SOURCES).map(([name, text]) => [path.join(folder, name), text])));
      process.chdir(path.join(root.path, folder));
      const built = everything(build(HANDLERS, options));
      root.leave();
      return { built, path: root.path };
    });

    expect(checkouts[1].built).toEqual(checkouts[0].built);
    expect(checkouts.filter((one) => JSON.stringify(one.built).includes(one.path))).toEqual([]);
  });

  test('is the same whether the handler is written with a relative or an absolute path', () => {
    const { path: root } = open(SOURCES);

    expect(everything(build([path.join(root, 'src/messages.foo')], { sourcemap: true })))
      .toEqual(everything(build(['./src/messages.ts.foo'], { sourcemap: true })));
  });

  test('leaves out what only other exports of the file use', () => {
    open(SOURCES);

    const files = filesOf(build(['src/messages.bar']).handlers.get('src/messages.bar'));

    expect(Object.keys(files)).toEqual(['index.js']);
    expect(['only bar', 'hello'].filter((text) => files['index.js'].includes(text))).toEqual(['only bar']);
  });

  test('source maps name the sources by their path from the app', () => {
    open(SOURCES);

    const files = filesOf(build(['src/messages.foo'], { sourcemap: true }).handlers.get('src/messages.foo'));

    const { sources } = JSON.parse(files['index.js.map']) as { sources: string[] };
    const names = sources.map((source) => source.replace(/^(\.\.\/)+/, '')).filter((source) => !/^(\w+:)?data:/.test(source));
    expect(names).toEqual(['node_modules/padding/index.js', 'src/shared.ts', 'src/messages.ts']);
  });

  test('is not written to the folder of the app', () => {
    const { path: root } = open(SOURCES);

    build(HANDLERS, { sourcemap: true, metafile: true });

    expect(fs.readdirSync(root).sort()).toEqual(['node_modules', 'src']);
  });
});

describe('metafile', () => {
  const METAFILE = { metafile: true };

  test('gives every handler one of its own', () => {
    open(SOURCES);

    const built = build(['src/messages.foo', 'src/lifecycle.default'], METAFILE);

    const inputs = [...built.handlers].map(([id, one]): [string, string[]] => {
      const meta = JSON.parse(filesOf(one)['index.meta.json']) as { inputs: object };
      return [id, Object.keys(meta.inputs).filter((input) => !input.startsWith('<data:'))];
    });
    expect(inputs).toEqual([
      ['src/messages.foo', ['src/shared.ts', 'node_modules/padding/index.js', 'src/messages.ts']],
      ['src/lifecycle.default', ['src/shared.ts', 'src/lifecycle.ts']],
    ]);
  });

  test('changes nothing else', () => {
    open(SOURCES);

    const { 'index.meta.json': _, ...files } = filesOf(build(HANDLERS, METAFILE).handlers.get('src/messages.foo'));

    expect(files).toEqual(filesOf(build(HANDLERS).handlers.get('src/messages.foo')));
  });

  test('is not a file by default', () => {
    open(SOURCES);

    expect(Object.keys(everything(build(HANDLERS)))).toEqual(HANDLERS.map((name) => `${name}/index.js`));
  });
});
