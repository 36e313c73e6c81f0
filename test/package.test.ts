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

const COMPILED = /^lib\/[\w./-]+\.(js|d\.ts)$/;
/** The gateway is bundled into two files; what runs in processes of its own is not in them. */
const isLoaded = (file: string): boolean => !file.startsWith('lib/local/') || /^lib\/local\/(index|cli|functions\/(bootstrap[\w-]*|system-time))$/.test(file);
const bundleOf = (file: string): string[] => (/^lib\/lambda\/[\w-]+$/.test(file) ? [`${file}.bundle.js`] : []);
const DOCUMENT = /^(docs|examples)\//;
/** Of the packages that only the local gateway needs. */
const BUNDLED = /^node_modules\//;

test('the package holds compiled code and its documents, nothing else', () => {
  const packed = files().filter((file) => !BUNDLED.test(file) && !DOCUMENT.test(file));

  expect(packed.filter((file) => !COMPILED.test(file)).sort()).toEqual([
    '.jsii', 'API.md', 'LICENSE', 'README.md', 'bin/cdk-websocket-service', 'lib/local/functions/bootstrap.py',
    'lib/local/functions/bootstrap_network.py', 'package.json',
  ]);
  const sources = fs.readdirSync(path.join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const compiled = sources.map((file) => `lib/${file.slice(0, -3)}`).flatMap((file) => (
    // Of the Lambda functions there is what was bundled.
    file.startsWith('lib/lambda/') ? bundleOf(file) : [`${file}.d.ts`, ...isLoaded(file) ? [`${file}.js`] : []]
  ));
  expect(packed.filter((file) => COMPILED.test(file)).sort()).toEqual(compiled.sort());
});

test('it has the pages and the examples that its README links to, and all that these are made of', () => {
  const packed = new Set(files());
  const committed = execFileSync('git', ['ls-files', 'docs', 'examples'], { cwd: ROOT, encoding: 'utf8' }).split('\n')
    .filter((file) => file !== '' && file !== 'examples/tsconfig.json');
  const linked = [...fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, file]) => file);

  expect([...packed].filter((file) => DOCUMENT.test(file)).sort()).toEqual(committed.sort());
  expect(linked.length).toBeGreaterThan(20);
  // What is for those who work on the library stays in its repository.
  expect([...new Set(linked)].filter((file) => !packed.has(file) && ![...packed].some((one) => one.startsWith(file)))).toEqual(['ARCHITECTURE.md', 'CONTRIBUTING.md']);
});

test('whatever a file of it loads by a relative path is in it', () => {
  const packed = new Set(files());
  const loads = [...packed].filter((file) => COMPILED.test(file) && file.endsWith('.js')).flatMap((file) => {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(/\brequire\("(\.[^"]+)"\)/g)].map(([, name]) => path.posix.join(path.posix.dirname(file), name));
  });

  expect(loads.length).toBeGreaterThan(50);
  expect(loads.filter((file) => !packed.has(file) && !packed.has(`${file}.js`))).toEqual([]);
});

test('it brings along the packages that the local gateway needs, and what they need', () => {
  const { bundledDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { bundledDependencies: string[] };
  const packages = new Set(files().filter((file) => BUNDLED.test(file)).map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)![1]));

  expect([...packages].sort()).toEqual([...new Set([...bundledDependencies.flatMap(withDependencies)])].sort());
});

test.each(['lib/index.d.ts', 'lib/local/index.d.ts'])('the types that %s leads to need aws-cdk-lib and constructs at most', (entry) => {
  const reached = declarations(path.join(ROOT, entry));

  expect(reached.size).toBeGreaterThan(3);
  expect([...reached.values()].flat().filter((name) => !/^(\.|aws-cdk-lib(\/|$)|constructs$)/.test(name))).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http');
});

/** A package and all that it depends on. */
function withDependencies(name: string): string[] {
  const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return [name, ...Object.keys(dependencies).flatMap(withDependencies)];
}

/** What a declaration file and those that it imports import, by file. */
function declarations(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen;
  const imports = [...fs.readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, name]) => name);
  seen.set(file, imports);
  for (const name of imports.filter((one) => one.startsWith('.'))) declarations(`${path.resolve(path.dirname(file), name)}.d.ts`, seen);
  return seen;
}
