import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/messages.ts': 'export const foo = async () => ({});', 'package.json': '{}' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

/** Takes what JavaScript, or a map behind `any`, may give. */
function service(foo: unknown): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: { foo: foo as never }, authorizer: ConnectAuthorizer.none() });
}

const HANDLER = { handler: 'src/messages.foo' };

describe('a route that is not an object fails', () => {
  test.each<[unknown, string]>([
    [null, 'null'],
    [undefined, '(not set)'],
    ['src/messages.foo', '"src/messages.foo"'],
    [['src/messages.foo'], '["src/messages.foo"]'],
    [5, '5'],
  ])('%j', (options, shown) => {
    expect(() => service(options)).toThrow(new Error(
      `Stack/Chat: routes["foo"]: ${shown} is not an object; use { handler: '${typeof options === 'string' ? options : 'src/messages.send'}' }`,
    ));
  });

  test('an object without keys names no target', () => {
    expect(() => service({})).toThrow(new Error(
      'Stack/Chat: routes["foo"]: {} names no target; give exactly one of handler, functionKey, function or integration',
    ));
  });
});

describe('a property of another kind fails', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:work';
  const DURATION = 'is not a Duration; use Duration.seconds(30)';
  test.each<[string, unknown, string, string]>([
    ['handler', 5, '5', 'is not a string; use \'src/messages.send\''],
    ['handler', null, 'null', 'is not a string; use \'src/messages.send\''],
    ['function', ARN, `"${ARN}"`, 'is not a Lambda function; use lambda.Function.fromFunctionArn(this, \'Imported\', arn) for an ARN'],
    ['function', {}, '{}', 'is not a Lambda function; use lambda.Function.fromFunctionArn(this, \'Imported\', arn) for an ARN'],
    ['integration', 'mock', '"mock"', 'is not a WebSocketRouteIntegration; use `function` for a Lambda function'],
    ['integrationTimeout', 5, '5', DURATION],
    ['timeout', 30, '30', DURATION],
    ['timeout', null, 'null', DURATION],
    ['runtime', 'nodejs22.x', '"nodejs22.x"', 'is not a lambda.Runtime; use lambda.Runtime.NODEJS_24_X'],
  ])('%s: %j', (name, value, shown, rest) => {
    const isTarget = ['handler', 'function', 'integration'].includes(name);
    const options = { ...isTarget ? {} : HANDLER, [name]: value };
    expect(() => service(options)).toThrow(new Error(`Stack/Chat: routes["foo"].${name}: ${shown} ${rest}`));
  });

  test('integration: a function', () => {
    const fn = inlineFunction(stack, 'Fn');
    expect(() => service({ integration: fn })).toThrow(new Error(
      'Stack/Chat: routes["foo"].integration: Stack/Fn is not a WebSocketRouteIntegration; use `function` for a Lambda function',
    ));
  });
});

describe('an integrationTimeout that is a token', () => {
  const given = () => new CfnParameter(stack, 'Given', { type: 'Number' }).valueAsNumber;

  test('is let through in milliseconds', () => {
    // WHEN
    service({ ...HANDLER, integrationTimeout: Duration.millis(given()) });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Integration', { TimeoutInMillis: { Ref: 'Given' } });
  });

  test.each(['seconds', 'minutes'] as const)('fails in %s', (unit) => {
    expect(() => service({ ...HANDLER, integrationTimeout: Duration[unit](given()) })).toThrow(new Error(
      `Stack/Chat: routes["foo"].integrationTimeout: <token> ${unit} is known only at deployment, and cannot be converted `
      + 'to milliseconds before that; make it with Duration.millis()',
    ));
  });
});

test('an export of a file that is not a source file fails like a missing file, not like a folder', () => {
  expect(() => service({ handler: 'package.json.main' })).toThrow(new Error(
    'Stack/Chat: routes["foo"].handler: "package.json.main" names no file: there is no "package.json" with one of '
    + `.ts .tsx .mts .cts .js .jsx .mjs .cjs in ${folder.path}; `
    + 'write the path relative to the directory that the app runs in, or an absolute one',
  ));
});
