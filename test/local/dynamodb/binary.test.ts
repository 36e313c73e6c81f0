import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { BINARY_PACKAGE, findBinary } from '../../../lib/local/dynamodb/binary';

let root: string;
beforeEach(() => { root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'binary-'))); });
afterEach(() => fs.rmSync(root, { recursive: true }));

const PROGRAM = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';

/** Installs a package in a folder of packages. */
function install(folder: string, name: string, manifest: object = {}): string {
  const directory = path.join(root, folder, name);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...manifest }));
  fs.writeFileSync(path.join(directory, PROGRAM), '');
  return path.join(directory, PROGRAM);
}

function found(directory: string): string | undefined {
  fs.mkdirSync(path.join(root, directory), { recursive: true });
  return findBinary(path.join(root, directory))?.file;
}

test('is that of the app', () => {
  const file = install('app/node_modules', BINARY_PACKAGE);
  expect(findBinary(path.join(root, 'app'))).toEqual({ file, version: '1.2.3' });
});

test('is that of a folder above, as in a workspace', () => {
  const file = install('node_modules', BINARY_PACKAGE);
  expect(found('packages/app')).toBe(file);
});

test('is not taken from beside the app, nor from a folder that merely has its name', () => {
  install('other/node_modules', BINARY_PACKAGE);
  install('app/node_modules', 'dynoxide');
  install('app/node_modules', BINARY_PACKAGE, { name: 'something-else' });
  expect(found('app')).toBeUndefined();
});

test('is found from the package `dynoxide` that depends on its own scope, where packages are not hoisted', () => {
  // GIVEN: pnpm
  const file = install('app/node_modules/.pnpm/dynoxide@1.2.3/node_modules', BINARY_PACKAGE);
  install('app/node_modules/.pnpm/dynoxide@1.2.3/node_modules', 'dynoxide', { optionalDependencies: { [BINARY_PACKAGE]: '1.2.3' } });
  fs.symlinkSync('.pnpm/dynoxide@1.2.3/node_modules/dynoxide', path.join(root, 'app/node_modules/dynoxide'));

  // THEN
  expect(found('app')).toBe(file);
});

test('is not taken from a package `dynoxide` of somebody else', () => {
  install('app/node_modules/dynoxide/node_modules', BINARY_PACKAGE);
  install('app/node_modules', 'dynoxide', { dependencies: { 'left-pad': '1.0.0' } });
  expect(found('app')).toBeUndefined();
});

test('a manifest that cannot be read is no package', () => {
  fs.writeFileSync(path.join(path.dirname(install('app/node_modules', BINARY_PACKAGE)), 'package.json'), '{');
  expect(found('app')).toBeUndefined();
});
