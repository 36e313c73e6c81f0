import * as fs from 'fs';
import * as path from 'path';
import { App, Aws, Lazy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { WebsocketAuthorizer, WebsocketFunctionOptions, WebsocketService, WebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { bundleOf, quickStack } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/messages.ts': 'export const foo = async () => ({ statusCode: 200 });\nexport const bar = foo;\n',
    'project/notice.js': 'console.log("notice");',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(own: WebsocketFunctionOptions, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { handler: 'src/messages.foo', ...own } },
    authorizer: WebsocketAuthorizer.none(),
    ...props,
  });
}

describe('the runtime', () => {
  test.each([lambda.Runtime.PYTHON_3_13, lambda.Runtime.JAVA_21])('fails for %s', (runtime) => {
    expect(() => service({ runtime })).toThrow(new Error(
      `Stack/Chat: routes["foo"].runtime: "${runtime.name}" is not a Node.js runtime, and a handler is bundled for Node.js; `
      + 'make the function with its own construct and give it as `function`',
    ));
  });

  test('fails for one in `defaults`, too', () => {
    expect(() => service({}, { defaults: { runtime: lambda.Runtime.PYTHON_3_13 } })).toThrow(new Error(
      'Stack/Chat: routes["foo"].runtime: "python3.13" is not a Node.js runtime, and a handler is bundled for Node.js; '
      + 'make the function with its own construct and give it as `function`',
    ));
  });

  test('fails for that of an authorizer', () => {
    const authorizer = WebsocketAuthorizer.handler('src/messages.bar', { runtime: lambda.Runtime.PYTHON_3_13 });
    expect(() => service({}, { authorizer })).toThrow(new Error(
      'Stack/Chat: authorizer.runtime: "python3.13" is not a Node.js runtime, and a handler is bundled for Node.js; '
      + 'make the function with its own construct and give it as `function`',
    ));
  });

  test('decides what the bundle is built for', () => {
    // GIVEN
    folder.write({ 'src/messages.ts': 'export const foo = async (e) => e?.a ?? 1;\nexport const bar = foo;\n' });
    const app = new App();
    stack = new Stack(app, 'Stack');

    // WHEN
    const chat = service({ runtime: new lambda.Runtime('nodejs12.x', lambda.RuntimeFamily.NODEJS) });

    // THEN
    expect(bundleOf(app.synth(), chat.function('foo'))['index.js']).not.toContain('??');
  });
});

describe('a setting of another kind in `defaults`', () => {
  test.each<[string, unknown, string]>([
    ['timeout', 30, '30 is not a Duration; use Duration.seconds(30)'],
    ['runtime', 'nodejs22.x', '"nodejs22.x" is not a lambda.Runtime; use lambda.Runtime.NODEJS_24_X'],
  ])('fails: %s', (name, value, message) => {
    expect(() => service({}, { defaults: { [name]: value } })).toThrow(new Error(`Stack/Chat: routes["foo"].${name}: ${message}`));
  });
});

describe('a bundling option that only a deployment knows', () => {
  const late = 'is known when the stack is deployed, and the code is bundled before that; put the value into `environment`';

  test.each(['banner', 'footer'] as const)('fails: %s', (option) => {
    const value = `/* ${Aws.REGION} */`;
    expect(() => service({ bundling: { [option]: value } })).toThrow(new Error(
      `Stack/Chat: routes["foo"].bundling.${option}: ${JSON.stringify(value)} ${late}`,
    ));
  });

  test('fails: define', () => {
    const value = Lazy.string({ produce: () => 'talks' });
    expect(() => service({ bundling: { define: { 'process.env.LEVEL': '"debug"', 'process.env.TABLE': value } } })).toThrow(new Error(
      `Stack/Chat: routes["foo"].bundling.define["process.env.TABLE"]: ${JSON.stringify(value)} ${late}`,
    ));
  });

  test('fails in the bundling options of the service, for its authorizer too', () => {
    const authorizer = WebsocketAuthorizer.handler('src/messages.bar', { bundling: { banner: Aws.REGION } });
    expect(() => service({}, { authorizer })).toThrow(new Error(
      `Stack/Chat: authorizer.bundling.banner: ${JSON.stringify(Aws.REGION)} ${late}`,
    ));
    stack = quickStack();
    expect(() => service({}, { bundling: { footer: Aws.REGION } })).toThrow(new Error(
      `Stack/Chat: routes["foo"].bundling.footer: ${JSON.stringify(Aws.REGION)} ${late}`,
    ));
  });
});

describe('projectRoot', () => {
  test('fails if it is not there', () => {
    expect(() => service({ projectRoot: 'elsewhere' })).toThrow(new Error(
      'Stack/Chat: routes["foo"].projectRoot: "elsewhere" is not there; '
      + 'name a directory, relative to the one that the app runs in or absolute',
    ));
  });

  test('fails for a file', () => {
    fs.writeFileSync(path.join(folder.path, 'a-file'), '');

    expect(() => service({ projectRoot: 'a-file' })).toThrow(new Error(
      'Stack/Chat: routes["foo"].projectRoot: "a-file" is a file; name a directory, relative to the one that the app runs in or absolute',
    ));
  });

  test('may be a symbolic link', () => {
    // GIVEN
    fs.symlinkSync(path.join(folder.path, 'project'), path.join(folder.path, 'linked-project'));
    const bundleIn = (projectRoot: string): Record<string, string> => {
      const app = new App();
      stack = new Stack(app, 'Stack');
      const chat = service({ projectRoot, bundling: { inject: ['./notice.js'] } });
      return bundleOf(app.synth(), chat.function('foo'));
    };

    // WHEN
    const linked = bundleIn('linked-project');

    // THEN
    expect(linked['index.js']).toContain('console.log("notice")');
    expect(linked).toEqual(bundleIn('project'));
  });
});

test('handlerRoot fails if it is not there', () => {
  expect(() => service({ handlerRoot: 'elsewhere' })).toThrow(new Error(
    'Stack/Chat: routes["foo"].handlerRoot: "elsewhere" is not there; '
    + 'name a directory, relative to the one that the app runs in or absolute',
  ));
});
