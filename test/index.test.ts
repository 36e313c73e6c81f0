import * as fs from 'fs';
import * as path from 'path';
import * as zlib from 'zlib';
import { apiIndex } from '../projenrc/api-index';

const ROOT = path.join(__dirname, '..');

const INDEX = fs.readFileSync(path.join(ROOT, 'lib', 'index.ts'), 'utf8');

/** All exported names, types included: those leave no trace in the compiled code. */
const names = [...INDEX.matchAll(/^export (?:type )?\{([^}]+)\} from '\S+';$/gm)]
  .flatMap(([, list]) => list.split(',').map((name) => name.trim())).filter((name) => name !== '');

test('lib/index.ts is names under headings with their pages, at most 56', () => {
  expect(INDEX.split('\n').filter((line) => !/^(export (type )?\{| {2}\w+,|\} from|\/\/ [A-Z][\w ]+: [\w/]+\.md$|$)/.test(line))).toEqual([]);
  expect(names.length).toBeGreaterThan(30);
  expect(names.length).toBeLessThanOrEqual(56);
});

test('API.md begins with them: `npx projen docgen` writes it after a compile', () => {
  expect(fs.readFileSync(path.join(ROOT, 'API.md'), 'utf8').slice(0, 20_000)).toContain(apiIndex());
});

/** The names of all types of a version of aws-cdk-lib, by their lower case. Its assembly is too large to be parsed for them. */
function typesOf(version: string): Map<string, string> {
  const assembly = zlib.gunzipSync(fs.readFileSync(path.join(ROOT, 'node_modules', version, '.jsii.gz'))).toString('latin1');
  return new Map([...assembly.matchAll(/"fqn":\s*"aws-cdk-lib\.(?:\w+\.)*(\w+)"/g)].map(([, name]) => [name.toLowerCase(), name]));
}

// Editors offer both for an import, and only one of them is meant.
test.each(['aws-cdk-lib', 'aws-cdk-lib-newest'])('no exported name is one of %s, or differs from one by letter case alone', (version) => {
  const types = typesOf(version);

  expect(types.get('websocketapi')).toBe('WebSocketApi');
  expect(names.filter((name) => types.has(name.toLowerCase()))).toEqual([]);
});
