import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');

/** What `npm pack` would put into the package, as it was compiled last. */
const files = (): string[] => {
  const [report] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  })) as Array<{ files: Array<{ path: string }> }>;
  return report.files.map((file) => file.path);
};

const COMPILED = /^lib\/[\w/-]+\.(js|d\.ts)$/;

test('the package holds compiled code and its documents, nothing else', () => {
  const packed = files();

  expect(packed.filter((file) => !COMPILED.test(file)).sort()).toEqual([
    '.jsii', '.warnings.jsii.js', 'API.md', 'LICENSE', 'README.md', 'bin/cdk-websocket-service', 'package.json',
  ]);
  const sources = fs.readdirSync(path.join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const compiled = sources.flatMap((file) => [`lib/${file.slice(0, -3)}.d.ts`, `lib/${file.slice(0, -3)}.js`]);
  expect(packed.filter((file) => COMPILED.test(file)).sort()).toEqual(compiled.sort());
});

test('no declaration file needs the types of esbuild, which is optional', () => {
  const needy = files().filter((file) => file.endsWith('.d.ts'))
    .filter((file) => /['"]esbuild['"]/.test(fs.readFileSync(path.join(ROOT, file), 'utf8')));

  expect(needy).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http');
});
