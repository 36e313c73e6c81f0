import { Lazy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { invocationUri, permit } from '../../../lib/private/routes/invocation';
import { inlineFunction, quickApp, quickStack, warnings } from '../../_helpers/quick-app';
import { permissionCommand } from '../_helpers/permission-command';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:imported';

let stack: Stack;
let scope: Construct;

beforeEach(() => {
  stack = quickStack();
  scope = new Construct(stack, 'Chat');
});

/** One for which CDK makes no permission. */
function imported(functionArn: string): lambda.IFunction {
  return lambda.Function.fromFunctionAttributes(stack, 'Imported', { functionArn, skipPermissions: true });
}

function permitRoutes(fn: lambda.IFunction): void {
  permit(scope, fn, { scope: scope, id: 'Routes', sourceArn: 'arn:a', use: 'routes', source: '<api id>/dev/*' });
}

test('the invocation URI is that of the API\'s partition and region', () => {
  // GIVEN
  const fn = inlineFunction(stack, 'Fn');

  // THEN
  expect(stack.resolve(invocationUri(scope, fn))).toEqual({
    'Fn::Join': ['', [
      'arn:', { Ref: 'AWS::Partition' }, ':apigateway:', { Ref: 'AWS::Region' }, ':lambda:path/2015-03-31/functions/',
      stack.resolve(fn.functionArn), '/invocations',
    ]],
  });
});

describe('an imported function', () => {
  const SOURCE = 'arn:aws:execute-api:<region>:<account>:<api id>/dev/*';
  const ours = () => warnings(stack).filter((warning) => warning.startsWith('/Stack/Chat'));

  test.each<[string, string, () => lambda.IFunction]>([
    ['its name, if the ARN is a token', 'chat', () => imported(`arn:aws:lambda:${stack.region}:123456789012:function:chat`)],
    ['a placeholder, if all is a token', '<function>', () => imported(Lazy.string({ produce: () => ARN }))],
  ])('is named in the command by %s', (_how, name, make) => {
    permitRoutes(make());

    expect(ours()).toEqual([permissionCommand('Stack/Imported', name, 'routes', SOURCE)]);
  });

  test('in a stack with an environment is a warning with the region and account of the API', () => {
    // GIVEN
    const env = { account: '111111111111', region: 'eu-north-1' };
    stack = new Stack(quickApp(), 'Stack', { env });
    scope = new Construct(stack, 'Chat');
    const fn = lambda.Function.fromFunctionArn(stack, 'Imported', ARN);

    // WHEN
    permitRoutes(fn);

    // THEN
    expect(ours()).toEqual([permissionCommand('Stack/Imported', ARN, 'routes', 'arn:aws:execute-api:eu-north-1:111111111111:<api id>/dev/*')]);
  });

  test('may need two statements, for routes and authorizer: they have two ids', () => {
    // GIVEN
    const fn = lambda.Function.fromFunctionArn(stack, 'Imported', ARN);

    // WHEN
    permitRoutes(fn);
    permit(scope, fn, {
      scope: scope, id: 'Authorizer', sourceArn: 'arn:b', use: 'authorizer', source: '<api id>/authorizers/<authorizer id>',
    });

    // THEN
    expect(ours()).toEqual([
      permissionCommand('Stack/Imported', ARN, 'routes', SOURCE),
      permissionCommand('Stack/Imported', ARN, 'authorizer', 'arn:aws:execute-api:<region>:<account>:<api id>/authorizers/<authorizer id>'),
    ]);
  });
});

test('the invocation URI is in the region of the function', () => {
  const fn = lambda.Function.fromFunctionArn(stack, 'Fn', 'arn:aws:lambda:eu-north-1:123456789012:function:fn');

  expect(stack.resolve(invocationUri(scope, fn))).toEqual({
    'Fn::Join': ['', [
      'arn:', { Ref: 'AWS::Partition' },
      ':apigateway:eu-north-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-north-1:123456789012:function:fn/invocations',
    ]],
  });
});
