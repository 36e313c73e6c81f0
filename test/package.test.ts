import { execFileSync, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');

/** What `npm pack` would put into the package, as it was compiled last. */
let packed: ReadonlySet<string>;
beforeAll(() => {
  const [report] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  })) as Array<{ files: Array<{ path: string }> }>;
  packed = new Set(report.files.map((file) => file.path));
});

const COMPILED = /^lib\/[\w./-]+\.(js|d\.ts)$/;
/** The construct is bundled into one file, the gateway into two, runtime and client into one each; what runs in processes of its own is not in them. */
const isLoaded = (file: string): boolean => (
  /^lib\/(index|runtime\/index|client\/index|local\/(index|cli|functions\/runtime\/node(-network)?)|private\/bundling\/build-runner)$/.test(file)
);
const bundleOf = (file: string): string[] => (/^lib\/lambda\/[\w-]+$/.test(file) ? [`${file}.bundle.js`] : []);
const DOCUMENT = /^(docs|examples)\//;
/** Of the packages that only the local gateway needs. */
const BUNDLED = /^node_modules\//;

test('the package holds compiled code and its documents, nothing else', () => {
  const ours = [...packed].filter((file) => !BUNDLED.test(file) && !DOCUMENT.test(file));

  expect(ours.filter((file) => !COMPILED.test(file)).sort()).toEqual([
    '.jsii', 'API.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'bin/cdk-websocket-service',
    'lib/client/index.d.mts', 'lib/client/index.mjs',
    'lib/local/functions/runtime/python.py', 'lib/local/functions/runtime/python_lines.py', 'lib/local/functions/runtime/python_network.py',
    'lib/local/page/index.html', 'lib/local/page/page.css',
    'lib/runtime/index.d.mts', 'lib/runtime/index.mjs', 'lib/runtime/shared.mjs', 'lib/runtime/tracked.mjs', 'package.json',
  ]);
  const sources = fs.readdirSync(path.join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const compiled = sources.map((file) => `lib/${file.slice(0, -3)}`).flatMap((file) => (
    // Of the Lambda functions there is what was bundled.
    file.startsWith('lib/lambda/') ? bundleOf(file) : [`${file}.d.ts`, ...isLoaded(file) ? [`${file}.js`] : []]
  ));
  expect(ours.filter((file) => COMPILED.test(file)).sort()).toEqual([...compiled, 'lib/local/page/page.js'].sort());
});

test('it has the pages and the examples that its README links to, and all that these are made of', () => {
  const committed = execFileSync('git', ['ls-files', 'docs', 'examples'], { cwd: ROOT, encoding: 'utf8' }).split('\n')
    .filter((file) => file !== '' && !/^examples\/tsconfig[^/]*\.json$/.test(file) && !file.startsWith('docs/images/'));
  const linked = [...fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, file]) => file);

  expect([...packed].filter((file) => DOCUMENT.test(file)).sort()).toEqual(committed.sort());
  expect(linked.length).toBeGreaterThan(20);
  expect([...new Set(linked)].filter((file) => !packed.has(file) && ![...packed].some((one) => one.startsWith(file)))).toEqual([]);
});

test('contains every file that its files load by a relative path', () => {
  const loads = [...packed].filter((file) => COMPILED.test(file) && file.endsWith('.js')).flatMap((file) => {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(/\brequire\("(\.[^"]+)"\)/g)].map(([, name]) => path.posix.join(path.posix.dirname(file), name));
  });

  expect(loads).toContain('lib/local/functions/runtime/node-network');
  expect(loads.filter((file) => !packed.has(file) && !packed.has(`${file}.js`))).toEqual([]);
});

test('it brings along the packages that the local gateway needs, and what they need', () => {
  const { bundledDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { bundledDependencies: string[] };
  const packages = new Set([...packed].filter((file) => BUNDLED.test(file)).map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)![1]));

  expect([...packages].sort()).toEqual([...new Set([...bundledDependencies.flatMap(withDependencies)])].sort());
});

test.each(['runtime', 'client'])('the types of the %s need nothing, not even those of Node.js', (folder) => {
  const reached = declarations(path.join(ROOT, 'lib', folder, 'index.d.ts'));

  expect(reached.size).toBeGreaterThan(3);
  expect([...reached.values()].flat().filter((name) => !name.startsWith('.'))).toEqual([]);
});

test.each(['lib/index.d.ts', 'lib/local/index.d.ts'])('the types that %s leads to need aws-cdk-lib and constructs at most', (entry) => {
  const reached = declarations(path.join(ROOT, entry));

  expect(reached.size).toBeGreaterThan(3);
  expect([...reached.values()].flat().filter((name) => !/^(\.|aws-cdk-lib(\/|$)|constructs$)/.test(name))).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http');
});

