import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { HandlerFunctions } from '../../../lib/private/handlers/handler-functions';
import { AppFolder } from '../../_helpers/app-folder';
import { bundleOf, warnings } from '../../_helpers/quick-app';
import { BROKEN, FILES, handlerApp, hooks, use } from '../_helpers/handler-app';

let folder: AppFolder;
let app: App;
let stack: Stack;
let functions: HandlerFunctions;

beforeAll(() => { folder = new AppFolder(FILES); });
afterAll(() => folder.leave());
beforeEach(() => { ({ app, stack, functions } = handlerApp()); });

describe('what one build cannot express is bundled by NodejsFunction', () => {
  beforeAll(() => fs.symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(folder.path, 'node_modules')));

  function bundled(bundling: BundlingOptions): Record<string, string> {
    functions.add([use('x', 'src/a.main', { bundling }), use('y', 'src/b.main')]);
    return bundleOf(app.synth(), functions.get(use('x', 'src/a.main').handler));
  }

  test('commandHooks run, and the bundle is minified as ours are', () => {
    // WHEN
    const files = bundled({ commandHooks: hooks('echo made by a hook> OUT/notice.txt') });

    // THEN
    expect(Object.keys(files)).toEqual(['index.js', 'notice.txt']);
    expect(files['notice.txt']).toBe('made by a hook\n');
    expect(files['index.js']).toContain('this is a');
    expect(files['index.js'].trim().split('\n')).toHaveLength(1);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.main', Runtime: 'nodejs24.x' });
  });

  test('with `minify: false` if that is wanted', () => {
    // WHEN
    const files = bundled({ minify: false, commandHooks: hooks('true') });

    // THEN
    expect(files['index.js'].trim().split('\n').length).toBeGreaterThan(10);
  });

  test('and the others are built as ever', () => {
    // WHEN
    bundled({ commandHooks: hooks('echo hook > OUT/notice.txt') });

    // THEN
    expect(Object.keys(bundleOf(app.synth(), functions.get(use('y', 'src/b.main').handler)))).toEqual(['index.js']);
  });

  test('a failure is reported by the validation, and the function is there', () => {
    // GIVEN
    fs.renameSync('package-lock.json', 'package-lock.away');

    // WHEN
    functions.add([use('routes["x"].handler', 'src/a.main', { bundling: { commandHooks: hooks('true') } }), use('y', 'src/broken.main')]);
    fs.renameSync('package-lock.away', 'package-lock.json');

    // THEN
    expect(functions.get(use('x', 'src/a.main').handler).node.path).toBe('Stack/Chat/Handler-src%2Fa.main');
    expect(() => app.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Stack/Chat] routes["x"].handler: "src/a.main" cannot be bundled',
      '',
      'Cannot find a package lock file (`pnpm-lock.yaml`, `yarn.lock`, `bun.lockb`, `bun.lock` or `package-lock.json`). '
      + 'Please specify it with `depsLockFilePath`.',
      '',
      '  [Stack/Chat] y: "src/broken.main" cannot be bundled',
      '',
      ...BROKEN,
    ].join('\n')));
  });

  test('a package manager that is not installed: the message names it', () => {
    // GIVEN
    const { PATH } = process.env;
    fs.renameSync('package-lock.json', 'package-lock.away');
    folder.write({ 'pnpm-lock.yaml': '', 'package.json': '{"dependencies":{"left":"1.0.0"}}' });

    // WHEN
    process.env.PATH = folder.path;
    try {
      functions.add([use('x', 'src/a.main', { bundling: { nodeModules: ['left'] } })]);
    } finally {
      process.env.PATH = PATH;
      fs.renameSync('package-lock.away', 'package-lock.json');
      fs.rmSync('package.json');
      fs.rmSync('pnpm-lock.yaml');
    }

    // THEN
    expect(() => app.synth()).toThrow([
      'Validation failed with the following errors:',
      '  [Stack/Chat] x: "src/a.main" cannot be bundled',
      '',
      '`pnpm` is not installed, or not on the PATH, and the lock file or the options of this handler need it',
      '',
    ].join('\n'));
  });

  test('a package of an npm workspace, which npm installs as a link into the checkout, is an error', () => {
    // GIVEN
    folder.write({
      'shared/package.json': '{"name":"@acme/linked","version":"1.0.0"}',
      'shared/index.js': 'exports.idle = 5;\n',
      'mall/package.json': '{"dependencies":{"@acme/linked":"*"}}',
      'mall/src/idle.ts': "export * from '@acme/linked';\nexport const main = async () => {};\n",
      'package-lock.json': JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': { dependencies: { '@acme/linked': '*' } },
          'node_modules/@acme/linked': { resolved: 'shared', link: true },
          'shared': { name: '@acme/linked', version: '1.0.0' },
        },
      }),
    });

    // WHEN
    functions.add([use('x', 'mall/src/idle.main', { bundling: { nodeModules: ['@acme/linked'] } })]);
    folder.write({ 'package-lock.json': FILES['package-lock.json'] });

    // THEN
    expect(() => app.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Stack/Chat] x: "mall/src/idle.main" cannot be bundled',
      '',
      '`@acme/linked` was installed as a link that leads nowhere: leave it out of `nodeModules`, and it is bundled with the handler',
      '',
    ].join('\n')));
  });

  test('packages that cannot be installed: the reason of npm, and what to do, are in the message', () => {
    // GIVEN
    folder.write({
      'shop/package.json': '{"dependencies":{"@acme/shared":"workspace:*"}}',
      'shop/src/say.ts': "import '@acme/shared';\nexport const main = async () => {};\n",
      'package-lock.json': '{"lockfileVersion":3,"packages":{"":{}}}',
    });
    functions.add([use('routes["say"].handler', 'shop/src/say.main', { bundling: { nodeModules: ['@acme/shared'] } })]);
    folder.write({ 'package-lock.json': FILES['package-lock.json'] });

    // WHEN
    let message = '';
    try {
      app.synth();
    } catch (error) {
      message = (error as Error).message;
    }

    // THEN
    expect(message.replace(/ {2}A complete log.*|\S*bundling-temp\S*/g, 'X').split('\n').filter((line) => !/complete log/.test(line))).toEqual([
      'Validation failed with the following errors:',
      '  [Stack/Chat] routes["say"].handler: "shop/src/say.main" cannot be bundled',
      '',
      '`@acme/shared` is a package of this workspace (`workspace:*`), which no registry has: leave it out of `nodeModules`, '
      + 'and it is bundled with the handler',
      '',
      expect.stringMatching(/^npm (error|ERR!) code EUNSUPPORTEDPROTOCOL$/),
      expect.stringMatching(/^npm (error|ERR!) Unsupported URL Type "workspace:": workspace:\*$/),
      '',
      'Failed to bundle asset Stack/Chat/Handler-shop%2Fsrc%2Fsay.main/Code/Stage, bundle output is located at X '
      + 'CommandExitedWithNonZeroStatus: npm ci run in directory X exited with status 1',
      '',
    ]);
  });

  describe('decorators', () => {
    const environment = { SOME: 'thing' };

    beforeAll(() => {
      const options = '"experimentalDecorators": true, "emitDecoratorMetadata": true, "target": "es2022", "lib": ["es2022"], "types": [], "skipLibCheck": true';
      folder.write({
        'typed/tsconfig.json': '{ "extends": "./base/tsconfig", "compilerOptions": { "strict": true } }',
        'typed/base/tsconfig.json': `{ "compilerOptions": { ${options} } }`,
        'typed/reflect.ts': 'export const seen: string[] = [];\n(Reflect as any).metadata = (_: string, value: any) => () => { seen.push(value.name); };\n',
        'typed/model.ts': "import './reflect';\nconst field: any = () => {};\nexport class Model { @field at!: Date }\n",
        'typed/say.ts': "import { Model } from './model';\nimport { seen } from './reflect';\nexport const main = () => [typeof Model, ...seen];\n",
        'typed/own.ts': 'const field: any = () => {};\nclass Model { @field at!: Date }\nexport const main = () => typeof Model;\n',
        'typed/wrong.ts': "export const main = (): number => 'text';\n",
      });
    });

    test('keep their types by preCompilation, in every source, with a source map to the TypeScript', () => {
      // WHEN
      functions.add([use('x', 'typed/say.main', { bundling: { preCompilation: true, environment, sourceMap: true } })]);

      // THEN
      const files = bundleOf(app.synth(), functions.get(use('x', 'typed/say.main').handler));
      folder.write({ 'loaded.js': files['index.js'] });
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      expect((require(path.resolve('loaded.js')) as { main: () => unknown }).main()).toEqual(['function', 'Date']);
      const { sources } = JSON.parse(files['index.js.map']) as { sources: string[] };
      expect(sources.map((source) => source.replace(/^.*typed\//, 'typed/')).filter((source) => source.endsWith('.ts')))
        .toEqual(['typed/reflect.ts', 'typed/model.ts', 'typed/say.ts']);
      expect(fs.readdirSync('typed').sort()).toEqual(['base', 'model.ts', 'own.ts', 'reflect.ts', 'say.ts', 'tsconfig.json', 'wrong.ts']);
      expect(warnings(stack)).toEqual([]);
    });

    test('lose them without it, with a warning', () => {
      // WHEN
      functions.add([use('x', 'typed/own.main', { bundling: { environment } })]);

      // THEN
      expect(warnings(stack)).toEqual([
        '/Stack/Chat: esbuild ignores `emitDecoratorMetadata`, so the decorators in typed/own.ts get no type metadata; '
        + 'set `bundling: { preCompilation: true }`, and TypeScript compiles the sources first [ack: cdk-websocket-service:decoratorMetadata]',
      ]);
    });

    test('lose them in what the handler imports, with a warning', () => {
      // WHEN
      functions.add([use('x', 'typed/say.main', { bundling: { environment } })]);

      // THEN
      expect(warnings(stack)).toEqual([
        '/Stack/Chat: esbuild ignores `emitDecoratorMetadata`, so the decorators in typed/model.ts get no type metadata; '
        + 'set `bundling: { preCompilation: true }`, and TypeScript compiles the sources first [ack: cdk-websocket-service:decoratorMetadata]',
      ]);
    });

    test('what TypeScript refuses is an error, and nothing is left behind', () => {
      // WHEN
      functions.add([use('x', 'typed/wrong.main', { bundling: { preCompilation: true, environment } })]);

      // THEN
      expect(() => app.synth()).toThrow(new Error([
        'Validation failed with the following errors:',
        '  [Stack/Chat] x: "typed/wrong.main" cannot be bundled',
        '',
        "✘ [ERROR] typed/wrong.ts(1,35): error TS2322: Type 'string' is not assignable to type 'number'. [plugin typescript]",
        '',
      ].join('\n')));
      expect(fs.readdirSync('typed').filter((name) => name.startsWith('.'))).toEqual([]);
    });
  });

  test('a lock file elsewhere is found by depsLockFilePath', () => {
    // GIVEN
    fs.renameSync('package-lock.json', 'package-lock.away');
    folder.write({ 'locks/package-lock.json': '{}' });
    const settings = { depsLockFilePath: 'locks/package-lock.json', projectRoot: '.', bundling: { commandHooks: hooks('echo hook > OUT/notice.txt') } };

    // WHEN
    functions.add([use('x', 'src/a.main', settings)]);
    fs.renameSync('package-lock.away', 'package-lock.json');

    // THEN
    expect(Object.keys(bundleOf(app.synth(), functions.get(use('x', 'src/a.main').handler)))).toEqual(['index.js', 'notice.txt']);
  });
});
