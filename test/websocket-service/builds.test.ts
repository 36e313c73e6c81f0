import { App, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { bundleOf } from '../_helpers/quick-app';

let folder: AppFolder;

beforeAll(() => {
  folder = new AppFolder({
    'src/good.ts': 'export const main = async () => "good";\n',
    'src/broken.ts': 'export const main = async () => {\n  const answer: = 42;\n};\n',
    'src/lost.ts': 'import { send } from \'./nowhere\';\nexport const main = async () => send();\n',
    'src/auth.ts': 'export const authorize = async () => ({}};\n',
  });
});
afterAll(() => folder.leave());

function app(): { app: App; services: WebsocketService[] } {
  const made = new App();
  const [one, two] = [new Stack(made, 'One'), new Stack(made, 'Two')];
  return {
    app: made,
    services: [
      new WebsocketService(one, 'Chat', {
        authorizer: ConnectAuthorizer.none(),
        routes: { $default: { handler: 'src/good.main' }, foo: { handler: 'src/broken.main' }, bar: { handler: './src/broken.ts.main' } },
      }),
      new WebsocketService(two, 'Talk', {
        authorizer: ConnectAuthorizer.handler('src/auth.authorize'),
        routes: { foo: { handler: 'src/lost.main' }, baz: { handler: 'src/good.mian' } },
      }),
    ],
  };
}

test('a broken handler does not throw: the service is there, with every function', () => {
  // WHEN
  const { services } = app();

  // THEN
  expect(services.map((service) => service.function('foo').node.id)).toEqual(['Handler-src%2Fbroken.main', 'Handler-src%2Flost.main']);
  expect(services[0].function('bar')).toBe(services[0].function('foo'));
});

test('fails at synthesis, with every broken handler of every service at once', () => {
  // GIVEN
  const { app: made } = app();

  // THEN
  expect(() => made.synth()).toThrow(new Error([
    'Validation failed with the following errors:',
    '  [One/Chat] routes["foo"].handler and routes["bar"].handler: "src/broken.main" cannot be bundled',
    '',
    '✘ [ERROR] Unexpected "="',
    '',
    '    src/broken.ts:2:16:',
    '      2 │   const answer: = 42;',
    '        ╵                 ^',
    '',
    '  [Two/Talk] routes["foo"].handler: "src/lost.main" cannot be bundled',
    '',
    '✘ [ERROR] Could not resolve "./nowhere"',
    '',
    '    src/lost.ts:1:21:',
    '      1 │ import { send } from \'./nowhere\';',
    '        ╵                      ~~~~~~~~~~~',
    '',
    '  [Two/Talk] routes["baz"].handler: "src/good.mian" cannot be bundled',
    '',
    '✘ [ERROR] No matching export in "src/good.ts" for import "mian"',
    '',
    '  Did you mean to import "main" instead?',
    '',
    '    src/good.ts:1:13:',
    '      1 │ export const main = async () => "good";',
    '        ╵              ~~~~',
    '',
    '  [Two/Talk] authorizer.handler: "src/auth.authorize" cannot be bundled',
    '',
    '✘ [ERROR] Expected ")" but found "}"',
    '',
    '    src/auth.ts:1:40:',
    '      1 │ export const authorize = async () => ({}};',
    '        │                                         ^',
    '        ╵                                         )',
    '',
  ].join('\n')));
});

test('fails for a handler that addRoute brings', () => {
  // GIVEN
  const made = new App();
  const service = new WebsocketService(new Stack(made, 'One'), 'Chat', {
    authorizer: ConnectAuthorizer.none(),
    routes: { foo: { handler: 'src/good.main' } },
  });

  // WHEN
  service.addRoute('bar', { handler: 'src/good.mian' });

  // THEN
  expect(() => made.synth()).toThrow(new Error([
    'Validation failed with the following errors:',
    '  [One/Chat] routes["bar"].handler: "src/good.mian" cannot be bundled',
    '',
    '✘ [ERROR] No matching export in "src/good.ts" for import "mian"',
    '',
    '  Did you mean to import "main" instead?',
    '',
    '    src/good.ts:1:13:',
    '      1 │ export const main = async () => "good";',
    '        ╵              ~~~~',
    '',
  ].join('\n')));
});

describe('in the stages of an app', () => {
  const FRAME = [
    '',
    '✘ [ERROR] Could not resolve "./nowhere"',
    '',
    '    src/lost.ts:1:21:',
    '      1 │ import { send } from \'./nowhere\';',
    '        ╵                      ~~~~~~~~~~~',
    '',
  ];
  const MISSING = [
    '',
    '✘ [ERROR] No matching export in "src/good.ts" for import "mian"',
    '',
    '  Did you mean to import "main" instead?',
    '',
    '    src/good.ts:1:13:',
    '      1 │ export const main = async () => "good";',
    '        ╵              ~~~~',
    '',
  ];

  function staged(handlers: Record<string, string>): App {
    const made = new App();
    for (const [name, handler] of Object.entries(handlers)) {
      new WebsocketService(new Stack(name === 'App' ? made : new Stage(made, name), 'Api'), 'Chat', {
        authorizer: ConnectAuthorizer.none(),
        routes: { foo: { handler } },
      });
    }
    return made;
  }

  test('the first that fails tells of the others', () => {
    // GIVEN
    const made = staged({ Beta: 'src/lost.main', Prod: 'src/good.mian' });

    // THEN
    expect(() => made.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Beta/Api/Chat] routes["foo"].handler: "src/lost.main" cannot be bundled',
      ...FRAME,
      '  [Beta/Api/Chat] Prod/Api/Chat: routes["foo"].handler: "src/good.mian" cannot be bundled',
      ...MISSING,
    ].join('\n')));
  });

  test('a later one fails behind one that is fine, and nothing is told twice', () => {
    // GIVEN
    const made = staged({ Beta: 'src/good.main', Prod: 'src/good.mian' });

    // THEN
    expect(() => made.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Prod/Api/Chat] routes["foo"].handler: "src/good.mian" cannot be bundled',
      ...MISSING,
    ].join('\n')));
  });

  test('one that fails tells of the stacks outside of all stages', () => {
    // GIVEN
    const made = staged({ App: 'src/lost.main', Prod: 'src/good.mian' });

    // THEN
    expect(() => made.synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Prod/Api/Chat] routes["foo"].handler: "src/good.mian" cannot be bundled',
      ...MISSING,
      '  [Prod/Api/Chat] Api/Chat: routes["foo"].handler: "src/lost.main" cannot be bundled',
      ...FRAME,
    ].join('\n')));
  });

  test('one app does not tell of another', () => {
    // GIVEN
    staged({ Beta: 'src/lost.main' });

    // THEN
    expect(() => staged({ Prod: 'src/good.mian' }).synth()).toThrow(new Error([
      'Validation failed with the following errors:',
      '  [Prod/Api/Chat] routes["foo"].handler: "src/good.mian" cannot be bundled',
      ...MISSING,
    ].join('\n')));
  });
});

test('bundles the handlers of the stacks that are asked for, and no others', () => {
  // GIVEN
  const made = new App({ context: { 'aws:cdk:bundling-stacks': ['One'] } });
  const [one, two] = ['One', 'Two'].map((id) => new WebsocketService(new Stack(made, id), 'Chat', {
    authorizer: ConnectAuthorizer.none(),
    routes: { foo: { handler: 'src/good.main' } },
  }));

  // WHEN
  const assembly = made.synth();

  // THEN
  expect(bundleOf(assembly, one.function('foo'))['index.js']).toContain('good');
  expect(bundleOf(assembly, two.function('foo'))).toEqual({ 'index.js': 'throw new Error("this handler was not bundled");\n' });
});

test('[] bundles nothing, so that even a broken handler has a template', () => {
  // GIVEN
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');

  // WHEN
  new WebsocketService(stack, 'Chat', { authorizer: ConnectAuthorizer.none(), routes: { foo: { handler: 'src/broken.main' } } });

  // THEN
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
});
