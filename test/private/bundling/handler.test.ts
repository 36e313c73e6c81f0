import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Lazy } from 'aws-cdk-lib';
import { loadEsbuild } from '../../../lib/private/bundling/esbuild';
import { Handler, resolveHandler } from '../../../lib/private/bundling/handler';
import { AppFolder } from '../../_helpers/app-folder';

let app: AppFolder;

beforeAll(() => {
  const files = [
    'src/a.ts', 'src/a.test.ts', 'src/v1.2/a.ts', 'src/both.ts', 'src/both.js', 'src/folder/index.ts', 'src/component.tsx', 'src/es.mts',
    'src/common.cts', 'src/plain.js', 'src/react.jsx', 'src/module.mjs', 'src/script.cjs', 'src/twice/same.ts', 'src/twice.ts', 'top.ts',
    'elsewhere/b.ts', 'app/own.ts',
  ];
  app = new AppFolder(Object.fromEntries(files.map((file) => [file, ''])));
});

afterAll(() => app.leave());

describe('a handler', () => {
  test.each([
    ['without extension', 'src/a.main', 'src/a.ts', 'main', 'src/a.main'],
    ['with extension', 'src/a.ts.main', 'src/a.ts', 'main', 'src/a.main'],
    ['with ./', './src/a.main', 'src/a.ts', 'main', 'src/a.main'],
    ['by a detour', 'src/../src//a.main', 'src/a.ts', 'main', 'src/a.main'],
    ['at the top', 'top.main', 'top.ts', 'main', 'top.main'],
    ['the default export', 'src/a.default', 'src/a.ts', 'default', 'src/a.default'],
    ['an export with $ and _', 'src/a.$_1', 'src/a.ts', '$_1', 'src/a.$_1'],
    ['an export beyond ASCII', 'src/a.größe', 'src/a.ts', 'größe', 'src/a.größe'],
    ['a dot in the name of the file', 'src/a.test.main', 'src/a.test.ts', 'main', 'src/a.test.main'],
    ['a dot in the name of a folder', 'src/v1.2/a.main', 'src/v1.2/a.ts', 'main', 'src/v1.2/a.main'],
    ['an export that is named as another file', 'src/a.test', 'src/a.ts', 'test', 'src/a.test'],
    ['a file beside a folder of the same name', 'src/twice.main', 'src/twice.ts', 'main', 'src/twice.main'],
    ['an index file', 'src/folder/index.main', 'src/folder/index.ts', 'main', 'src/folder/index.main'],
    ['.tsx', 'src/component.main', 'src/component.tsx', 'main', 'src/component.main'],
    ['.mts', 'src/es.main', 'src/es.mts', 'main', 'src/es.main'],
    ['.cts', 'src/common.main', 'src/common.cts', 'main', 'src/common.main'],
    ['.js', 'src/plain.main', 'src/plain.js', 'main', 'src/plain.main'],
    ['.js, spelled out', 'src/plain.js.main', 'src/plain.js', 'main', 'src/plain.main'],
    ['.jsx', 'src/react.main', 'src/react.jsx', 'main', 'src/react.main'],
    ['.mjs', 'src/module.main', 'src/module.mjs', 'main', 'src/module.main'],
    ['.cjs', 'src/script.main', 'src/script.cjs', 'main', 'src/script.main'],
    ['TypeScript before the JavaScript beside it', 'src/both.main', 'src/both.ts', 'main', 'src/both.main'],
    ['TypeScript, spelled out', 'src/both.ts.main', 'src/both.ts', 'main', 'src/both.main'],
    ['the JavaScript beside TypeScript', 'src/both.js.main', 'src/both.js', 'main', 'src/both.js.main'],
  ])('%s', (_, text, file, exportName, id) => {
    expect(resolveHandler(text)).toEqual<Handler>({ file: path.join(app.path, file), exportName, id });
  });

  test('with an absolute path is the one with a relative path', () => {
    expect(resolveHandler(path.join(app.path, 'src/a.main'))).toEqual(resolveHandler('src/a.main'));
  });

  test('is looked for from the working directory, and may be outside of it', () => {
    process.chdir(path.join(app.path, 'app'));
    try {
      expect(resolveHandler('own.main')).toEqual({ file: path.join(app.path, 'app/own.ts'), exportName: 'main', id: 'own.main' });
      expect(resolveHandler('../elsewhere/b.main')).toEqual({
        file: path.join(app.path, 'elsewhere/b.ts'), exportName: 'main', id: '../elsewhere/b.main',
      });
    } finally {
      process.chdir(app.path);
    }
  });
});

