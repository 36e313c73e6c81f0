import * as path from 'path';
import { gzipSync } from 'zlib';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';

const FOLDER = path.join(__dirname, '..', '..', 'lib', 'client');

/** What a bundler that minifies makes of a module of a user. */
function bundled(module: string): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents: module, resolveDir: FOLDER }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false,
  });
  return outputFiles[0].contents;
}

/** Not small enough yet: partysocket, which does far less, has 2,745 bytes. */
const MOST = 3_900;

test('the client grows no further', () => {
  const bytes = gzipSync(bundled("export { connect, SocketError } from './index.ts'"), { level: 9 }).length;

  expect(bytes).toBeLessThanOrEqual(MOST);
});

test('without use nothing of it is left', () => {
  expect(bundled("import { connect, SocketError } from './index.ts'")).toHaveLength(0);
});
