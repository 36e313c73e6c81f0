import * as path from 'path';
import { esbuildFault, findEsbuild } from '../../../lib/private/bundling/esbuild';
import { AppFolder } from '../../_helpers/app-folder';

let app: AppFolder | undefined;

afterEach(() => {
  app?.leave();
  app = undefined;
});

function open(files: Record<string, string>): AppFolder {
  app = new AppFolder(files);
  return app;
}

describe('findEsbuild', () => {
  const OWN = {
    'node_modules/esbuild/package.json': '{ "name": "esbuild", "version": "0.99.0", "main": "own.js" }',
    'node_modules/esbuild/own.js': '',
  };

  test('prefers that of the app to ours', () => {
    const { path: root } = open(OWN);

    expect(findEsbuild()).toEqual(path.join(root, 'node_modules/esbuild/own.js'));
  });

  test('finds that of a folder around the app', () => {
    const { path: root } = open({ ...OWN, 'packages/backend/cdk.json': '{}' });
    process.chdir('packages/backend');

    expect(findEsbuild()).toEqual(path.join(root, 'node_modules/esbuild/own.js'));
  });

  test('uses ours if the app has none', () => {
    open({});

    expect(findEsbuild()).toEqual(require.resolve('esbuild'));
  });

  test('looks into the directories in turn', () => {
    const { path: root } = open({ 'empty/x': '', ...Object.fromEntries(Object.entries(OWN).map(([name, text]) => [`app/${name}`, text])) });

    expect(findEsbuild([path.join(root, 'empty'), path.join(root, 'app')])).toEqual(path.join(root, 'app/node_modules/esbuild/own.js'));
  });

  test('finds nothing if neither exists', () => {
    const { path: root } = open({});

    expect(findEsbuild([root])).toBeUndefined();
    expect(findEsbuild([])).toBeUndefined();
  });
});

describe('esbuildFault', () => {
  test('has nothing to say of one that works', () => {
    expect(esbuildFault()).toBeUndefined();
  });

  test('says what to install', () => {
    expect(esbuildFault([])).toEqual('esbuild is not installed; add it to the app: npm install --save-dev esbuild');
  });

  test('passes on why the one of the app cannot be loaded', () => {
    open({
      'node_modules/esbuild/package.json': '{ "name": "esbuild", "version": "0.99.0", "main": "own.js" }',
      'node_modules/esbuild/own.js': 'throw new Error("built for another platform");',
    });

    expect(esbuildFault()).toEqual('esbuild cannot be loaded: built for another platform');
  });

  const version = (number: string, folder = '') => ({
    [`${folder}node_modules/esbuild/package.json`]: `{ "name": "esbuild", "version": "${number}", "main": "own.js" }`,
    [`${folder}node_modules/esbuild/own.js`]: `exports.version = "${number}";`,
  });

  test.each(['0.17.0', '0.16.17', '0.14.0', '0.9.7'])('names a version that is too old: %s', (number) => {
    open(version(number));

    expect(esbuildFault()).toEqual(`esbuild ${number} is too old; update it to 0.17.1 or newer`);
  });

  test.each(['0.17.1', '0.17.19', '0.18.0', '0.28.2', '1.0.0'])('has nothing to say of version %s', (number) => {
    open(version(number));

    expect(esbuildFault()).toBeUndefined();
  });

  test('is about the one that is found from the directories, not about that of the app', () => {
    const { path: root } = open({ ...version('0.28.2'), ...version('0.14.0', 'cdk/') });

    expect(esbuildFault([path.join(root, 'cdk')])).toEqual('esbuild 0.14.0 is too old; update it to 0.17.1 or newer');
  });
});