describe('a root', () => {
  test('is where relative paths start, and what all ids are relative to', () => {
    const expected = { file: path.join(app.path, 'src/a.ts'), exportName: 'main', id: 'a.main' };

    expect(resolveHandler('a.main', 'src')).toEqual(expected);
    expect(resolveHandler(path.join(app.path, 'src/a.main'), 'src')).toEqual(expected);
    expect(resolveHandler('../top.main', path.join(app.path, 'src'))).toEqual({
      file: path.join(app.path, 'top.ts'), exportName: 'main', id: '../top.main',
    });
  });

  test.each([
    ['a folder', 'folder.main', { reason: 'names the folder "folder"', remedy: 'name a file in it, for example "folder/index.main"' }],
    ['an extension instead of an export', 'a.ts', { reason: 'names no export', remedy: 'write path/to/file.export, for example "a.ts.handler"' }],
  ])('fails for %s in it', (_, text, fault) => {
    expect(resolveHandler(text, 'src')).toEqual(fault);
  });

  test('is named where a file is missing', () => {
    expect(resolveHandler('none.main', 'src')).toEqual({
      reason: `names no file: there is no "none" with one of .ts .tsx .mts .cts .js .jsx .mjs .cjs in ${path.join(app.path, 'src')}`,
      remedy: 'write the path relative to `handlerRoot`, or an absolute one',
    });
  });
});

/** The ids of the handlers that a script in the folder of an app names, started from another folder. */
describe('the id of a handler with an absolute path', () => {
  const library = path.resolve(__dirname, '../../../lib/private/bundling/handler.ts');
  let shop: AppFolder;

  beforeAll(() => {
    shop = new AppFolder({
      'packages/shop/src/say.ts': '',
      'packages/shop/bin/app.ts': [
        "import * as path from 'path';",
        `import { resolveHandler } from ${JSON.stringify(library)};`,
        "const root = path.join(__dirname, '..');",
        "console.log(JSON.stringify([resolveHandler(path.join(root, 'src/say.main')), resolveHandler('src/say.main', root)].map((one: any) => one.id)));",
      ].join('\n'),
    });
    loadEsbuild().buildSync({
      absWorkingDir: shop.path,
      entryPoints: ['packages/shop/bin/app.ts'],
      outfile: 'packages/shop/bin/app.js',
      bundle: true,
      platform: 'node',
      external: ['aws-cdk-lib'],
    });
    fs.symlinkSync(path.resolve(__dirname, '../../../node_modules'), 'node_modules');
  });
  afterAll(() => shop.leave());

  function ids(directory: string, env: NodeJS.ProcessEnv = {}): string[] {
    const script = path.join(shop.path, 'packages/shop/bin/app.js');
    const options = { cwd: path.join(shop.path, directory), env: { ...process.env, ...env }, encoding: 'utf8' } as const;
    return JSON.parse(execFileSync(process.execPath, [script], options)) as string[];
  }

  test.each([
    ['package.json', 'src/say.main'],
    ['cdk.json', 'src/say.main'],
  ])('is relative to the folder of the app, which has a %s, wherever the app is started', (marker, id) => {
    fs.writeFileSync(path.join(shop.path, 'packages/shop', marker), '{}');

    const found = ['.', 'packages/shop', 'packages/shop/src'].map((directory) => ids(directory));
    fs.unlinkSync(path.join(shop.path, 'packages/shop', marker));

    expect(found).toEqual(Array(3).fill([id, 'src/say.main']));
  });

  test('is relative to the folder of the script if there is neither', () => {
    expect(['.', 'packages/shop'].map((directory) => ids(directory))).toEqual(Array(2).fill(['../src/say.main', 'src/say.main']));
  });

  test('is relative to the working directory in an app in another language, whose script is not its own', () => {
    expect(ids('packages', { JSII_AGENT: 'Python/3.12' })).toEqual(['shop/src/say.main', 'src/say.main']);
  });
});

