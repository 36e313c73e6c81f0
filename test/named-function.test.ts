import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketNamedFunction, WebsocketService, WebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({ 'src/chat.js': 'exports.main = async () => ({});', 'zip/index.js': 'exports.main = async () => ({});' });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const AS_IT_IS = { handler: 'index.main', code: lambda.Code.fromInline('exports.main = async () => ({});') };

function service(functions: { [key: string]: WebsocketNamedFunction }, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  const [key] = Object.keys(functions);
  return new WebsocketService(stack, 'Chat', {
    functions, routes: { say: { functionKey: key } }, authorizer: ConnectAuthorizer.none(), ...props,
  });
}

describe('functions', () => {
  test('are made once each, also two of one handler, and routes that share one share its integration', () => {
    // WHEN
    const chat = service(
      { first: { handler: 'src/chat.main', memorySize: 256 }, second: { handler: 'src/chat.main' } },
      { routes: { $default: { functionKey: 'first' }, say: { functionKey: 'first' }, shout: { functionKey: 'second' } } },
    );

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 256, Handler: 'index.main' });
    expect(chat.functionByKey('first').node.path).toBe('Stack/Chat/NamedFunction-first');
    expect(chat.function('say')).toBe(chat.functionByKey('first'));
  });

  test('may have a key that is the path of a function of the user', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'say');

    // WHEN
    const chat = service({ say: AS_IT_IS }, { routes: { say: { functionKey: 'say' }, shout: { function: fn } } });

    // THEN
    expect(chat.functions.map(({ function: { node }, routeKeys }) => [node.path, routeKeys])).toEqual([
      ['Stack/Chat/NamedFunction-say', ['say']], ['Stack/say', ['shout']],
    ]);
  });

  test('that no route invokes may manage connections and find the callback URLs', () => {
    // WHEN
    const chat = service({ say: { handler: 'src/chat.main' }, worker: { handler: 'src/chat.main' } });

    // THEN
    const template = Template.fromStack(stack);
    const worker = chat.functionByKey('worker');
    const { Environment } = template.findResources('AWS::Lambda::Function')[stack.getLogicalId(worker.node.defaultChild as lambda.CfnFunction)]
      .Properties as { Environment: { Variables: object } };
    expect(Object.keys(Environment.Variables)).toEqual(['WEBSOCKET_CALLBACK_URL', 'WEBSOCKET_CALLBACK_URLS']);
    const policies = Object.values(template.findResources('AWS::IAM::Policy')) as Array<{ Properties: { Roles: unknown[] } }>;
    expect(policies.map(({ Properties }) => Properties.Roles)).toContainEqual([stack.resolve(worker.role!.roleName)]);
    expect(chat.functions.map(({ routeKeys }) => routeKeys)).toEqual([['say']]);
  });

  test('with code are deployed as they are, in any runtime', () => {
    // WHEN
    service({ say: { ...AS_IT_IS, handler: 'chat.main', runtime: lambda.Runtime.PYTHON_3_13 } }, { bundling: { minify: false } });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Handler: 'chat.main', Runtime: 'python3.13' });
  });

  test('authorize connections', () => {
    // WHEN
    service(
      { say: { handler: 'src/chat.main' }, auth: AS_IT_IS },
      { authorizer: ConnectAuthorizer.functionKey('auth', { authorizerName: 'mine' }) },
    );

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { Name: 'mine', AuthorizerType: 'REQUEST' });
    template.resourceCountIs('AWS::Lambda::Function', 2);
  });

  test('can be named by a route that is added later', () => {
    // GIVEN
    const chat = service({ say: { handler: 'src/chat.main' } });

    // WHEN
    chat.addRoute('later', { functionKey: 'say' });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    expect(chat.function('later')).toBe(chat.functionByKey('say'));
  });
});

describe('errors', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a key that a function cannot have', () => service({ 'a b': AS_IT_IS }),
      'Stack/Chat: functions: "a b" is not a legal key of a function; use 1 to 128 letters, digits, hyphens and underscores',
    ],
    [
      'an unknown key', () => service({ messages: AS_IT_IS }, { routes: { say: { functionKey: 'mesages' } } }),
      'Stack/Chat: routes["say"].functionKey: "mesages" is not a key of `functions`; did you mean `messages`?',
    ],
    [
      'a key without functions', () => service({}, { routes: { say: { functionKey: 'say' } } }),
      'Stack/Chat: routes["say"].functionKey: "say" is not a key of `functions`; give `functions` with that key, or use `handler`',
    ],
    [
      'an unknown key of the authorizer', () => service({ say: AS_IT_IS }, { authorizer: ConnectAuthorizer.functionKey('other') }),
      'Stack/Chat: authorizer.functionKey: "other" is not a key of `functions`; `functions` has say',
    ],
    [
      'settings beside the key', () => service({ say: AS_IT_IS }, { routes: { say: { functionKey: 'say', memorySize: 256 } } }),
      'Stack/Chat: routes["say"]: ["memorySize"] sets up a function, but `functionKey` brings its own; set it in `functions`',
    ],
    [
      'options of bundling beside code', () => service({ say: { ...AS_IT_IS, bundling: { minify: false } } }),
      'Stack/Chat: functions["say"].bundling: { minify } is for a handler that is bundled, but `code` is given; keep one of them',
    ],
    [
      'a misspelt option', () => service({ say: { ...AS_IT_IS, memmorySize: 1 } as unknown as WebsocketNamedFunction }),
      'Stack/Chat: functions["say"].memmorySize: 1: there is no option `memmorySize`; did you mean `memorySize`?',
    ],
    [
      'code that is none', () => service({ say: { handler: 'index.main', code: 'zip' as unknown as lambda.Code } }),
      'Stack/Chat: functions["say"].code: "zip" is not a lambda.Code; use lambda.Code.fromAsset(\'dist/messages.zip\')',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test('functionByKey names the keys', () => {
    // GIVEN
    const chat = service({ say: AS_IT_IS });

    // THEN
    expect(() => chat.functionByKey('foo')).toThrow(new Error('Stack/Chat: functionByKey: "foo" is not a key of `functions`; its keys are say'));
  });
});

test('a folder is an asset of its own', () => {
  // GIVEN
  stack = new Stack(new App(), 'Stack');

  // WHEN
  service({ say: { handler: 'index.main', code: lambda.Code.fromAsset('zip') } });

  // THEN
  expect(Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Function'))).toHaveLength(1);
});