describe('an error of the compiled library', () => {
  let folder: string;
  beforeAll(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'app-')); });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  /** Runs an app in JavaScript, whose lines no compiler has seen. */
  function run(code: string): { stdout: string; stderr: string; file: string } {
    const file = path.join(fs.realpathSync(folder), 'app.js');
    fs.writeFileSync(file, `
const { App, Stack } = require(${JSON.stringify(require.resolve('aws-cdk-lib'))});
const { ConnectAuthorizer, RouteIntegration, WebsocketService, WebsocketRoutes } = require(${JSON.stringify(ROOT)});
const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
${code}`);
    return { ...spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' }), file };
  }

  test('that is not caught begins with its message, followed by the line of the app', () => {
    const { stderr, file } = run("new WebsocketService(stack, 'Chat', { routes: { say: 'src/say.handler' } });");

    const [first, second] = stderr.split('\n');
    expect(first).toBe('Error: Stack/Chat: routes["say"]: "src/say.handler" is not an object; use { handler: \'src/say.handler\' }');
    expect(second).toMatch(/^ {4}at /);
    expect(second).toContain(`${file}:5:1`);
    expect(stderr).not.toContain(path.join(ROOT, 'lib'));
  });

  test('is ours, not one of jsii, and has no line of ours', () => {
    const ping = '{ integration: RouteIntegration.ping() }';
    const calls: Array<[string, string]> = [
      [`new WebsocketService(stack, 'A', { routes: { say: ${ping} }, authorizer: 'src/auth.handler' })`, 'Stack/A: authorizer: "src/auth.handler" is not a ConnectAuthorizer; '],
      ["new WebsocketService(stack, 'B', { routes: { say: { integration: 'sqs' } } })", 'Stack/B: routes["say"].integration: "sqs" is not a WebSocketRouteIntegration; '],
      [`new WebsocketService(stack, 'C', { routes: { say: ${ping} }, defaults: 'src' })`, 'Stack/C: defaults: "src" is not an object; '],
      [`new WebsocketService(stack, 'D', { routes: { say: ${ping} }, defaults: { layers: 'arn' } })`, 'Stack/D: defaults.layers: "arn" is not a list; '],
      ["new WebsocketService(stack, 'E')", 'Stack/E: props: (not set) is not an object; '],
      ["new WebsocketService(stack, 'F', { routes: { say: { integration: RouteIntegration.lambdaAlias() } } })", 'Stack/F: routes["say"].integration.fn: (not set) is not'],
      ["new WebsocketService(stack, 'G', { routes: { say: { integration: RouteIntegration.mock({ responses: {} }) } } })", 'Stack/G: routes["say"].integration.responses: {} is not a list; '],
      [`new WebsocketService(stack, 'H', { routes: { say: ${ping} }, authorizer: ConnectAuthorizer.handler('src/a.main', 'src') })`, 'Stack/H: authorizer: "src" is not an object; '],
      ["WebsocketService.fromAttributes(stack, 'I')", 'Stack/I: attributes: (not set) is not an object; '],
      ["new WebsocketRoutes(stack, 'J')", 'Stack/J: props: (not set) is not an object; '],
      ["chat.addRoute('say', 'src/say.handler')", 'Stack/Chat: routes["say"]: "src/say.handler" is not an object; '],
      ['chat.addAlarms({ topics: [] })', 'Stack/Chat/Alarms: topics: []: there is no option `topics`; '],
      ["chat.addUsagePlan('Plan', { throtle: {} })", 'Stack/Chat: addUsagePlan.throtle: {}: there is no option `throtle`; '],
      ["chat.metricForRoute('nowhere', 'Count')", 'Stack/Chat: metricForRoute: "nowhere" is not a route of this service; '],
      ['new (class Mine extends WebsocketService { constructor() { super(stack, "K", { routes: {} }); } })()', 'Stack/K: routes: 0 routes are not enough; '],
    ];
    const { stdout, stderr, file } = run(`
const chat = new WebsocketService(stack, 'Chat', { routes: { ping: ${ping} }, authorizer: ConnectAuthorizer.none() });
const stacks = [${calls.map(([call]) => `() => ${call}`).join(', ')}].map((call) => { try { call(); return 'none'; } catch (error) { return error.stack; } });
console.log(JSON.stringify(stacks));`);

    expect(stderr).toBe('');
    const stacks = JSON.parse(stdout) as string[];
    expect(stacks.map((stack, index) => stack.slice(0, calls[index][1].length + 'Error: '.length))).toEqual(calls.map(([, message]) => `Error: ${message}`));
    for (const stack of stacks) {
      expect(stack.split('\n').find((line) => line.startsWith('    at '))).toContain(file);
      expect(stack).not.toContain(path.join(ROOT, 'lib'));
    }
  });
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
  const code = fs.readFileSync(file, 'utf8').replace(/\/\*.*?\*\//gs, '');
  const imports = [...code.matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, name]) => name);
  seen.set(file, imports);
  for (const name of imports.filter((one) => one.startsWith('.'))) declarations(`${path.resolve(path.dirname(file), name)}.d.ts`, seen);
  return seen;
}