describe('a link', () => {
  beforeAll(() => process.chdir(app.path));
  const links = ['linked', 'src/current', 'src/alias.ts', 'src/dangling.ts', 'nowhere'];

  beforeAll(() => {
    const targets = ['src', path.join(app.path, 'src/v1.2'), 'a.ts', 'gone.ts', 'gone'];
    links.forEach((link, index) => fs.symlinkSync(targets[index], link));
    fs.symlinkSync(app.path, `${app.path}-link`);
  });

  afterAll(() => {
    for (const link of [...links, `${app.path}-link`]) fs.unlinkSync(link);
  });

  test.each([
    ['that is a folder is followed', 'linked/a.main', 'src/a.ts', 'src/a.main'],
    ['that is a folder is followed, with an extension', 'linked/both.js.main', 'src/both.js', 'src/both.js.main'],
    ['in a linked folder is followed, too', 'linked/current/a.main', 'src/v1.2/a.ts', 'src/v1.2/a.main'],
    ['that is a file keeps its own name', 'src/alias.main', 'src/alias.ts', 'src/alias.main'],
    ['that is a file in a linked folder keeps its own name', 'linked/alias.ts.main', 'src/alias.ts', 'src/alias.main'],
  ])('%s', (_, text, file, id) => {
    expect(resolveHandler(text)).toEqual({ file: path.join(app.path, file), exportName: 'main', id });
  });

  test('to the app leads to the handlers of the app', () => {
    expect(resolveHandler(`${app.path}-link/src/a.main`)).toEqual(resolveHandler('src/a.main'));
  });

  test.each(['src/dangling', 'nowhere/a'])('that leads nowhere fails: %s', (stem) => {
    expect(resolveHandler(`${stem}.main`)).toEqual({
      reason: `names no file: there is no "${stem}" with one of .ts .tsx .mts .cts .js .jsx .mjs .cjs in ${app.path}`,
      remedy: 'write the path relative to the directory that the app runs in, or an absolute one',
    });
  });
});

test('fails for a token', () => {
  expect(resolveHandler(Lazy.string({ produce: () => 'src/a.main' }))).toEqual({
    reason: 'is not known before deployment',
    remedy: 'write the path and the export as a literal',
  });
});

test.each([
  ['no dot', 'src/a', 'src/a.handler'],
  ['nothing behind the dot', 'src/a.', 'src/a.handler'],
  ['an extension instead of an export', 'src/a.ts', 'src/a.ts.handler'],
  ['a JavaScript extension instead of an export', 'src/module.mjs', 'src/module.mjs.handler'],
  ['an extension, where the file without it is there too', 'src/both.js', 'src/both.js.handler'],
  ['a dot in a folder only', 'src/v1.2/a', 'src/v1.2/a.handler'],
  ['./ and no export', './top', './top.handler'],
  ['no file name', 'src/.main', 'src/.main.handler'],
  ['an export that is no name', 'src/a.1st', 'src/a.1st.handler'],
  ['an export with a hyphen', 'src/a.on-message', 'src/a.on-message.handler'],
  ['an export with a space behind it', 'src/a.main ', 'src/a.main .handler'],
  ['a method call', 'src/a.main()', 'src/a.main().handler'],
])('fails without an export: %s', (_, text, example) => {
  expect(resolveHandler(text)).toEqual({
    reason: 'names no export',
    remedy: `write path/to/file.export, for example "${example}"`,
  });
});

test.each([
  ['src/folder.main', 'src/folder', 'src/folder/index.main'],
  ['./src.main', './src', './src/index.main'],
])('fails for a folder: %s', (text, folder, example) => {
  expect(resolveHandler(text)).toEqual({
    reason: `names the folder "${folder}"`,
    remedy: `name a file in it, for example "${example}"`,
  });
});

test.each([
  ['a letter that is missing', 'src/compnent.main', 'src/component.main'],
  ['a letter too many', 'src/pllain.main', 'src/plain.main'],
  ['other letters in upper case', 'src/Plain.main', 'src/plain.main'],
  ['a misspelt folder', 'scr/plain.main', 'src/plain.main'],
  ['a misspelt folder and a misspelt file', 'src/foldr/indx.main', 'src/folder/index.main'],
  ['./ before it', './src/compnent.main', './src/component.main'],
  ['a first folder that is missing', 'v1.2/a.main', 'src/v1.2/a.main'],
])('names the file that was meant most likely: %s', (_, text, meant) => {
  expect(resolveHandler(text)).toEqual({ reason: expect.stringMatching(/^names no file: there is no "/), remedy: `did you mean "${meant}"?` });
});

test('names it by an absolute path if that was given', () => {
  expect(resolveHandler(path.join(app.path, 'src/compnent.main'))).toMatchObject({ remedy: `did you mean "${app.path}/src/component.main"?` });
});

test.each([
  ['no such file', 'src/none.main', 'src/none'],
  ['no such folder', 'none/a.main', 'none/a'],
  ['a file where a folder would be', 'src/a.ts/b.main', 'src/a.ts/b'],
  ['another extension than the one spelled out', 'src/a.js.main', 'src/a.js'],
  ['an extension of a file that is not there', 'src/none.ts', 'src/none'],
])('fails for a missing file: %s', (_, text, stem) => {
  expect(resolveHandler(text)).toEqual({
    reason: `names no file: there is no "${stem}" with one of .ts .tsx .mts .cts .js .jsx .mjs .cjs in ${app.path}`,
    remedy: 'write the path relative to the directory that the app runs in, or an absolute one',
  });
});
