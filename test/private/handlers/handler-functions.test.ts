import * as path from 'path';
import { App, AppProps, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { FunctionSettings } from '../../../lib/private/handlers/function-settings';
import { HandlerFunctions } from '../../../lib/private/handlers/handler-functions';
import { AppFolder } from '../../_helpers/app-folder';
import { bundleOf } from '../../_helpers/quick-app';
import { FILES, handlerApp, hooks, PLACEHOLDER, use } from '../_helpers/handler-app';

let folder: AppFolder;
let app: App;
let stack: Stack;
let functions: HandlerFunctions;

beforeAll(() => { folder = new AppFolder(FILES); });
afterAll(() => folder.leave());
beforeEach(() => start());

function start(props: AppProps = {}): void {
  ({ app, stack, functions } = handlerApp(props));
}

describe('add', () => {
  test('makes one function for a handler, however often and in whatever spelling it is used', () => {
    // WHEN
    functions.add([
      use('x', 'src/a.main'), use('y', './src/a.main'), use('z', 'src/a.ts.main'), use('absolute', path.resolve('src/a.main')),
    ]);

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    expect(functions.get(use('x', 'src/../src/a.main').handler).node.path).toBe('Stack/Chat/Handler-src%2Fa.main');
  });

  test('makes two functions for two exports of a file, each with its own code only', () => {
    // GIVEN
    const uses = [use('x', 'src/a.main'), use('y', 'src/a.other')];

    // WHEN
    functions.add(uses);

    // THEN
    const assembly = app.synth();
    const [main, other] = uses.map(({ handler }) => bundleOf(assembly, functions.get(handler))['index.js']);
    expect(main).toContain('this is a');
    expect(main).not.toContain('this is other');
    expect(other).toContain('this is other');
  });

  test('makes only functions that do not exist yet', () => {
    // GIVEN
    functions.add([use('x', 'src/a.main')]);
    const before = functions.get(use('x', 'src/a.main').handler);

    // WHEN
    functions.add([use('y', 'src/a.main'), use('z', 'src/b.main')]);

    // THEN
    expect(functions.get(use('x', 'src/a.main').handler)).toBe(before);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
  });

  test('builds a handler to the same bytes whatever other handlers are built with it', () => {
    // GIVEN
    const { handler } = use('x', 'src/a.main');
    functions.add([use('x', 'src/a.main', { bundling: { sourceMap: true } })]);
    const alone = bundleOf(app.synth(), functions.get(handler));

    // WHEN
    start();
    functions.add(['src/b.main', 'src/a.main', 'src/a.other'].map((spelled) => use('x', spelled, { bundling: { sourceMap: true } })));

    // THEN
    expect(Object.keys(alone)).toEqual(['index.js', 'index.js.map']);
    expect(bundleOf(app.synth(), functions.get(handler))).toEqual(alone);
  });
});

describe('check', () => {
  const role = () => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

  test('lets equal settings be one handler', () => {
    // GIVEN
    const shared = role();
    const settings = (): FunctionSettings => ({
      timeout: Duration.seconds(60), role: shared, environment: { A: 'b' }, bundling: { externalModules: ['x'] },
    });

    // THEN
    expect(() => functions.check([use('x', 'src/a.main', settings()), use('y', './src/a.ts.main', settings())])).not.toThrow();
    const minute = { ...settings(), timeout: Duration.minutes(1) };
    expect(() => functions.check([use('x', 'src/a.main', settings()), use('y', 'src/a.main', minute)])).not.toThrow();
  });

  const way = 'and one handler is one function; give both the same settings, put them into `defaults`, or export the handler under a second name';
  test.each<[string, FunctionSettings, FunctionSettings, string]>([
    ['a number', { memorySize: 1 }, { memorySize: 2 }, '`memorySize`'],
    ['one side only', {}, { memorySize: 2 }, '`memorySize`'],
    ['a duration', { timeout: Duration.seconds(1) }, { timeout: Duration.seconds(2) }, '`timeout`'],
    ['a variable', { environment: { A: 'b' } }, { environment: { A: 'c' } }, '`environment`'],
    ['a list', { bundling: { externalModules: ['x'] } }, { bundling: { externalModules: ['x', 'y'] } }, '`bundling`'],
    ['two settings', { memorySize: 1, description: 'x' }, {}, '`memorySize` and `description`'],
    [
      'three settings', { memorySize: 1, description: 'x', timeout: Duration.seconds(1) }, {},
      '`memorySize`, `description` and `timeout`',
    ],
  ])('fails for %s', (_case, first, second, names) => {
    expect(() => functions.check([use('routes["x"].handler', 'src/a.main', first), use('routes["y"].handler', 'src/a.main', second)])).toThrow(
      new Error(`Stack/Chat: routes["y"].handler: "src/a.main" is also routes["x"].handler, with another ${names}, ${way}`),
    );
  });

  test('fails for two constructs that look alike', () => {
    // GIVEN
    const [first, second] = ['A', 'B'].map((id) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));

    // THEN
    expect(() => functions.check([use('x', 'src/a.main', { role: first }), use('y', 'src/a.main', { role: second })])).toThrow(new Error(
      `Stack/Chat: y: "src/a.main" is also x, with another \`role\`, ${way}`,
    ));
  });

  test('fails for a handler that was added before', () => {
    // GIVEN
    functions.add([use('x', 'src/a.main', { memorySize: 512 })]);

    // THEN
    expect(() => functions.check([use('y', 'src/a.main')])).toThrow(new Error(
      `Stack/Chat: y: "src/a.main" is also x, with another \`memorySize\`, ${way}`,
    ));
  });

  test('lets other handlers have other settings', () => {
    expect(() => functions.check([use('x', 'src/a.main', { memorySize: 1 }), use('y', 'src/b.main', { memorySize: 2 })])).not.toThrow();
  });
});

