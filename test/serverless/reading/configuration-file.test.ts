import * as fs from 'node:fs';
import * as path from 'node:path';
import { readServerlessFile } from '../../../lib/serverless/reading/read-service';
import { serviceFolder } from '../_helpers/service-folder';

const TYPED = 'const service: object = { service: "svc", provider: { name: "aws" }, functions: { a: { handler: "h.h" } } };\nexport default service;\n';

test('a configuration in TypeScript is run by tsx of its folder', () => {
  // GIVEN
  const folder = serviceFolder({ 'serverless.ts': TYPED });
  fs.symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));

  // THEN
  expect(readServerlessFile({ path: path.join(folder, 'serverless.ts'), environment: {} })).toMatchObject({ name: 'svc', functions: [{ key: 'a' }] });
});

test('without tsx, an error says how to go on', () => {
  // GIVEN
  const file = path.join(serviceFolder({ 'serverless.ts': TYPED }), 'serverless.ts');

  // THEN
  expect(() => readServerlessFile({ path: file, environment: {} })).toThrow(`${file}: a configuration in TypeScript is run by "tsx", which the `
    + 'folder of the file does not have. Run "npm install --save-dev tsx", or "npx serverless print > serverless.resolved.yml" and give that file.');
});

test('positions in JSON are those of its keys', () => {
  // GIVEN
  const file = path.join(serviceFolder({ 'serverless.json': '{\n  "service": "svc",\n  "provider": {"name": "google"}\n}\n' }), 'serverless.json');

  // THEN
  expect(() => readServerlessFile({ path: file, environment: {} }))
    .toThrow(`${file}:3:16: the provider is "google"; only "aws" can be taken over.`);
});
