import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RouteIntegration, WebsocketLambdaIntegrationOptions } from '../../lib';
import { HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { IntegrationParts, REQUEST_CONTEXT } from '../_helpers/integration-parts';
import { inlineFunction, quickStack, warnings } from '../_helpers/quick-app';

let stack: Stack;
let fn: lambda.Function;

beforeEach(() => {
  stack = quickStack();
  fn = inlineFunction(stack, 'Fn');
});

function parts(options: WebsocketLambdaIntegrationOptions = {}): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.lambda(fn, options));
}

const permissions = (made: IntegrationParts) => made.all('AWS::Lambda::Permission').map(({ FunctionName }) => FunctionName);

test('a function: the integration, and one permission for the API instead of a role', () => {
  // WHEN
  const made = parts();

  // THEN
  expect(made.integration).toEqual({
    ApiId: expect.anything(),
    IntegrationType: 'AWS',
    IntegrationMethod: 'POST',
    IntegrationUri: expect.anything(),
    RequestTemplates: { $default: expect.any(String) },
    TemplateSelectionExpression: '\\$default',
  });
  expect(made.all('AWS::Lambda::Permission')).toEqual([{
    Action: 'lambda:InvokeFunction',
    FunctionName: stack.resolve(fn.functionArn),
    Principal: 'apigateway.amazonaws.com',
    SourceArn: {
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':', made.integration.ApiId, '/*/*',
      ]],
    },
  }]);
});

test.each(['', ...HOSTILE_TEXTS])('the function gets the message as a string, and nothing else of the client: %j', (body) => {
  expect(JSON.parse(parts().request(body))).toEqual({ requestContext: REQUEST_CONTEXT, body });
});

test('attributes are the user\'s', () => {
  expect(JSON.parse(parts({ attributes: { who: '$context.authorizer.principalId' } }).request('x'))).toMatchObject({ who: 'ann', body: 'x' });
});

test('asynchronous: Lambda is told to queue the event', () => {
  expect(parts({ asynchronous: true }).integration.RequestParameters).toEqual({ 'integration.request.header.X-Amz-Invocation-Type': "'Event'" });
});

test('with a role of the user, that may invoke this function, there is no permission', () => {
  // GIVEN
  const credentialsRole = new iam.Role(stack, 'Mine', { assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com') });

  // WHEN
  const made = parts({ credentialsRole });

  // THEN
  expect(made.integration.CredentialsArn).toEqual(stack.resolve(credentialsRole.roleArn));
  expect(permissions(made)).toEqual([]);
  expect(made.statements).toEqual([{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: stack.resolve(fn.functionArn) }]);
});

test('an imported function for which CDK makes no permission is a warning', () => {
  // WHEN
  const imported = lambda.Function.fromFunctionArn(stack, 'Imported', 'arn:aws:lambda:eu-west-1:123456789012:function:work');
  new IntegrationParts(stack, RouteIntegration.lambda(imported));

  // THEN
  expect(warnings(stack).join()).toContain('API Gateway may not invoke Stack/Imported: CDK makes no permission for this imported function.');
});

describe('lambdaAlias', () => {
  const alias = (name: string, of = fn) => new lambda.Alias(of, name, { aliasName: name, version: of.currentVersion });

  test('invokes the alias that the stage names, and may invoke each that it may name', () => {
    // GIVEN
    const aliases = [alias('blue'), alias('green')];

    // WHEN
    const made = new IntegrationParts(stack, RouteIntegration.lambdaAlias(fn, { aliases, stageVariable: 'colour' }));

    // THEN
    expect(made.uri).toBe('arn:AWS::Partition:apigateway:AWS::Region:lambda:path/2015-03-31/functions/'
      + `${stack.getLogicalId(fn.node.defaultChild as lambda.CfnFunction)}.Arn:\${stageVariables.colour}/invocations`);
    expect(made.integration).toMatchObject({ IntegrationType: 'AWS_PROXY', IntegrationMethod: 'POST' });
    expect(made.all('AWS::ApiGatewayV2::IntegrationResponse')).toEqual([]);
    expect(permissions(made)).toEqual(aliases.map(({ functionArn }) => stack.resolve(functionArn)));
  });

  test('takes the variable `alias` if none is named', () => {
    expect(new IntegrationParts(stack, RouteIntegration.lambdaAlias(fn, { aliases: [alias('live')] })).uri).toContain(':${stageVariables.alias}/');
  });

  test.each<[string, () => { aliases: lambda.IAlias[]; stageVariable?: string }, string]>([
    ['no alias', () => ({ aliases: [] }), 'aliases: [] names no alias, so that API Gateway could invoke none; name each alias that the variable may hold'],
    ['an alias of another function', () => ({ aliases: [alias('live', inlineFunction(stack, 'Other'))] }),
      'aliases: Stack/Other/live is not an alias of Stack/Fn; give aliases of one function'],
    ['no name of a variable', () => ({ aliases: [alias('live')], stageVariable: '${stageVariables.x}' }),
      'stageVariable: "${stageVariables.x}" is not the name of a stage variable; use letters, digits and underscores'],
  ])('refuses %s', (_case, options, message) => {
    expect(() => new IntegrationParts(stack, RouteIntegration.lambdaAlias(fn, options()))).toThrow(new Error(`Stack/Home: integration.${message}`));
  });
});
