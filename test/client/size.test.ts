import * as path from 'path';
import { gzipSync } from 'zlib';
import { buildSync } from 'esbuild';

const FOLDER = path.join(__dirname, '..', '..', 'lib', 'client');

/** What a bundler that minifies makes of a module of a user. */
function bundled(module: string): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents: module, resolveDir: FOLDER }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false,
  });
  return outputFiles[0].contents;
}

test('all of the client is small', () => {
  const bytes = gzipSync(bundled("export { connect, SocketError } from './index.ts'"), { level: 9 }).length;

  expect(bytes).toBeLessThanOrEqual(3_850);
});

test('without use nothing of it is left', () => {
  expect(bundled("import { connect, SocketError } from './index.ts'")).toHaveLength(0);
});
