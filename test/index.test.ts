import * as fs from 'fs';
import * as path from 'path';
import * as zlib from 'zlib';

const ROOT = path.join(__dirname, '..');

/** What the entry file exports, types included. */
function exportedNames(): string[] {
  const text = fs.readFileSync(path.join(ROOT, 'lib', 'index.ts'), 'utf8');
  return [...text.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, names]) => names.split(',').map((name) => name.trim()).filter(Boolean));
}

/** The names of all types in aws-cdk-lib. */
function namesOf(library: string): string[] {
  const assembly = zlib.gunzipSync(fs.readFileSync(path.join(ROOT, 'node_modules', library, '.jsii.gz'))).toString();
  return [...assembly.matchAll(/"fqn": ?"aws-cdk-lib\.(?:[\w.]+\.)?(\w+)"/g)].map(([, name]) => name);
}

test.each(['aws-cdk-lib', 'aws-cdk-lib-newest'])('no exported name is one of %s, or differs from it by letter case alone', (library) => {
  // GIVEN
  const taken = new Set(namesOf(library).map((name) => name.toLowerCase()));
  const exported = exportedNames();

  // THEN
  expect(taken).toContain('websocketapi');
  expect(exported).toContain('WebsocketService');
  expect(exported.filter((name) => taken.has(name.toLowerCase()))).toEqual([]);
});