describe('aws:cdk:bundling-stacks', () => {
  const handlers = () => [use('x', 'src/a.main'), use('y', 'src/broken.main'), use('z', 'src/b.main', { bundling: { commandHooks: hooks('false') } })];

  test.each<[string, string[]]>([['[] bundles nothing', []], ['with another stack bundles nothing', ['Other']]])('%s', (_case, stacks) => {
    // GIVEN
    start({ context: { 'aws:cdk:bundling-stacks': stacks } });

    // WHEN
    functions.add(handlers());

    // THEN
    const assembly = app.synth();
    for (const { handler } of handlers()) {
      expect(bundleOf(assembly, functions.get(handler))).toEqual({ 'index.js': PLACEHOLDER });
    }
  });

  test('with this stack bundles', () => {
    // GIVEN
    start({ context: { 'aws:cdk:bundling-stacks': ['Stack'] } });

    // WHEN
    functions.add([use('x', 'src/a.main')]);

    // THEN
    expect(bundleOf(app.synth(), functions.get(use('x', 'src/a.main').handler))['index.js']).toContain('this is a');
  });
});

describe('assetHash', () => {
  test('decides the hash, of each handler another', () => {
    // GIVEN
    const keys = (assetHash?: string): unknown[] => {
      start();
      functions.add([use('x', 'src/a.main', { bundling: { assetHash } }), use('y', 'src/b.main', { bundling: { assetHash } })]);
      return Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Code.S3Key);
    };

    // WHEN
    const [first, second, other, none] = [keys('one'), keys('one'), keys('two'), keys()];

    // THEN
    expect(second).toEqual(first);
    expect(new Set([...first, ...other, ...none]).size).toBe(6);
  });
});

test('a function has every setting but those of the bundling', () => {
  // WHEN
  functions.add([use('x', 'src/a.main', { memorySize: 512, projectRoot: '.', depsLockFilePath: 'package-lock.json', bundling: { minify: false } })]);

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { MemorySize: 512, Handler: 'index.main', Environment: Match.absent() });
});
